"""Which runs a list shows: the visitor's filters as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llama_demo.store import index
from llama_demo.store.ids import AFTER_ALL_IDS, first_id, number_of
from llama_demo.store.words import phrases


@dataclass(frozen=True)
class Filter:
    """What a list of runs is narrowed to; a filter as it is made narrows nothing.

    Attributes:
        query: words that input, output and note hold between them; see :mod:`llama_demo.store.words`.
            One without any word, such as ``%``, finds the texts that hold it to the letter.
        task: a task's name.
        model: a model's name.
        rating: 1 for thumbs up, -1 for thumbs down, 0 for neither.
        since: the first moment.
        until: the first moment that is too late.
    """

    query: str = ""
    task: str = ""
    model: str = ""
    rating: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Selection:
    """The rows that a filter means.

    Attributes:
        source: what follows ``FROM``, with its ``WHERE``.
        countable: the same rows without their texts, quicker to count.
        order: what to sort by, newest last; reading backwards needs no sorting.
        values: what the source's placeholders stand for.
    """

    source: str
    countable: str
    order: str
    values: dict[str, Any]


def selection(narrowing: Filter, *, owner: str, before: str = AFTER_ALL_IDS) -> Selection:
    """The owner's runs that the filter leaves, older than ``before``."""
    low = first_id(narrowing.since) if narrowing.since else ""
    high = min(before, first_id(narrowing.until)) if narrowing.until else before
    values: dict[str, Any] = {"owner": owner, "low": low, "high": high}
    wanted, literal = phrases(narrowing.query), narrowing.query.strip()
    if literal and not wanted:
        return Selection(_BY_LETTER, _BY_LETTER, "id", values | _columns(narrowing) | {"literal": literal})
    named = narrowing.task or narrowing.model or narrowing.rating is not None
    if not wanted and not named:
        return Selection(_BY_TIME, _BY_TIME, "id", values)
    known = index.facts(owner=owner, task=narrowing.task, model=narrowing.model, rating=narrowing.rating)
    values |= {
        "match": index.expression(known, wanted),
        "low": number_of(low) if low else 0,
        "high": number_of(high),
    }
    return Selection(_BY_INDEX, _IN_INDEX, "run_search.rowid", values)


def _columns(narrowing: Filter) -> dict[str, Any]:
    return {"task": narrowing.task, "model": narrowing.model, "rating": narrowing.rating}


_BY_TIME = "runs WHERE owner = :owner AND id >= :low AND id < :high"

# CROSS JOIN: the index first, which has the order, then one row of the table for each match. The owner is
# asked for twice: as a fact of the index, so that others' runs are not even read, and of the row itself.
_BY_INDEX = """
    run_search CROSS JOIN runs ON runs.number = run_search.rowid
    WHERE run_search MATCH :match AND run_search.rowid >= :low AND run_search.rowid < :high
        AND runs.owner = :owner
"""

_IN_INDEX = "run_search WHERE run_search MATCH :match AND rowid >= :low AND rowid < :high"

# instr, not LIKE: a % or _ in the query is a character like any other, and NUL does not end the text.
_BY_LETTER = """
    runs WHERE owner = :owner AND id >= :low AND id < :high
        AND (:task = '' OR task = :task) AND (:model = '' OR model = :model)
        AND (:rating IS NULL OR rating = :rating)
        AND (instr(input, :literal) OR instr(output, :literal) OR instr(note, :literal))
"""
