"""Example questions for the sample collection, and the names of its topics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from llama_demo.services.library.samples import sample_questions, topics
from llama_demo.ui.texts import LANGUAGES

__all__ = ["EACH", "ExampleQuestion", "questions", "topics"]

EACH = 3
"""Questions of a language that its own documents answer, and as many that another language's do."""


@dataclass(frozen=True)
class ExampleQuestion:
    """An example question.

    Attributes:
        language: in which it is asked, and for whom it is offered.
        answered: the language of the article that answers it.
    """

    text: str
    language: str
    answered: str


@cache
def questions() -> Sequence[ExampleQuestion]:
    """A few for each page language, about different articles, alternating between topics."""
    return tuple(
        question for language in LANGUAGES for across in (False, True) for question in _some(language, across)
    )


def _some(language: str, across: bool) -> list[ExampleQuestion]:
    """Round robin over the topics, up to the limit."""
    of_topic: dict[str, list[ExampleQuestion]] = {}
    for one in sample_questions():
        if (one.language, one.across) == (language, across):
            folder = PurePosixPath(one.article).parts
            question = ExampleQuestion(one.question, language, folder[0])
            of_topic.setdefault(folder[1], []).append(question)
    rounds = range(max(map(len, of_topic.values()), default=0))
    return [rows[place] for place in rounds for rows in of_topic.values() if place < len(rows)][:EACH]
