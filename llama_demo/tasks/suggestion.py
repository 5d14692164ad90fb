"""A question that a sentence answers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Suggestion:
    """A question and its expected answer.

    Attributes:
        answer: the phrase of the sentence that the question asks for.
        kind: of what it asks for, such as ``who`` or ``when``.
    """

    question: str
    answer: str
    sentence: str
    kind: str
