"""Questions to try on the sample collection, and what its topics are called."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath
from typing import Any

from llama_demo.settings import ASSETS
from llama_demo.ui.texts import LANGUAGES

EACH = 3
"""Questions of a language that are answered in it, and as many that are answered in another."""


@dataclass(frozen=True)
class Question:
    """A question to try.

    Attributes:
        language: in which it is asked, and for whom it is offered.
        answered: the language of the article that answers it.
    """

    text: str
    language: str
    answered: str


@cache
def questions() -> Sequence[Question]:
    """Some for each language of the page, each about another article and topics in turn."""
    return tuple(
        question for language in LANGUAGES for across in (False, True) for question in _some(language, across)
    )


@cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """The folders of the samples and their names by language."""
    read: Mapping[str, Mapping[str, str]] = _read()["topics"]
    return read


def _some(language: str, across: bool) -> list[Question]:
    """The first of each topic, then the second, until there are enough."""
    of_topic: dict[str, list[Question]] = {}
    for one in _read()["questions"]:
        if (one["language"], one["across"]) == (language, across):
            folder = PurePosixPath(one["article"]).parts
            question = Question(one["question"], language, folder[0])
            of_topic.setdefault(folder[1], []).append(question)
    rounds = range(max(map(len, of_topic.values()), default=0))
    return [rows[place] for place in rounds for rows in of_topic.values() if place < len(rows)][:EACH]


@cache
def _read() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((ASSETS / "samples" / "questions.json").read_text(encoding="utf-8"))
    return read
