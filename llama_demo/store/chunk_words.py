"""The library's full-text index: which chunks hold a query's words, ranked by BM25.

Chunks and queries are cut and folded alike (:mod:`llama_demo.store.words`). A chunk is found by any of the
query's words; function words count only when there are no others, and a quotation has
to occur literally. ``place`` holds the collection as one token, so that a look-up reads no other's chunks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import sqlite_utils

from llama_demo.settings import ASSETS
from llama_demo.store.run_index import SECURE
from llama_demo.store.words import LONGEST_QUERY, quoted, words

MOST_WORDS = 48
"""Most words of a query that are looked up; of more, the rarest."""

_COMMON_SHARE, _COMMON_ROWS = 0.05, 2_000
"""Share and number of chunks above which a word is left out, if the query has rarer ones."""

CREATE = """
    CREATE VIRTUAL TABLE chunk_search USING fts5(
        place, words, tokenize = "ascii tokenchars '_'", prefix = '1'
    )
"""
CREATE_TERMS = "CREATE VIRTUAL TABLE chunk_terms USING fts5vocab(chunk_search, 'row')"


def prepare(tables: sqlite_utils.Database) -> None:
    """Let the index remove deleted words at once, where this SQLite can."""
    if SECURE:
        tables.execute("INSERT INTO chunk_search(chunk_search, rank) VALUES ('secure-delete', 1)")


def put(tables: sqlite_utils.Database, rows: Iterable[tuple[int, int, str]]) -> None:
    """Add chunks: number, collection and text of each, the heading included."""
    entries = ((number, _place(collection), " ".join(words(text))) for number, collection, text in rows)
    tables.conn.executemany("INSERT INTO chunk_search(rowid, place, words) VALUES (?, ?, ?)", entries)


def drop(tables: sqlite_utils.Database, numbers: Iterable[int]) -> None:
    """Remove chunks. Their words may still be in the file until :func:`purge`."""
    tables.conn.executemany("DELETE FROM chunk_search WHERE rowid = ?", ((number,) for number in numbers))


def purge(tables: sqlite_utils.Database) -> None:
    """Clear the file of what was removed: all segments of the index are merged into one."""
    if tables.execute("SELECT 1 FROM chunk_search LIMIT 1").fetchone() is None:
        tables.execute("DROP TABLE chunk_terms")
        tables.execute("DROP TABLE chunk_search")
        tables.execute(CREATE)
        tables.execute(CREATE_TERMS)
    else:
        tables.execute("INSERT INTO chunk_search(chunk_search) VALUES ('optimize')")


def best(
    tables: sqlite_utils.Database, query: str, collections: Sequence[int], *, most: int, among: str = ""
) -> list[tuple[int, float]]:
    """The chunks that hold words of the query, best first, and their BM25 (above 0).

    Args:
        among: JSON list of chunk numbers that may be found; empty for all.
    """
    expression = _expression(tables, query, collections)
    if not expression:
        return []
    narrowed = "AND rowid IN (SELECT value FROM json_each(:among))" if among else ""
    select = f"""
        SELECT rowid, -bm25(chunk_search, 0.0, 1.0) AS score FROM chunk_search
        WHERE chunk_search MATCH :expression {narrowed} ORDER BY score DESC, rowid LIMIT :most
    """  # noqa: S608  (our own words, values are bound)
    found = tables.execute(select, {"expression": expression, "among": among, "most": most}).fetchall()
    return [(number, max(score, 0.0)) for number, score in found]


def telling_words(query: str) -> list[str]:
    """The content words of a query; function words only if there are no others.

    A single Chinese character counts only if the query has nothing else: the index has one for the end of
    every clause.
    """
    found = list(dict.fromkeys(words(query[:LONGEST_QUERY])))
    pairs = [word for word in found if len(word) > 1 or word.isascii()]
    return [word for word in pairs if not _is_function_word(word)] or pairs or found


def _expression(tables: sqlite_utils.Database, query: str, collections: Sequence[int]) -> str:
    """The query as an FTS5 expression; empty if it has no word."""
    telling, required = telling_words(query), quoted(query)
    if not telling:
        return ""
    places = " OR ".join(f'place : "{_place(number)}"' for number in collections)
    wanted = " OR ".join(f'"{word}"{"*" if len(telling) == 1 else ""}' for word in _rarest(tables, telling))
    if not wanted:
        return ""
    phrases = [f'words : "{" ".join(phrase.words)}"{"*" if phrase.open else ""}' for phrase in required]
    return " AND ".join([f"({places})", f"words : ({wanted})", *phrases])


def _rarest(tables: sqlite_utils.Database, telling: Sequence[str]) -> list[str]:
    """The words to look up: the rarest, without common ones if there are rarer ones."""
    if len(telling) == 1:
        return list(telling)
    marks = ", ".join("?" * len(telling))
    select = f"SELECT term, doc FROM chunk_terms WHERE term IN ({marks})"  # noqa: S608
    counts = dict(tables.execute(select, list(telling)).fetchall())
    rows = tables.execute("SELECT count(*) FROM chunks").fetchone()[0]
    limit = max(_COMMON_ROWS, _COMMON_SHARE * rows)
    there = sorted((word for word in telling if word in counts), key=lambda word: counts[word])
    rare = [word for word in there if counts[word] <= limit]
    return (rare or there[:2])[:MOST_WORDS]


def _place(collection: int) -> str:
    return f"c{collection}"


def _is_function_word(word: str) -> bool:
    """Whether a word is a function word, or a pair of Chinese characters that are."""
    known = _function_words()
    return word in known or (len(word) == 2 and word[0] in known and word[1] in known)


@cache
def _function_words() -> frozenset[str]:
    lines = (ASSETS / "search" / "function_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
