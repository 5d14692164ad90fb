"""Ingestion of files: checked, copied beside the database, and queued for indexing one by one."""

from __future__ import annotations

import hashlib
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from llama_demo.documents.bundle import Bundle
from llama_demo.documents.registry import suffix_of
from llama_demo.errors import DemoError, DocumentError, StoreError
from llama_demo.services.library.indexing import Indexing, IndexingTask
from llama_demo.services.library.jobs import IndexedDocument, Job, RejectedFile
from llama_demo.services.names import file_name
from llama_demo.store.library import EVERYBODY, DocumentRow, LibraryStore

_ABANDONED = 3_600.0
"""Seconds after which a file without a document counts as left by a killed process."""


@dataclass(frozen=True)
class UploadLimits:
    """Limits on what an owner may add; 0 is no limit.

    Attributes:
        files: in one request.
        file_bytes: of one file.
        documents, bytes: of an owner in total.
        collections: of an owner.
    """

    files: int = 10_000
    file_bytes: int = 100 * 1024**2
    documents: int = 0
    bytes: int = 0
    collections: int = 200


@dataclass(frozen=True)
class IncomingFile:
    """A file to add: its name, and its path or its bytes."""

    name: str
    content: Path | bytes

    @property
    def bytes(self) -> int:
        """Size of the content."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size


class Ingestion:
    """Takes files into collections.

    Args:
        limits: of each owner.
    """

    def __init__(self, store: LibraryStore, indexing: Indexing, limits: UploadLimits) -> None:
        self._store = store
        self._indexing = indexing
        self._limits = limits

    def ingest(self, job: Job, number: int, file: IncomingFile) -> None:
        """Add a file, or the files in a ZIP archive, to a collection; the job reports the outcome of each."""
        if suffix_of(file.name) == ".zip":
            self._ingest_bundle(job, number, file)
        else:
            self._ingest(job, number, file)

    def index(self, document: DocumentRow, owner: str, job: Job) -> None:
        """Queue a document whose file is stored already."""
        self._indexing.queue(IndexingTask(document, owner, self._path(document.id), job))

    def discard(self, document_id: str) -> None:
        """Delete the stored file of a document."""
        with suppress(OSError):
            self._path(document_id).unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete stored files without a document, which a killed process left."""
        known = self._store.unfinished()
        with suppress(OSError):
            for path in self._store.folder.iterdir():
                if path.name not in known and time.time() - path.stat().st_mtime > _ABANDONED:
                    path.unlink(missing_ok=True)

    def _ingest_bundle(self, job: Job, number: int, file: IncomingFile) -> None:
        try:
            bundle = Bundle(file.content)
            for name, reason in bundle.refused.items():
                job.expect()
                job.failed(RejectedFile("", file_name(name), reason))
            for entry in bundle.entries:
                try:
                    content = bundle.read(entry.name)
                except DocumentError as exc:
                    job.expect()
                    job.failed(RejectedFile("", file_name(entry.name), exc.key, exc.values))
                else:
                    self._ingest(job, number, IncomingFile(entry.name, content))
        except DocumentError as exc:
            job.expect()
            job.failed(RejectedFile("", file_name(file.name), exc.key, exc.values))

    def _ingest(self, job: Job, number: int, file: IncomingFile) -> None:
        """Store a file until it is indexed, unless it is rejected."""
        job.expect()
        name = file_name(file.name) or "document"
        try:
            size = file.bytes
            self._check(job.owner, size)
            digest = _digest(file.content)
            same = self._store.same(digest, number, owner=job.owner)
            if same is not None:
                job.unchanged(IndexedDocument(same.id, same.name, same.chunks))
                return
            document = self._stored(job.owner, number, name, digest, file)
        except DemoError as exc:
            job.failed(RejectedFile("", name, exc.key, exc.values))
        except OSError:
            job.failed(RejectedFile("", name, "library_file_gone"))
        else:
            self.index(document, job.owner, job)

    def _check(self, owner: str, size: int) -> None:
        """Raises: DocumentError: ``file_too_large``, ``library_full``."""
        limits = self._limits
        if limits.file_bytes and size > limits.file_bytes:
            raise DocumentError("file_too_large", bytes=size, limit=limits.file_bytes)
        if owner == EVERYBODY or not (limits.documents or limits.bytes):
            return
        documents, held = self._store.holdings(owner=owner)
        if (limits.documents and documents >= limits.documents) or (
            limits.bytes and held + size > limits.bytes
        ):
            raise DocumentError("library_full", documents=limits.documents, bytes=limits.bytes)

    def _stored(self, owner: str, number: int, name: str, digest: str, file: IncomingFile) -> DocumentRow:
        """Copy the file beside the database, then insert its document as waiting.

        Raises:
            StoreError: ``disk_full``, or another error of the database.
        """
        created = datetime.now(UTC)
        document = DocumentRow(self._store.new_id(created), number, name, digest, file.bytes, created)
        path = self._path(document.id)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if isinstance(file.content, bytes):
                path.write_bytes(file.content)
            else:
                shutil.copyfile(file.content, path)
            self._store.begin(document, owner=owner)
        except OSError as exc:
            self.discard(document.id)
            raise StoreError("disk_full", path=self._store.name_in_errors, detail=str(exc)) from exc
        except StoreError:
            self.discard(document.id)
            raise
        return document

    def _path(self, document_id: str) -> Path:
        return self._store.folder / PurePosixPath(document_id).name


def _digest(content: Path | bytes) -> str:
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
