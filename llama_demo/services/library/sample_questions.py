"""The questions that come with the sample collection, and what its topics are called."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from llama_demo.settings import ASSETS


@dataclass(frozen=True)
class SampleQuestion:
    """A question that an article of the samples answers.

    Attributes:
        article: the path of the file that answers it, in the folder of the samples.
        across: whether that is in another language than the question.
        answer: words of the article that answer it, where a few do.
    """

    question: str
    language: str
    article: str
    across: bool
    answer: str = ""


@cache
def sample_questions() -> Sequence[SampleQuestion]:
    """All of them, in their order."""
    return tuple(SampleQuestion(**each) for each in _read()["questions"])


@cache
def topics() -> Mapping[str, Mapping[str, str]]:
    """The folders of the samples and their names by language."""
    named: Mapping[str, Mapping[str, str]] = _read()["topics"]
    return named


@cache
def _read() -> Mapping[str, Any]:
    read: Mapping[str, Any] = json.loads((ASSETS / "samples" / "questions.json").read_text(encoding="utf-8"))
    return read
