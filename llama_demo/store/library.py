"""The library's rows: collections of documents, and what became of each file.

    collections ── documents ── chunks ── vectors
                                   └───── chunk_search (words)

A document is ``waiting`` from the moment its file is taken until all of its chunks and vectors are stored, in
one transaction, as ``done``; or it is ``failed`` with a reason. The collections of :data:`EVERYBODY` are
readable by all owners and changed by the program alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlite_utils

from llama_demo.store import chunk_words, passages
from llama_demo.store.clock import to_datetime, to_microseconds
from llama_demo.store.database import Database
from llama_demo.store.ids import new_id
from llama_demo.store.json_columns import as_json
from llama_demo.unicode import replace_lone_surrogates

EVERYBODY = ""
"""The owner of the collections that come with the program."""

WAITING, DONE, FAILED = "waiting", "done", "failed"


@dataclass(frozen=True)
class Collection:
    """Documents that are searched together.

    Attributes:
        shared: whether it came with the program; all owners can read it, none can change it.
        documents, chunks: how many can be found in it.
    """

    number: int
    name: str
    shared: bool
    documents: int = 0
    chunks: int = 0


@dataclass(frozen=True)
class DocumentRow:
    """A file as the library lists it.

    Attributes:
        digest: SHA-256 of the file, in hexadecimal.
        bytes: of the file.
        language: ISO 639-1; empty if it is not known.
        created: when it was added, in UTC.
        state: ``waiting``, ``done`` or ``failed``.
        reason: key and values of the text that says why it failed.
        notices: key and values of each text that says what of it could not be read.
    """

    id: str
    collection: int
    name: str
    digest: str
    bytes: int
    created: datetime
    state: str = WAITING
    language: str = ""
    chunks: int = 0
    pages: int = 0
    reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    notices: tuple[tuple[str, Mapping[str, Any]], ...] = ()


class LibraryStore:
    """Collections and documents. Rows are returned to and changed by their owner alone.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def folder(self) -> Path:
        """Where the files of documents that are not done are kept, each under its document's id."""
        return self._database.path.parent / "library"

    @property
    def name_in_errors(self) -> str:
        """How errors call the database."""
        return self._database.name_in_errors

    def collections(self, *, owner: str | None) -> list[Collection]:
        """What this owner may search: the shared collections first, then their own by name."""
        with self._database.reading() as tables:
            rows = tables.execute(_COLLECTIONS, {"owner": _own(owner), "everybody": EVERYBODY}).fetchall()
        return [
            Collection(number, name, shared == EVERYBODY, documents, chunks)
            for number, name, shared, documents, chunks in rows
        ]

    def collection(self, name: str, *, owner: str | None) -> Collection | None:
        """The owner's collection of this name, else the shared one."""
        found = [one for one in self.collections(owner=owner) if one.name == replace_lone_surrogates(name)]
        return found[-1] if found else None

    def make_collection(self, name: str, *, owner: str) -> int:
        """The number of the owner's collection of this name, which is made if it does not exist."""
        values = [replace_lone_surrogates(owner), replace_lone_surrogates(name)]
        with self._database.writing() as tables:
            tables.execute("INSERT OR IGNORE INTO collections(owner, name) VALUES (?, ?)", values)
            found = tables.execute("SELECT number FROM collections WHERE owner = ? AND name = ?", values)
            return int(found.fetchone()[0])

    def rename_collection(self, number: int, name: str, *, owner: str) -> bool:
        """Rename the owner's collection, also where conversations, questions and searches name it.

        Returns:
            False if there is no such collection, or the name is taken.

        Raises:
            StoreError: ``deletion_incomplete`` if it is renamed but the former name is still in the log.
        """
        values = [replace_lone_surrogates(name), number, replace_lone_surrogates(owner)]
        with self._database.writing() as tables:
            former = tables.execute(_COLLECTION_NAME, values[1:]).fetchone()
            update = "UPDATE OR IGNORE collections SET name = ? WHERE number = ? AND owner = ?"
            if not tables.execute(update, values).rowcount:
                return False
            passages.rename_collection(tables, former[0], str(values[0]), owner=str(values[2]))
        self._database.scrub()
        return True

    def delete_collection(self, number: int, *, owner: str, keeps_name: bool = False) -> list[str]:
        """Delete a collection of the owner with its documents, and their text from the disk.

        Args:
            keeps_name: whether conversations, questions and searches go on naming it.

        Returns:
            The ids of the documents.

        Raises:
            StoreError: ``deletion_incomplete`` if they are deleted but their text is still in the log.
        """
        values = [number, replace_lone_surrogates(owner)]
        with self._database.writing() as tables:
            former = tables.execute(_COLLECTION_NAME, values).fetchone()
            found = tables.execute("SELECT id FROM documents WHERE collection = ? AND owner = ?", values)
            ids = [one for (one,) in found.fetchall()]
            _remove_with_names(tables, ids)
            tables.execute("DELETE FROM collections WHERE number = ? AND owner = ?", values)
            if former and not keeps_name:
                passages.rename_collection(tables, former[0], passages.DELETED, owner=str(values[1]))
        self._database.scrub()
        return ids

    def documents(self, collection: int, *, owner: str | None) -> list[DocumentRow]:
        """The documents of a collection that this owner may read, newest first."""
        values = {"collection": collection, "owner": _own(owner), "everybody": EVERYBODY}
        with self._database.reading() as tables:
            return [_from_row(row) for row in tables.query(_DOCUMENTS, values)]

    def document(self, document_id: str, *, owner: str | None) -> DocumentRow | None:
        """A document that this owner may read."""
        values = {"id": replace_lone_surrogates(document_id), "owner": _own(owner), "everybody": EVERYBODY}
        with self._database.reading() as tables:
            return next((_from_row(row) for row in tables.query(_DOCUMENT, values)), None)

    def some(self, document_ids: Iterable[str], *, owner: str | None) -> dict[str, DocumentRow]:
        """Those of these documents that this owner may read, under their ids."""
        ids = json.dumps([replace_lone_surrogates(one) for one in document_ids])
        values = {"ids": ids, "owner": _own(owner), "everybody": EVERYBODY}
        with self._database.reading() as tables:
            return {row["id"]: _from_row(row) for row in tables.query(_SOME, values)}

    def same(self, digest: str, collection: int, *, owner: str) -> DocumentRow | None:
        """The owner's document of this content in the collection, done or waiting; None if there is none."""
        values = {"digest": digest, "collection": collection, "owner": replace_lone_surrogates(owner)}
        with self._database.reading() as tables:
            return next((_from_row(row) for row in tables.query(_SAME, values)), None)

    def holdings(self, *, owner: str) -> tuple[int, int]:
        """How many documents and how many bytes of files this owner has, failed ones included."""
        with self._database.reading() as tables:
            select = "SELECT count(*), coalesce(sum(bytes), 0) FROM documents WHERE owner = ?"
            documents, size = tables.execute(select, [replace_lone_surrogates(owner)]).fetchone()
        return int(documents), int(size)

    def new_id(self, created: datetime) -> str:
        """An id for a document that is added now."""
        return new_id(to_microseconds(created))

    def begin(self, document: DocumentRow, *, owner: str) -> None:
        """Store a document as waiting, in place of a failed one of its name."""
        row = {
            "id": document.id,
            "owner": replace_lone_surrogates(owner),
            "collection": document.collection,
            "name": replace_lone_surrogates(document.name),
            "digest": document.digest,
            "bytes": document.bytes,
            "created": to_microseconds(document.created),
            "process": self._database.process.name,
        }
        with self._database.writing() as tables:
            tables.execute(_DROP_FAILED, row)
            tables.execute(_BEGIN, row)

    def fail(self, document_id: str, reason: str, values: Mapping[str, object], *, owner: str) -> None:
        """Store why a document could not be indexed."""
        columns = {
            "reason": reason,
            "details": as_json(values),
            "id": document_id,
            "owner": replace_lone_surrogates(owner),
        }
        with self._database.writing() as tables:
            tables.execute(_FAIL, columns)

    def wait_again(self, document_id: str, *, owner: str) -> bool:
        """Set a document that is not done to waiting again; False if the owner has no such document."""
        columns = {
            "id": document_id,
            "owner": replace_lone_surrogates(owner),
            "process": self._database.process.name,
        }
        with self._database.writing() as tables:
            return tables.execute(_AGAIN, columns).rowcount > 0

    def orphans(self) -> list[tuple[str, DocumentRow]]:
        """Waiting documents of dead programs, with their owners; this program takes them over."""
        with self._database.writing() as tables:
            names = tables.execute("SELECT DISTINCT process FROM documents WHERE state = 'waiting'")
            dead = [name for (name,) in names.fetchall() if not self._database.process.lives(name)]
            rows = list(tables.query(_ORPHANS, [json.dumps(dead)]))
            ours = [[self._database.process.name, row["id"]] for row in rows]
            tables.conn.executemany("UPDATE documents SET process = ? WHERE id = ?", ours)
        return [(row["owner"], _from_row(row)) for row in rows]

    def unfinished(self) -> set[str]:
        """The ids of all documents whose files are still needed, of all owners."""
        with self._database.reading() as tables:
            found = tables.execute("SELECT id FROM documents WHERE state != 'done'").fetchall()
        return {one for (one,) in found}

    def rename(self, document_id: str, name: str, *, owner: str) -> bool:
        """Rename a document, also where answers and searches name it; False if the owner has no such one.

        Raises:
            StoreError: ``deletion_incomplete`` if it is renamed but the former name is still in the log.
        """
        new, mine = replace_lone_surrogates(name), replace_lone_surrogates(owner)
        with self._database.writing() as tables:
            found = passages.copies_of(tables, replace_lone_surrogates(document_id))
            if found is None or found[0] != mine:
                return False
            tables.execute("UPDATE documents SET name = ? WHERE id = ?", [new, document_id])
            passages.rename_copies(tables, found[1], new, owner=mine)
        self._database.scrub()
        return True

    def delete(self, document_ids: Sequence[str], *, owner: str) -> list[str]:
        """Delete documents, and their text from the disk; returns the ids of those that existed.

        Answers keep what they say, and lose the passages that they were drawn from.

        Raises:
            StoreError: ``deletion_incomplete`` if they are deleted but their text is still in the log.
        """
        with self._database.writing() as tables:
            found = tables.execute(
                _OWNED, [json.dumps(list(document_ids)), replace_lone_surrogates(owner)]
            ).fetchall()
            ids = [one for (one,) in found]
            _remove_with_names(tables, ids)
        # Also when there was nothing: an earlier deletion may have left its text in the log.
        self._database.scrub()
        return ids


