"""The tensors of a checkpoint that make up a parameter."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckpointTensor:
    """One tensor of a checkpoint and the shape it must have.

    Attributes:
        whole: whether it is stored as int8 integers, which are used as they are.
        optional: whether a checkpoint may lack it, which then means zeros.
    """

    name: str
    shape: tuple[int, ...]
    whole: bool = False
    optional: bool = False
