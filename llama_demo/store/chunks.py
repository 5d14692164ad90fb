"""Chunks of documents and their vectors: written once, with all of a document or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import sqlite_utils
from numpy.typing import NDArray

from llama_demo.errors import StoreError
from llama_demo.store import chunk_words
from llama_demo.store.clock import to_microseconds
from llama_demo.store.database import Database
from llama_demo.store.library import EVERYBODY, DocumentRow, remove_documents
from llama_demo.unicode import replace_lone_surrogates

_SAME_MODEL = 0.999
"""Cosine of two probes above which they come from one model; devices and precisions differ by less."""

_AT_REST = np.dtype("<f2")
"""Stored vectors are float16, little-endian, which keeps three digits of a unit vector's numbers."""


@dataclass(frozen=True)
class ChunkRow:
    """A piece of a document's text.

    Attributes:
        number: unique, never used again; 0 before it is stored.
        place: in the document, from 0.
        page: on which it begins, from 1; None for a document without pages.
        heading: the headings it stands under, the widest first.
        start, end: its place in the document's text.
    """

    text: str
    place: int
    start: int
    end: int
    page: int | None = None
    heading: str = ""
    language: str = ""
    number: int = 0
    document: str = ""
    collection: int = 0


@dataclass(frozen=True)
class ChunkFilter:
    """Restricts which chunks may be found; an empty field restricts nothing.

    Attributes:
        documents: ids.
        language: ISO 639-1 code of the document.
        since, until: when the document was added; ``until`` is not included.
    """

    documents: tuple[str, ...] = ()
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None


