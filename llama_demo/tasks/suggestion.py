"""A question that a sentence answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suggestion:
    """A question, and what has to be found for it.

    Attributes:
        answer: the phrase of the sentence that the question asks for.
        kind: what it asks for, in one word.
    """

    question: str
    answer: str
    sentence: str
    kind: str