def remove_documents(tables: sqlite_utils.Database, ids: Sequence[str]) -> None:
    """Delete documents within a transaction: rows, vectors, words, and passages in the owner's answers.

    Answers from the samples, which everybody reads, keep their passages.
    """
    for document_id in ids:
        found = passages.copies_of(tables, document_id)
        if found is not None and found[0] != EVERYBODY:
            passages.remove_passages(tables, found[1], owner=found[0])
    _remove(tables, ids)


def _remove_with_names(tables: sqlite_utils.Database, ids: Sequence[str]) -> None:
    """Delete documents, whose names then stand in no search either."""
    found = [passages.copies_of(tables, document_id) for document_id in ids]
    remove_documents(tables, ids)
    for owner, copies in filter(None, found):
        if owner != EVERYBODY:
            passages.rename_in_searches(tables, copies.name, passages.DELETED, owner=owner)


def _remove(tables: sqlite_utils.Database, ids: Sequence[str]) -> None:
    named = json.dumps(list(ids))
    rows = tables.execute(_CHUNKS, [named]).fetchall()
    chunk_words.drop(tables, [number for (number,) in rows])
    tables.execute(_DELETE_VECTORS, [named])
    tables.execute("DELETE FROM chunks WHERE document IN (SELECT value FROM json_each(?))", [named])
    tables.execute("DELETE FROM documents WHERE id IN (SELECT value FROM json_each(?))", [named])
    if rows:
        chunk_words.purge(tables)