class ChunkStore:
    """The tables of chunks, vectors and words.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def embedder(self, name: str, probe: NDArray[np.float32]) -> int:
        """The number of the model called ``name`` whose vector of the probe sentence is ``probe``."""
        with self._database.writing() as tables:
            select = "SELECT number, probe FROM embedders WHERE name = ? AND width = ? ORDER BY number DESC"
            for number, known in tables.execute(
                select, [replace_lone_surrogates(name), len(probe)]
            ).fetchall():
                if _cosine(np.frombuffer(known, "<f4"), probe) > _SAME_MODEL:
                    return int(number)
            row = [replace_lone_surrogates(name), len(probe), probe.astype("<f4").tobytes()]
            insert = "INSERT INTO embedders(name, width, probe) VALUES (?, ?, ?)"
            return int(tables.execute(insert, row).lastrowid or 0)

    def newest_embedder(self, name: str) -> int | None:
        """The number of the model that was last called ``name``; None if none was."""
        select = "SELECT max(number) FROM embedders WHERE name = ?"
        with self._database.reading() as tables:
            row = tables.execute(select, [replace_lone_surrogates(name)]).fetchone()
        return None if row[0] is None else int(row[0])

    def store(
        self,
        document: DocumentRow,
        chunks: Sequence[ChunkRow],
        vectors: NDArray[np.float32] | None,
        embedder: int,
        *,
        texts: Sequence[str],
        owner: str,
    ) -> bool:
        """Store all chunks of a waiting document, in place of others of its name, in one transaction.

        Args:
            texts: for the full-text index, one for each chunk.
            vectors: (chunks, width); None without a model; the document is then found by words alone.

        Returns:
            False, and nothing is stored, if the document was deleted in the meantime.
        """
        with self._database.writing() as tables:
            done = tables.execute(_DONE, _done(document, chunks, owner)).rowcount
            if not done:
                return False
            older = tables.execute(
                _OLDER, [document.collection, document.name, owner, document.id]
            ).fetchall()
            remove_documents(tables, [one for (one,) in older])
            numbers = [_insert(tables, document, chunk) for chunk in chunks]
            places = [document.collection] * len(chunks)
            chunk_words.put(tables, zip(numbers, places, texts, strict=True))
            if vectors is not None:
                _put_vectors(tables, embedder, document.collection, numbers, vectors)
            _touch(tables, document.collection)
        if older:
            with suppress(StoreError):  # the next deletion, or the next start, empties the log
                self._database.scrub(complete=False)
        return True

    def add_vectors(
        self,
        embedder: int,
        collection: int,
        numbers: Sequence[int],
        vectors: NDArray[np.float32],
        *,
        revised: bool = True,
    ) -> list[int]:
        """Store vectors of chunks by another model; those of deleted chunks are ignored.

        Args:
            revised: whether the collection counts as changed by it.

        Returns:
            The places of those that were stored.
        """
        with self._database.writing() as tables:
            select = "SELECT number FROM chunks WHERE number IN (SELECT value FROM json_each(?))"
            left = {number for (number,) in tables.execute(select, [json.dumps(list(numbers))]).fetchall()}
            kept = [place for place, number in enumerate(numbers) if number in left]
            _put_vectors(tables, embedder, collection, [numbers[place] for place in kept], vectors[kept])
            if revised:
                _touch(tables, collection)
        return kept

    def without_vector(self, embedder: int, *, after: int = 0, most: int) -> list[ChunkRow]:
        """The next chunks after one that have no vector of this model, of all owners."""
        values = {"embedder": embedder, "after": after, "most": most}
        with self._database.reading() as tables:
            return [_chunk(row) for row in tables.query(_UNSEEN, values)]

    def counted(self, embedder: int, collection: int) -> int:
        """How many chunks of a collection this model has embedded."""
        select = "SELECT count(*) FROM vectors WHERE embedder = ? AND collection = ?"
        with self._database.reading() as tables:
            return int(tables.execute(select, [embedder, collection]).fetchone()[0])

    def shared_collections(self) -> list[int]:
        """The numbers of the collections that everybody may search."""
        with self._database.reading() as tables:
            rows = tables.execute("SELECT number FROM collections WHERE owner = ?", [EVERYBODY]).fetchall()
        return [number for (number,) in rows]

    def models_of(self, collection: int) -> list[tuple[int, str, int]]:
        """Number, name and count of embedded chunks of each model with vectors of this collection."""
        with self._database.reading() as tables:
            return [tuple(row) for row in tables.execute(_MODELS, [collection]).fetchall()]

    def keep_only(self, embedders: Sequence[int]) -> None:
        """Remove the vectors of other models, once these have embedded every chunk."""
        kept = json.dumps(list(embedders))
        with self._database.writing() as tables:
            if tables.execute(_DROP_VECTORS, [kept]).rowcount:
                tables.execute("UPDATE collections SET revision = revision + 1")

    def revision(self, collection: int) -> int:
        """A number that grows with each change of the collection; -1 if it was deleted."""
        with self._database.reading() as tables:
            row = tables.execute("SELECT revision FROM collections WHERE number = ?", [collection]).fetchone()
        return -1 if row is None else int(row[0])

    def vector_numbers(self, embedder: int, collection: int) -> NDArray[np.int64]:
        """Numbers (n) of the chunks that have vectors, in ascending order."""
        select = "SELECT chunk FROM vectors WHERE embedder = ? AND collection = ? ORDER BY chunk"
        with self._database.reading() as tables:
            rows = tables.execute(select, [embedder, collection]).fetchall()
        return np.array([number for (number,) in rows], dtype=np.int64)

    def vectors(
        self, embedder: int, collection: int, *, after: int = 0, most: int = 20_000
    ) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
        """Numbers (n) and vectors (n, width) of the next chunks after one, in ascending order."""
        select = """
            SELECT chunk, vector FROM vectors
            WHERE embedder = ? AND collection = ? AND chunk > ? ORDER BY chunk LIMIT ?
        """
        with self._database.reading() as tables:
            rows = tables.execute(select, [embedder, collection, after, most]).fetchall()
        numbers = np.array([number for number, _ in rows], dtype=np.int64)
        joined = np.frombuffer(b"".join(blob for _, blob in rows), _AT_REST)
        return numbers, joined.reshape(len(rows), -1) if rows else joined.reshape(0, 0)

    def best_by_words(
        self, query: str, collections: Sequence[int], *, most: int, among: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Chunks that hold words of the query and their BM25, best first."""
        allowed = "" if among is None else json.dumps(list(among))
        with self._database.reading() as tables:
            return chunk_words.best(tables, query, collections, most=most, among=allowed)

    def among(self, narrowing: ChunkFilter, collections: Sequence[int]) -> list[int] | None:
        """Numbers of the chunks that may be found, in ascending order; None for all of these collections."""
        if narrowing == ChunkFilter():
            return None
        values = {
            "collections": json.dumps(list(collections)),
            "documents": json.dumps(list(narrowing.documents)),
            "language": replace_lone_surrogates(narrowing.language),
            "since": to_microseconds(narrowing.since) if narrowing.since else 0,
            "until": to_microseconds(narrowing.until) if narrowing.until else 2**62,
        }
        with self._database.reading() as tables:
            return [number for (number,) in tables.execute(_AMONG, values).fetchall()]

    def chunks(self, numbers: Sequence[int], *, owner: str | None) -> dict[int, ChunkRow]:
        """Those of these chunks that this owner may read, under their numbers."""
        values = {"numbers": json.dumps([int(number) for number in numbers]), **_reader(owner)}
        with self._database.reading() as tables:
            return {row["number"]: _chunk(row) for row in tables.query(_CHUNKS, values)}

    def languages(self, numbers: Sequence[int], *, owner: str | None) -> dict[int, str]:
        """The languages of those of these chunks that this owner may read, under their numbers."""
        values = {"numbers": json.dumps([int(number) for number in numbers]), **_reader(owner)}
        with self._database.reading() as tables:
            return dict(tables.execute(_LANGUAGES, values).fetchall())

    def of_document(self, document_id: str, *, owner: str | None) -> list[ChunkRow]:
        """All chunks of a document that this owner may read, in its order."""
        values = {"document": replace_lone_surrogates(document_id), **_reader(owner)}
        with self._database.reading() as tables:
            return [_chunk(row) for row in tables.query(_OF_DOCUMENT, values)]

    def of_collection(self, collection: int, *, owner: str | None) -> list[ChunkRow]:
        """All chunks of a collection, if this owner may read it, in ascending order of their numbers."""
        values = {"collection": collection, **_reader(owner)}
        with self._database.reading() as tables:
            return [_chunk(row) for row in tables.query(_OF_COLLECTION, values)]


