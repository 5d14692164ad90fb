"""The entries of the catalogue of models: data that every layer may read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

REMOTE = "remote"
"""The device and the family of a model of another server."""

GUARD = "guard"
"""The task of a guard model, which no request names: it judges texts while it is active. Also the ability by
which a folder says that it is one, as its architecture does not tell."""


@dataclass(frozen=True)
class ModelEntry:
    """A model folder as it is shown in lists.

    Attributes:
        name: unique; the folder's own name.
        task: what it serves: ``generate``, ``translate``, ``search``, ``ask``, or :data:`GUARD`.
        family: its architecture.
        bytes: of its weights on disk.
        active: whether it serves its task when no model is named.
        abilities: what it learned to do, such as ``story`` or ``poem``; presets ask for them by name.
        licence: that of the weights; empty if the folder does not say.
        context: tokens that it reads at once, a continuation included; 0 if there is no limit.
        directions: of a translator, such as ``en-zh``; empty if the folder does not say.
        bundled: whether it came with the program.
        dtype: precision it computes in; empty until it is loaded.
        quick: of a search model: it averages vectors of a table, hundreds of times faster than a network.
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
    directions: tuple[str, ...] = ()
    installed: bool = True
    active: bool = False
    device: str = ""
    dtype: str = ""
    quick: bool = False

    @classmethod
    def of_another_server(
        cls, name: str, task: str, *, context: int, abilities: tuple[str, ...] = ()
    ) -> ModelEntry:
        """The entry of a model that another server runs, which serves its task."""
        return cls(
            name=name,
            task=task,
            family=REMOTE,
            parameters=0,
            bytes=0,
            licence="",
            context=context,
            abilities=abilities,
            bundled=False,
            active=True,
            device=REMOTE,
        )

    @property
    def is_elsewhere(self) -> bool:
        """Whether another server runs it, to which texts are sent."""
        return self.device == REMOTE

    @property
    def follows_instructions(self) -> bool:
        """Whether one can tell it what to do."""
        return "instruct" in self.abilities

    @property
    def writes_freely(self) -> bool:
        """Whether it can say anything; a model with a few abilities knows nothing else."""
        return not self.abilities or self.follows_instructions


def search_models(entries: Sequence[ModelEntry], *, elsewhere: str = "") -> tuple[str, str]:
    """The names of the quick and the deep model that embed the library; empty if there is none.

    The deep one is the chosen model, or else the one that came with the program. Where there is no quick one,
    the chosen model does its work, and nothing is deep.

    Args:
        entries: the search models that serve, the chosen one first.
        elsewhere: the name of another server's model, which is chosen then.
    """
    quick = next((entry.name for entry in entries if entry.quick), "")
    chosen = elsewhere or next((entry.name for entry in entries), "")
    if not quick:
        return chosen, ""
    if elsewhere or not entries[0].quick:
        return quick, chosen
    return quick, next((entry.name for entry in entries if entry.bundled and not entry.quick), "")
