"""The glossary's rows: fixed translations of terms, for each owner and direction."""

from __future__ import annotations

from dataclasses import dataclass

from llama_demo.store.database import Database
from llama_demo.unicode import replace_lone_surrogates


@dataclass(frozen=True)
class GlossaryRow:
    """A term of the source language and its translation into the target language."""

    term: str
    translation: str


class GlossaryStore:
    """The table of terms. Rows are returned to their owner alone.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, entry: GlossaryRow, *, owner: str, source: str, target: str, most: int) -> bool:
        """Store a term in place of the same one, whatever its letter case.

        Returns:
            False, and nothing is stored, if the owner has ``most`` other terms for this direction.

        Raises:
            StoreError: ``deletion_incomplete`` if the term is stored but the former one is still in the
                log.
        """
        values = _direction(owner, source, target) | {
            "key": key_of(entry.term),
            "term": replace_lone_surrogates(entry.term),
            "translation": replace_lone_surrogates(entry.translation),
            "most": most,
        }
        with self._database.writing() as tables:
            others = tables.execute(_OTHERS, values).fetchone()[0]
            if others >= most:
                return False
            replaced = tables.execute(_DELETE, values).rowcount > 0
            tables.execute(_PUT, values)
        if replaced:
            self._database.scrub()
        return True

    def remove(self, term: str, *, owner: str, source: str, target: str) -> bool:
        """Remove a term, and its text from the disk; False if the owner has no such term.

        Raises:
            StoreError: ``deletion_incomplete`` if the term is deleted but still in the log.
        """
        values = _direction(owner, source, target) | {"key": key_of(term)}
        with self._database.writing() as tables:
            removed = tables.execute(_DELETE, values).rowcount > 0
        if removed:
            self._database.scrub()
        return removed

    def entries(self, *, owner: str, source: str, target: str) -> list[GlossaryRow]:
        """The owner's terms for a direction, in alphabetical order."""
        with self._database.reading() as tables:
            rows = tables.execute(_ENTRIES, _direction(owner, source, target)).fetchall()
        return [GlossaryRow(term, translation) for term, translation in rows]


def key_of(term: str) -> str:
    """The key by which terms are compared, without regard to case."""
    return replace_lone_surrogates(" ".join(term.split()).casefold())


def _direction(owner: str, source: str, target: str) -> dict[str, object]:
    return {
        "owner": replace_lone_surrogates(owner),
        "source": replace_lone_surrogates(source),
        "target": replace_lone_surrogates(target),
    }


_OF_DIRECTION = "owner = :owner AND source = :source AND target = :target"
_OTHERS = f"SELECT count(*) FROM glossary WHERE {_OF_DIRECTION} AND key != :key"  # noqa: S608  (our own words)
_DELETE = f"DELETE FROM glossary WHERE {_OF_DIRECTION} AND key = :key"  # noqa: S608
_ENTRIES = f"SELECT term, translation FROM glossary WHERE {_OF_DIRECTION} ORDER BY key"  # noqa: S608
_PUT = """
    INSERT INTO glossary(owner, source, target, key, term, translation)
    VALUES (:owner, :source, :target, :key, :term, :translation)
"""
