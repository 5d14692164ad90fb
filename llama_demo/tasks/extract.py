"""Extractive answers from many passages: the span, its confidence, and whether there is an answer.

Every passage is read by itself. The value of its best span is the margin over "no answer" there plus the
weighted retrieval of the passage:

    value = margin + weight * retrieval r,   margin = span score - "no answer" score

Two logistic regressions, over the best span, the runner-up in another place and the amount that was read,
estimate the probability that the answer is right, and that the passages hold one:

    ln(p / (1 - p)) = w · (1, margin, lead, r, ln windows)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from llama_demo.tasks.read import Reader, read_each
from llama_demo.text.whole_words import whole_words

Way = Literal["text", "library"]

# The lead of an answer without a rival, and the largest that makes a difference.
_WIDEST_LEAD = 10.0


@dataclass(frozen=True)
class RetrievedPassage:
    """A passage to be read.

    Attributes:
        found: log-odds of being the right passage, by the search; 0 without a search.
    """

    text: str
    found: float = 0.0


@dataclass(frozen=True)
class Extract:
    """The best span of a passage: ``text == passages[passage].text[start:end]``.

    Attributes:
        margin: span score minus the score of "no answer" in that passage.
        value: the margin plus the weighted retrieval of the passage; answers are ranked by it.
    """

    passage: int
    start: int
    end: int
    text: str
    margin: float
    value: float


@dataclass(frozen=True)
class Extraction:
    """The answers that the passages hold.

    Attributes:
        answers: the best one of each passage, best first.
        confidence: of the first one, 0 to 1: the share of such answers that are right.
        answerable: whether the passages hold an answer at all.
    """

    answers: tuple[Extract, ...] = ()
    confidence: float = 0.0
    answerable: bool = False


def extract(
    reader: Reader,
    question: str,
    passages: Sequence[RetrievedPassage],
    *,
    way: Way = "text",
    stopped: Callable[[], bool] = lambda: False,
) -> Extraction:
    """The answer to ``question`` in ``passages``.

    Args:
        way: where the passages come from: all of a text, or search results of a library.
        stopped: called while reading; once it returns true, windows that are not read are ignored.

    Raises:
        InputError: the question is empty, or too long to leave room for a passage.
        DeviceError: there was not enough memory.
    """
    scale = reader.scales[way]
    found, windows = spans(reader, question, passages, stopped)
    answers = ranked(found, passages, scale.found)
    if not answers:
        return Extraction()
    row = features(answers, passages, windows)
    return Extraction(answers, scale.right_at(row), scale.holds_at(row))


def spans(
    reader: Reader,
    question: str,
    passages: Sequence[RetrievedPassage],
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[list[Extract], int]:
    """The best span of each passage by its margin alone, and how many windows were read."""
    readings = read_each(reader, question, [passage.text for passage in passages], best=1, stopped=stopped)
    found = []
    for place, reading in enumerate(readings):
        for answer in reading.answers[:1]:
            margin = answer.score - reading.nothing_score
            # Pieces of the vocabulary may end inside a word.
            start, end = whole_words(passages[place].text, answer.start, answer.end)
            found.append(Extract(place, start, end, passages[place].text[start:end], margin, margin))
    return found, sum(reading.windows for reading in readings)


def ranked(
    found: Iterable[Extract], passages: Sequence[RetrievedPassage], weight: float
) -> tuple[Extract, ...]:
    """The spans with ``value = margin + weight * retrieval``, best first."""
    valued = (replace(one, value=one.margin + weight * passages[one.passage].found) for one in found)
    return tuple(sorted(valued, key=lambda one: -one.value))


def same_answer(one: Extract, other: Extract) -> bool:
    """Whether two spans say the same, so that they support each other and are no rivals."""
    return one.text.casefold() == other.text.casefold()


def features(
    answers: Sequence[Extract], passages: Sequence[RetrievedPassage], windows: int
) -> NDArray[np.float64]:
    """The vector (5) from which confidence is computed: 1, margin, lead, retrieval, ln windows."""
    best = answers[0]
    others = [one.value for one in answers[1:] if not same_answer(one, best)]
    lead = min(best.value - max(others), _WIDEST_LEAD) if others else _WIDEST_LEAD
    return np.array([1.0, best.margin, lead, passages[best.passage].found, np.log(max(windows, 1))])
