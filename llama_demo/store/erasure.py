"""Deletion of all rows of an owner, in one transaction."""

from __future__ import annotations

import sqlite_utils

from llama_demo.store import conversation_words, run_index
from llama_demo.store.database import Database
from llama_demo.store.library import remove_documents
from llama_demo.unicode import replace_lone_surrogates


class ErasureStore:
    """Deletes what belongs to an owner, wherever it is stored.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def delete_history(self, *, owner: str) -> int:
        """Delete the owner's runs and conversations, and their texts from the disk; returns the runs' number.

        What the content policy decided about the owner's texts is deleted too.

        Raises:
            StoreError: ``deletion_incomplete`` if they are deleted but their text is still in the log.
        """
        mine = replace_lone_surrogates(owner)
        with self._database.writing() as tables:
            runs = _delete_runs(tables, mine)
            _delete_conversations(tables, mine)
            tables.execute(_DELETE_DECISIONS, [mine])
        # Also when there was nothing: an earlier deletion may have left its text in the log.
        self._database.scrub()
        return runs

    def delete_everything(self, *, owner: str) -> None:
        """Delete all rows of the owner: the history, the library, the glossary, votes and decisions.

        Raises:
            StoreError: ``deletion_incomplete`` as for the history.
        """
        mine = replace_lone_surrogates(owner)
        with self._database.writing() as tables:
            _delete_runs(tables, mine)
            _delete_conversations(tables, mine)
            documents = tables.execute("SELECT id FROM documents WHERE owner = ?", [mine]).fetchall()
            remove_documents(tables, [one for (one,) in documents])
            tables.execute("DELETE FROM collections WHERE owner = ?", [mine])
            tables.execute("DELETE FROM glossary WHERE owner = ?", [mine])
            tables.execute("DELETE FROM model_votes WHERE owner = ?", [mine])
            tables.execute(_DELETE_DECISIONS, [mine])
            tables.execute("DELETE FROM visitors WHERE owner = ?", [mine])
        self._database.scrub()

    def documents(self, *, owner: str) -> dict[str, tuple[int, str]]:
        """Size in bytes and digest of each of the owner's documents, by their ids."""
        with self._database.reading() as tables:
            select = "SELECT id, bytes, digest FROM documents WHERE owner = ?"
            found = tables.execute(select, [replace_lone_surrogates(owner)]).fetchall()
        return {document: (size, digest) for document, size, digest in found}

    def has_more(self, *, owner: str) -> bool:
        """Whether the owner has rows beside runs and conversations."""
        with self._database.reading() as tables:
            return bool(tables.execute(_HAS_MORE, {"owner": replace_lone_surrogates(owner)}).fetchone()[0])


def _delete_runs(tables: sqlite_utils.Database, owner: str) -> int:
    numbers = tables.execute("SELECT number FROM runs WHERE owner = ?", [owner]).fetchall()
    tables.execute("DELETE FROM runs WHERE owner = ?", [owner])
    if tables.execute("SELECT 1 FROM runs LIMIT 1").fetchone():
        run_index.drop(tables, [number for (number,) in numbers])
        run_index.purge(tables)
    else:
        run_index.clear(tables)
    return len(numbers)


def _delete_conversations(tables: sqlite_utils.Database, owner: str) -> None:
    found = tables.execute("SELECT id FROM conversations WHERE owner = ?", [owner]).fetchall()
    conversation_words.drop(tables, [one for (one,) in found])
    tables.execute("DELETE FROM messages WHERE owner = ?", [owner])
    tables.execute("DELETE FROM conversations WHERE owner = ?", [owner])
    conversation_words.purge(tables)


_HAS_MORE = """
    SELECT EXISTS (SELECT 1 FROM documents WHERE owner = :owner)
        OR EXISTS (SELECT 1 FROM collections WHERE owner = :owner)
        OR EXISTS (SELECT 1 FROM glossary WHERE owner = :owner)
        OR EXISTS (SELECT 1 FROM model_votes WHERE owner = :owner)
        OR EXISTS (SELECT 1 FROM policy_decisions WHERE owner = :owner)
"""
_DELETE_DECISIONS = "DELETE FROM policy_decisions WHERE owner = ?"
