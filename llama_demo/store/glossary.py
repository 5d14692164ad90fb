"""The glossary's rows: fixed translations of terms, for each owner and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlite_utils

from llama_demo.store.database import Database
from llama_demo.store.json_columns import edit_json, inside_json
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

        The settings of the owner's translations, which list the whole glossary, lose it too. The texts
        that were translated, and their translations, stay.

        Raises:
            StoreError: ``deletion_incomplete`` if the term is deleted but still in the log.
        """
        values = _direction(owner, source, target) | {"key": key_of(term)}
        with self._database.writing() as tables:
            former = tables.execute(_FORMER, values).fetchone()
            if former is not None:
                tables.execute(_DELETE, values)
                _remove_from_runs(tables, GlossaryRow(*former), owner=str(values["owner"]))
        self._database.scrub()
        return former is not None

    def entries(self, *, owner: str, source: str, target: str) -> list[GlossaryRow]:
        """The owner's terms for a direction, in alphabetical order."""
        with self._database.reading() as tables:
            rows = tables.execute(_ENTRIES, _direction(owner, source, target)).fetchall()
        return [GlossaryRow(term, translation) for term, translation in rows]


def _remove_from_runs(tables: sqlite_utils.Database, gone: GlossaryRow, *, owner: str) -> None:
    """Remove a term from the settings of the owner's translations."""

    def remove(options: dict[str, Any]) -> bool:
        terms = options.get("glossary") or []
        kept = [
            one for one in terms if (one.get("source"), one.get("target")) != (gone.term, gone.translation)
        ]
        options["glossary"] = kept
        return len(kept) < len(terms)

    values = {"owner": owner, "term": inside_json(gone.term)}
    edit_json(tables, "runs", "options", _TRANSLATIONS, values, remove)


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
_FORMER = f"SELECT term, translation FROM glossary WHERE {_OF_DIRECTION} AND key = :key"  # noqa: S608
_TRANSLATIONS = "owner = :owner AND task = 'translate' AND instr(options, :term)"
_DELETE = f"DELETE FROM glossary WHERE {_OF_DIRECTION} AND key = :key"  # noqa: S608
_ENTRIES = f"SELECT term, translation FROM glossary WHERE {_OF_DIRECTION} ORDER BY key"  # noqa: S608
_PUT = """
    INSERT INTO glossary(owner, source, target, key, term, translation)
    VALUES (:owner, :source, :target, :key, :term, :translation)
"""
