"""Examples: short texts with questions, and first messages for open chat."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from llama_demo.settings import ASSETS


@dataclass(frozen=True)
class AskExample:
    """A text to ask about, and questions, of which it answers all but the last.

    Attributes:
        answers: words of the answer to each question; None for one that the text does not answer.
    """

    language: str
    title: str
    text: str
    questions: tuple[str, ...]
    answers: tuple[str | None, ...]


@cache
def examples() -> Sequence[AskExample]:
    """The texts, in the order in which they are offered."""
    return tuple(
        AskExample(**one | {name: tuple(one[name]) for name in ("questions", "answers")})
        for one in _read()["texts"]
    )


def openings() -> Mapping[str, Sequence[str]]:
    """First messages for a model that follows instructions, by language of the page."""
    lines: Mapping[str, Sequence[str]] = _read()["openings"]
    return lines


@cache
def _read() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((ASSETS / "examples" / "ask.json").read_text(encoding="utf-8"))
    return read
