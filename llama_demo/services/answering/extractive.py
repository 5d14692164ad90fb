"""Extractive answers: spans of passages, marked by a reader."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from llama_demo.services.answering.answer import AnswerUpdate, Evidence
from llama_demo.services.background import one_in_background
from llama_demo.tasks.confidence import UNFITTED
from llama_demo.tasks.extract import Extract, Extraction, RetrievedPassage, Way, extract, same_answer
from llama_demo.tasks.read import Reader

MOST_EVIDENCE = 3
"""Passages that are shown for an answer."""

_SUREST = 1 - 1e-6
"""The highest score that is used, so that log-odds stay finite: 14."""


def extractive_answer(
    reader: Reader,
    passages: Sequence[Evidence],
    way: Way,
    update: AnswerUpdate,
    stopped: threading.Event,
) -> Generator[AnswerUpdate, None, None]:
    """Read the passages and yield updates; the last one has the answer, those before it none.

    Args:
        update: what is known before reading.
        stopped: set to stop reading, after the batch at work.
    """
    update = replace(update, retrieved=tuple(passages))
    found: Extraction | None = None

    def work(stopped: Callable[[], bool]) -> Extraction:
        return extract(reader, update.standalone, to_read(passages, way), way=way, stopped=stopped)

    with closing(one_in_background(work, stopped.is_set)) as results:
        for found in results:
            if found is None:
                yield update
    if found is None or stopped.is_set():
        yield replace(update, status="stopped")
        return
    marked = tuple(_marked(passages, found))
    evidence = _evidence(marked, found) if found.answerable else ()
    yield replace(
        update,
        text=found.answers[0].text if found.answerable else "",
        status="done",
        answerable=found.answerable,
        confidence=round(found.confidence, 4),
        calibrated=reader.scales is not UNFITTED,
        evidence=evidence,
        retrieved=marked,
    )


def to_read(passages: Sequence[Evidence], way: Way) -> list[RetrievedPassage]:
    """The passages for the reader; their retrieval counts only if the library was searched."""
    return [RetrievedPassage(one.text, _log_odds(one.score) if way == "library" else 0.0) for one in passages]


def _marked(passages: Sequence[Evidence], found: Extraction) -> Iterator[Evidence]:
    """Every passage with its own best span."""
    best: dict[int, Extract] = {one.passage: one for one in found.answers}
    for place, passage in enumerate(passages):
        span = best.get(place)
        yield passage if span is None else replace(passage, start=span.start, end=span.end)


def _evidence(marked: Sequence[Evidence], found: Extraction) -> tuple[Evidence, ...]:
    """The passage with the answer, and others whose best span is the same text."""
    same = [one.passage for one in found.answers if same_answer(one, found.answers[0])]
    return tuple(marked[place] for place in same[:MOST_EVIDENCE])


def _log_odds(score: float) -> float:
    score = min(max(score, 1 - _SUREST), _SUREST)
    return math.log(score / (1 - score))
