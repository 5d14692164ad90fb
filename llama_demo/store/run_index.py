"""The full-text index over the runs, and the facts by which a list of them is narrowed.

``run_search`` is an FTS5 table whose rows have the numbers of the runs they stand for. Because numbers grow
with time, the index itself gives the newest first: the first twenty of 60,000 matches are read, not
sorted. ``facts`` holds the owner, the task, the model and the thumb as one token each, so that any
filter, alone or with words, is one look-up; ``words`` holds what was typed, written and noted.

The index keeps words of deleted texts, in segments that are merged only later. SQLite 3.42 and later
can take them out of the segments at once (``secure-delete``), but leaves some in the index's table of
contents, ``run_search_idx``. So after a deletion :func:`purge` looks there, and where a word is left, or
SQLite is older, it merges all segments into one: seconds for 100,000 runs, milliseconds for a thousand.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from llama_demo.store.ids import AFTER_ALL_IDS, first_id, number_of
from llama_demo.store.words import Phrase, phrases, words

SECURE = sqlite3.sqlite_version_info >= (3, 42)
"""Whether this SQLite can remove words from the index without rewriting it."""

BETWEEN = "\ue000"
"""Separates the texts of a run, so that no phrase spans two of them."""

CREATE = """
    CREATE VIRTUAL TABLE run_search USING fts5(
        facts, words, tokenize = "ascii tokenchars '_'", prefix = '1', columnsize = 0
    )
"""
"""Texts are cut into words before, so the tokenizer only splits at spaces."""


def prepare(tables: Database) -> None:
    """Let the index remove deleted words at once, and rebuild one that this SQLite cannot read.

    An index from which a later SQLite deleted words cannot be read by one before 3.42.
    """
    if SECURE:
        known = "SELECT 1 FROM run_search_config WHERE k = 'secure-delete' AND v = 1"
        if tables.execute(known).fetchone() is None:
            tables.execute("INSERT INTO run_search(run_search, rank) VALUES ('secure-delete', 1)")
        return
    (version,) = tables.execute("SELECT v FROM run_search_config WHERE k = 'version'").fetchone()
    if version > _READABLE:
        with tables.conn:
            # Otherwise the table could not even be dropped.
            tables.execute("UPDATE run_search_config SET v = ? WHERE k = 'version'", [_READABLE])
            clear(tables)
            for (number,) in tables.execute("SELECT number FROM runs").fetchall():
                put(tables, number)


def put(tables: Database, number: int) -> None:
    """Index a run as it now is, or remove it from the index if it was deleted."""
    row = tables.execute(_RUN, [number]).fetchone()
    if row is None:
        tables.execute("DELETE FROM run_search WHERE rowid = ?", [number])
        return
    owner, task, model, rating, *texts = row
    entry = [number, " ".join(facts(owner=owner, task=task, model=model, rating=rating)), _text(texts)]
    tables.execute("INSERT OR REPLACE INTO run_search(rowid, facts, words) VALUES (?, ?, ?)", entry)


def facts(*, owner: str, task: str = "", model: str = "", rating: int | None = None) -> list[str]:
    """The tokens of a run's facts; hexadecimal, so that no name is part of another."""
    known = [f"o{owner.encode().hex()}"]
    known += [f"t{task.encode().hex()}"] if task else []
    known += [f"m{model.encode().hex()}"] if model else []
    known += [] if rating is None else [f"r{rating + 1}"]
    return known


def expression(known: Iterable[str], phrases: Iterable[Phrase]) -> str:
    """The FTS5 expression that all of these facts and phrases must match.

    Every token is quoted and none contains a quotation mark, so user input cannot be an operator.
    """
    parts = [f'facts : "{fact}"' for fact in known]
    parts += [f'words : "{" ".join(phrase.words)}"{"*" if phrase.open else ""}' for phrase in phrases]
    return " AND ".join(parts)


def words_in(tables: Database, number: int) -> set[str]:
    """The words by which a run is found."""
    row = tables.execute("SELECT words FROM run_search WHERE rowid = ?", [number]).fetchone()
    return set(row[0].split()) if row else set()


def drop(tables: Database, numbers: Iterable[int]) -> None:
    """Remove runs from the index. Their words may still be in the file until :func:`purge`."""
    tables.conn.executemany("DELETE FROM run_search WHERE rowid = ?", ((number,) for number in numbers))


def purge(tables: Database, gone: Iterable[str] | None = None) -> None:
    """Clear the file of words that were removed or changed.

    Args:
        gone: the removed words, if they are known; the index is then rewritten only if it has to be.
    """
    if tables.execute("SELECT 1 FROM run_search LIMIT 1").fetchone() is None:
        clear(tables)
    elif not SECURE or gone is None or any(_left(tables, gone)):
        tables.execute("INSERT INTO run_search(run_search) VALUES ('optimize')")


def _left(tables: Database, gone: Iterable[str]) -> Iterator[str]:
    """Prefixes of these words, of two letters or more, that the index holds although no run has them."""
    tables.execute("SAVEPOINT taken_out")  # makes the index write its buffer
    tables.execute("RELEASE taken_out")
    beginnings = {
        word.encode()[:length].hex() for word in gone for length in range(2, len(word.encode()) + 1)
    }
    for (term,) in tables.execute(_CONTENTS, [json.dumps([f"30{one}" for one in beginnings])]).fetchall():
        beginning = bytes(term[1:]).decode(errors="ignore")
        if len(beginning) > 1 and not tables.execute(_USED, [f'words : "{beginning}"*']).fetchone():
            yield beginning


def clear(tables: Database) -> None:
    """Empty the index at once: removing 100,000 runs one by one takes half a minute."""
    tables.execute("DROP TABLE run_search")
    tables.execute(CREATE)


def _text(texts: Iterable[str]) -> str:
    return f" {BETWEEN} ".join(" ".join(words(text)) for text in texts)


# Terms of the index begin with a digit: 0, or 1 for those that are beginnings by themselves.
_CONTENTS = (
    "SELECT DISTINCT term FROM run_search_idx WHERE lower(hex(term)) IN (SELECT value FROM json_each(?))"
)
_USED = "SELECT 1 FROM run_search WHERE run_search MATCH ? LIMIT 1"

_READABLE = 4
"""The version of an index from which ``secure-delete`` never removed anything."""

_RUN = "SELECT owner, task, model, rating, input, output, note FROM runs WHERE number = ?"


@dataclass(frozen=True)
class Filter:
    """Filter of a list of runs; by default it leaves all.

    Attributes:
        query: words that occur in input, output or note; see :mod:`llama_demo.store.words`.
            One without any word, such as ``%``, finds the texts that hold it to the letter.
        task: a task's name.
        model: a model's name.
        rating: 1 for thumbs up, -1 for thumbs down, 0 for neither.
        since: the first moment.
        until: the first moment that is not included.
    """

    query: str = ""
    task: str = ""
    model: str = ""
    rating: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Selection:
    """The rows that a filter leaves, as SQL.

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
    known = facts(owner=owner, task=narrowing.task, model=narrowing.model, rating=narrowing.rating)
    values |= {
        "match": expression(known, wanted),
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
