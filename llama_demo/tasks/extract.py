"""One answer out of many passages: which span, how surely it is right, and whether there is any.

Every passage is read as if there were no other. Its best span is worth how much stronger it is than "no
answer" there, and how well the passage was found:

    value = margin + weight * retrieval r,   margin = span score - "no answer" score

Two logistic regressions, over the best span, the runner-up in another place and the amount that was read,
tell how surely the answer is right, and how surely the passages hold one:

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

# A lead over nothing at all, and the widest that tells anything.
_WIDEST_LEAD = 10.0


@dataclass(frozen=True)
class RetrievedPassage:
    """What is read.

    Attributes:
        found: log-odds of being the right passage, as the search saw it; 0 where nothing was searched.
    """

    text: str
    found: float = 0.0


@dataclass(frozen=True)
class Extract:
    """The best span of a passage: ``text == passages[passage].text[start:end]``.

    Attributes:
        margin: by how much it is stronger than "no answer" in that passage.
        value: the same, with how well the passage was found; by this answers are ranked.
    """

    passage: int
    start: int
    end: int
    text: str
    margin: float
    value: float


@dataclass(frozen=True)
class Extraction:
    """What the passages say.

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
        way: by which the passages came: all of a text, or those of a library that were found.
        stopped: asked while reading; once it is true, what was not yet read counts as not there.

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
            # The vocabulary's pieces end where they like.
            start, end = whole_words(passages[place].text, answer.start, answer.end)
            found.append(Extract(place, start, end, passages[place].text[start:end], margin, margin))
    return found, sum(reading.windows for reading in readings)


def ranked(
    found: Iterable[Extract], passages: Sequence[RetrievedPassage], weight: float
) -> tuple[Extract, ...]:
    """The spans by margin and retrieval, of which ``weight`` says how much it counts; best first."""
    valued = (replace(one, value=one.margin + weight * passages[one.passage].found) for one in found)
    return tuple(sorted(valued, key=lambda one: -one.value))


def same_answer(one: Extract, other: Extract) -> bool:
    """Whether two spans say the same: they bear each other out and are no rivals."""
    return one.text.casefold() == other.text.casefold()


def features(
    answers: Sequence[Extract], passages: Sequence[RetrievedPassage], windows: int
) -> NDArray[np.float64]:
    """What confidence is computed from (5): 1, margin, lead, retrieval, ln windows."""
    best = answers[0]
    others = [one.value for one in answers[1:] if not same_answer(one, best)]
    lead = min(best.value - max(others), _WIDEST_LEAD) if others else _WIDEST_LEAD
    return np.array([1.0, best.margin, lead, passages[best.passage].found, np.log(max(windows, 1))])