def _done(document: DocumentRow, chunks: Sequence[ChunkRow], owner: str) -> dict[str, Any]:
    pages = max((chunk.page or 0 for chunk in chunks), default=0)
    return {
        "id": document.id,
        "owner": replace_lone_surrogates(owner),
        "language": document.language,
        "chunks": len(chunks),
        "pages": max(pages, document.pages),
        "notices": json.dumps([[key, dict(values)] for key, values in document.notices]),
    }


def _insert(tables: sqlite_utils.Database, document: DocumentRow, chunk: ChunkRow) -> int:
    row = {
        "collection": document.collection,
        "document": document.id,
        "place": chunk.place,
        "page": chunk.page,
        "heading": replace_lone_surrogates(chunk.heading),
        "language": chunk.language,
        "text": replace_lone_surrogates(chunk.text),
        "starts": chunk.start,
        "ends": chunk.end,
    }
    return int(tables.execute(_INSERT, row).lastrowid or 0)


def _put_vectors(
    tables: sqlite_utils.Database,
    embedder: int,
    collection: int,
    numbers: Sequence[int],
    vectors: NDArray[np.float32],
) -> None:
    rows = [
        (embedder, collection, number, vector.tobytes())
        for number, vector in zip(numbers, vectors.astype(_AT_REST), strict=True)
    ]
    tables.conn.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?, ?)", rows)


def _touch(tables: sqlite_utils.Database, collection: int) -> None:
    tables.execute("UPDATE collections SET revision = revision + 1 WHERE number = ?", [collection])


def _reader(owner: str | None) -> dict[str, str]:
    return {"owner": EVERYBODY if owner is None else replace_lone_surrogates(owner), "everybody": EVERYBODY}


def _chunk(row: Mapping[str, Any]) -> ChunkRow:
    return ChunkRow(
        text=row["text"],
        place=row["place"],
        start=row["starts"],
        end=row["ends"],
        page=row["page"],
        heading=row["heading"],
        language=row["language"],
        number=row["number"],
        document=row["document"],
        collection=row["collection"],
    )


def _cosine(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9))


_DONE = """
    UPDATE documents
    SET state = 'done', language = :language, chunks = :chunks, pages = :pages, notices = :notices
    WHERE id = :id AND owner = :owner AND state = 'waiting'
"""
_OLDER = """
    SELECT id FROM documents
    WHERE collection = ? AND name = ? AND owner = ? AND state != 'waiting' AND id != ?
"""
_INSERT = """
    INSERT INTO chunks(collection, document, place, page, heading, language, text, starts, ends)
    VALUES (:collection, :document, :place, :page, :heading, :language, :text, :starts, :ends)
"""
_UNSEEN = """
    SELECT * FROM chunks WHERE number > :after AND NOT EXISTS (
        SELECT 1 FROM vectors
        WHERE embedder = :embedder AND collection = chunks.collection AND chunk = chunks.number
    ) ORDER BY number LIMIT :most
"""
_MODELS = """
    SELECT embedder, name, count(*) FROM vectors JOIN embedders ON embedder = number
    WHERE collection = ? GROUP BY embedder ORDER BY embedder
"""
_DROP_VECTORS = "DELETE FROM vectors WHERE embedder NOT IN (SELECT value FROM json_each(?))"
_AMONG = """
    SELECT chunks.number FROM chunks JOIN documents ON documents.id = document
    WHERE chunks.collection IN (SELECT value FROM json_each(:collections))
        AND (:documents = '[]' OR document IN (SELECT value FROM json_each(:documents)))
        AND (:language = '' OR documents.language = :language)
        AND created >= :since AND created < :until
    ORDER BY chunks.number
"""
_CHUNKS = """
    SELECT chunks.* FROM chunks JOIN collections ON collections.number = collection
    WHERE chunks.number IN (SELECT value FROM json_each(:numbers)) AND owner IN (:owner, :everybody)
"""
_LANGUAGES = """
    SELECT chunks.number, language FROM chunks JOIN collections ON collections.number = collection
    WHERE chunks.number IN (SELECT value FROM json_each(:numbers)) AND owner IN (:owner, :everybody)
"""
_OF_DOCUMENT = """
    SELECT chunks.* FROM chunks JOIN collections ON collections.number = collection
    WHERE document = :document AND owner IN (:owner, :everybody) ORDER BY place
"""
_OF_COLLECTION = """
    SELECT chunks.* FROM chunks JOIN collections ON collections.number = collection
    WHERE collection = :collection AND owner IN (:owner, :everybody) ORDER BY chunks.number
"""
