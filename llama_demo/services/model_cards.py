"""The models that are at work, with their licences and their cards, for everyone who uses the app."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import InputError
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit

FILE = "README.md"

LONGEST_CARD = 200_000
"""Characters that are shown."""

_FRONT_MATTER = re.compile(r"\A\ufeff?---\r?\n.*?\r?\n---\r?\n", re.DOTALL)


@dataclass(frozen=True)
class ModelCard:
    """A model that is at work.

    Attributes:
        has_card: whether its folder has a card that the visitor may read.
    """

    entry: ModelEntry
    has_card: bool


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
        """The models that serve a task, and those that are loaded besides."""
        states = self._models.serving_state()
        entries = [one for one in self._models.entries() if one.active or states.get(one.name) == "loaded"]
        return [ModelCard(one, self._file(visit, one) is not None) for one in entries]

    def card(self, visit: Visit, name: str) -> str:
        """The card of a model at work as Markdown, without its front matter.

        Raises:
            InputError: ``card_missing``.
        """
        for one in self.at_work(visit):
            file = self._file(visit, one.entry) if one.entry.name == name else None
            if file is not None:
                text = file.read_text(encoding="utf-8", errors="replace")
                return _FRONT_MATTER.sub("", text)[:LONGEST_CARD]
        raise InputError("card_missing", name=name[:80])

    def _file(self, visit: Visit, entry: ModelEntry) -> Path | None:
        if self._public and not visit.operator and not entry.bundled:
            return None
        file = self._models.folder(entry.name) / FILE
        return file if file.is_file() else None
