"""The models that are at work, with their licences and their cards, for everyone who uses the app."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from llama_demo.catalogue import GUARD, ModelEntry, search_models
from llama_demo.errors import InputError
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit

FILE = "README.md"

LONGEST_CARD = 200_000
"""Characters that are shown."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---\r?\n.*?\r?\n---\r?\n", re.DOTALL)
_LICENCE = re.compile(r"^license:[ \t]*[\"']?([\w.+-]{1,60})", re.MULTILINE)


@dataclass(frozen=True)
class ModelCard:
    """A model that is at work.

    Attributes:
        file: its card, if its folder has one that the visitor may read.
    """

    entry: ModelEntry
    file: Path | None


class ModelCardService:
    """Lists the models at work and reads their cards.

    On a public server, the cards of models that did not come with the program are for operators: the folder
    is the operator's own, and its texts may not be meant for strangers.

    Args:
        public: whether visitors are strangers.
    """

    def __init__(self, models: Models, *, public: bool) -> None:
        self._models = models
        self._public = public

    def at_work(self, visit: Visit) -> Sequence[ModelCard]:
        """The models that serve a task, those that are loaded besides, and the guard model last."""
        states = self._models.serving_state()
        pair = search_models(self._models.entries("search"))
        entries = [
            one
            for one in self._models.entries()
            if one.active or one.name in pair or states.get(one.name) == "loaded"
        ]
        entries += self._models.entries(GUARD)
        places = [(one, self._models.folder(one.name)) for one in entries]
        return [
            ModelCard(
                replace(entry, licence=entry.licence or _licence(folder)), self._file(visit, entry, folder)
            )
            for entry, folder in places
        ]

    def card(self, visit: Visit, name: str) -> str:
        """The card of a model at work as Markdown, without its front matter.

        Raises:
            InputError: ``card_missing``.
        """
        for one in self.at_work(visit):
            if one.entry.name == name and one.file is not None:
                return _FRONT_MATTER.sub("", _text(one.file))[:LONGEST_CARD]
        raise InputError("card_missing", name=name[:80])

    def _file(self, visit: Visit, entry: ModelEntry, folder: Path) -> Path | None:
        if self._public and not visit.operator and not entry.bundled:
            return None
        file = folder / FILE
        return file if file.is_file() else None


def _licence(folder: Path) -> str:
    """The licence that the front matter of a card names; empty if there is none."""
    file = folder / FILE
    front = _FRONT_MATTER.match(_text(file)) if file.is_file() else None
    named = _LICENCE.search(front[0]) if front else None
    return named[1] if named else ""


def _text(file: Path) -> str:
    with file.open(encoding="utf-8", errors="replace") as opened:
        return opened.read(2 * LONGEST_CARD)
