"""How a parameter is pieced together from the tensors of a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CheckpointTensor:
    """One tensor of a checkpoint and the shape it must have.

    Attributes:
        whole: whether it is stored as int8, and the numbers are meant as they are.
    """

    name: str
    shape: tuple[int, ...]
    whole: bool = False
