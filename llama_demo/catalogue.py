"""What is known of each model, for lists and for choosing: data that every layer may read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelEntry:
    """A model folder as it is shown in lists.

    Attributes:
        name: unique; the folder's own name.
        task: the task that it serves.
        family: its architecture.
        bytes: of its weights on disk.
        active: whether it runs when no model is named.
        abilities: what it learned to do, such as ``story`` or ``poem``; presets ask for them by name.
        licence: that of the weights; empty if the folder does not say.
        context: tokens that prompt and continuation may have together.
        bundled: whether it came with the program.
        dtype: precision it computes in; empty until it is loaded.
    """

    name: str
    task: str
    family: str
    parameters: int
    bytes: int
    licence: str
    context: int
    abilities: tuple[str, ...]
    bundled: bool
    installed: bool = True
    active: bool = False
    device: str = ""
    dtype: str = ""
