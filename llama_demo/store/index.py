"""The full-text index over the runs, and the facts by which a list of them is narrowed.

``run_search`` is an FTS5 table whose rows have the numbers of the runs they stand for. Because numbers grow
with time, the index itself gives the newest first: the first twenty of 60,000 matches are read, not
sorted. ``facts`` holds the owner, the task, the model and the thumb as one token each, so that any
narrowing, alone or with words, is one look-up; ``words`` holds what was typed, written and noted.

An index keeps words of texts that are gone, in segments that are only merged some day. After a deletion
:func:`forget` merges them all: 2 s for 100,000 runs, a few milliseconds for a thousand. FTS5's own
``secure-delete`` is quicker, but it came with SQLite 3.42, and it leaves words in the index's table of
contents (``run_search_idx``).
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlite_utils import Database

from llama_demo.store.words import Phrase, words

BETWEEN = "\ue000"
"""Stands between the texts of a run, so that no phrase reaches from one into the next."""

CREATE = """
    CREATE VIRTUAL TABLE run_search USING fts5(
        facts, words, tokenize = "ascii tokenchars '_'", prefix = '1', columnsize = 0
    )
"""
"""The texts come cut into words, so the tokenizer has only to part them at spaces."""


def put(tables: Database, number: int) -> None:
    """Take a run into the index as it now is, or out of it if it is gone."""
    row = tables.execute(_RUN, [number]).fetchone()
    if row is None:
        tables.execute("DELETE FROM run_search WHERE rowid = ?", [number])
        return
    owner, task, model, rating, *texts = row
    entry = [number, " ".join(facts(owner=owner, task=task, model=model, rating=rating)), _text(texts)]
    tables.execute("INSERT OR REPLACE INTO run_search(rowid, facts, words) VALUES (?, ?, ?)", entry)


def facts(*, owner: str, task: str = "", model: str = "", rating: int | None = None) -> list[str]:
    """The tokens of what is known of a run; hexadecimal, so that no name can be mistaken for another."""
    known = [f"o{owner.encode().hex()}"]
    known += [f"t{task.encode().hex()}"] if task else []
    known += [f"m{model.encode().hex()}"] if model else []
    known += [] if rating is None else [f"r{rating + 1}"]
    return known


def expression(known: Iterable[str], phrases: Iterable[Phrase]) -> str:
    """The question to the index that all of these facts and phrases hold, in FTS5's language.

    Every token stands in quotation marks and none holds one, so nothing that was typed is an operator.
    """
    parts = [f'facts : "{fact}"' for fact in known]
    parts += [f'words : "{" ".join(phrase.words)}"{"*" if phrase.open else ""}' for phrase in phrases]
    return " AND ".join(parts)


def drop(tables: Database, numbers: Iterable[int]) -> None:
    """Take runs out of the index. Their words are still in the file until :func:`forget`."""
    tables.conn.executemany("DELETE FROM run_search WHERE rowid = ?", ((number,) for number in numbers))


def forget(tables: Database) -> None:
    """Write the index anew without the words of what was taken out of it or changed."""
    if tables.execute("SELECT 1 FROM run_search LIMIT 1").fetchone():
        tables.execute("INSERT INTO run_search(run_search) VALUES ('optimize')")
    else:
        clear(tables)


def clear(tables: Database) -> None:
    """Make the index empty at once: taking out 100,000 runs one by one takes half a minute."""
    tables.execute("DROP TABLE run_search")
    tables.execute(CREATE)


def _text(texts: Iterable[str]) -> str:
    return f" {BETWEEN} ".join(" ".join(words(text)) for text in texts)


_RUN = "SELECT owner, task, model, rating, input, output, note FROM runs WHERE number = ?"