def _own(owner: str | None) -> str:
    """The owner, or :data:`EVERYBODY` for a visitor without one."""
    return EVERYBODY if owner is None else replace_lone_surrogates(owner)


def _from_row(row: Mapping[str, Any]) -> DocumentRow:
    return DocumentRow(
        id=row["id"],
        collection=row["collection"],
        name=row["name"],
        digest=row["digest"],
        bytes=row["bytes"],
        created=to_datetime(row["created"]),
        state=row["state"],
        language=row["language"],
        chunks=row["chunks"],
        pages=row["pages"],
        reason=row["reason"],
        values=json.loads(row["details"]),
        notices=tuple((key, values) for key, values in json.loads(row["notices"])),
    )


_COLLECTIONS = """
    SELECT number, name, owner,
        (SELECT count(*) FROM documents WHERE collection = number AND state = 'done'),
        (SELECT coalesce(sum(chunks), 0) FROM documents WHERE collection = number AND state = 'done')
    FROM collections WHERE owner IN (:owner, :everybody) ORDER BY owner != :everybody, name
"""
_READABLE = "owner IN (:owner, :everybody)"
_DOCUMENTS = f"SELECT * FROM documents WHERE collection = :collection AND {_READABLE} ORDER BY id DESC"  # noqa: S608
_DOCUMENT = f"SELECT * FROM documents WHERE id = :id AND {_READABLE}"  # noqa: S608
_SOME = f"SELECT * FROM documents WHERE id IN (SELECT value FROM json_each(:ids)) AND {_READABLE}"  # noqa: S608
_SAME = """
    SELECT * FROM documents
    WHERE collection = :collection AND digest = :digest AND owner = :owner AND state != 'failed'
"""
_DROP_FAILED = """
    DELETE FROM documents
    WHERE collection = :collection AND name = :name AND owner = :owner AND state = 'failed'
"""
_BEGIN = """
    INSERT INTO documents(id, owner, collection, name, digest, bytes, created, process)
    VALUES (:id, :owner, :collection, :name, :digest, :bytes, :created, :process)
"""
_FAIL = """
    UPDATE documents SET state = 'failed', reason = :reason, details = :details
    WHERE id = :id AND owner = :owner
"""
_AGAIN = """
    UPDATE documents SET state = 'waiting', reason = '', details = '{}', process = :process
    WHERE id = :id AND owner = :owner AND state != 'done'
"""
_ORPHANS = """
    SELECT * FROM documents
    WHERE state = 'waiting' AND process IN (SELECT value FROM json_each(?)) ORDER BY id
"""
_COLLECTION_NAME = "SELECT name FROM collections WHERE number = ? AND owner = ?"
_OWNED = "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?)) AND owner = ?"
_CHUNKS = "SELECT number FROM chunks WHERE document IN (SELECT value FROM json_each(?))"
_DELETE_VECTORS = """
    DELETE FROM vectors WHERE (embedder, collection, chunk) IN (
        SELECT embedders.number, collection, chunks.number FROM chunks, embedders
        WHERE document IN (SELECT value FROM json_each(?))
    )
"""
