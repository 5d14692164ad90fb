"""The tensors of a checkpoint that make up a parameter."""

from __future__ import annotations

from collections.abc import Mapping
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


def linear_parts(
    ours: str, theirs: Mapping[str, int], columns: int, *, bias: bool
) -> dict[str, tuple[CheckpointTensor, ...]]:
    """The parts of a linear layer whose rows are those of several layers of a checkpoint, stacked.

    Args:
        theirs: the rows of each, by its name.
    """
    parts = {
        f"{ours}.weight": tuple(CheckpointTensor(f"{n}.weight", (r, columns)) for n, r in theirs.items())
    }
    if bias:
        parts[f"{ours}.bias"] = tuple(CheckpointTensor(f"{n}.bias", (r,)) for n, r in theirs.items())
    return parts
