"""The library as a visitor sees it: collections, their documents, and files that are being added."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from llama_demo.documents.registry import FORMATS, NAMED, suffix_of
from llama_demo.errors import InputError, StoreError
from llama_demo.services.library.deepening import DeepProgress
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.ingestion import IncomingFile, Ingestion, UploadLimits
from llama_demo.services.library.jobs import IndexedDocument, IndexingProgress, Job
from llama_demo.services.library.samples import SAMPLE, SAMPLES, index_samples
from llama_demo.services.names import LONGEST_NAME, file_name, one_line
from llama_demo.services.visits import Visit
from llama_demo.store.library import DONE, EVERYBODY, Collection, DocumentRow, LibraryStore

__all__ = [
    "ACCEPTED",
    "DEFAULT",
    "KINDS",
    "SAMPLE",
    "Collection",
    "DeepProgress",
    "DocumentRow",
    "IncomingFile",
    "IndexedDocument",
    "IndexingProgress",
    "Library",
    "UploadLimits",
]

log = logging.getLogger(__name__)

DEFAULT = "default"
"""The collection for files that name none."""

ACCEPTED = (*FORMATS, ".zip")
"""Suffixes of files that can be added."""

KINDS = (*NAMED, ".zip")
"""Those that a person is told of."""

LONGEST_TEXT = 2_000_000
"""Characters of a pasted text."""

_MOST_JOBS = 200
_END = 5.0  # seconds that the end of the program waits for its beginning


class Library:
    """Collections and documents of visitors.

    Args:
        limits: of each owner.
        samples: folder of the sample collection.
    """

    def __init__(
        self,
        store: LibraryStore,
        indexing: Indexing,
        limits: UploadLimits | None = None,
        samples: Path = SAMPLES,
    ) -> None:
        self._store = store
        self._indexing = indexing
        self._limits = limits or UploadLimits()
        self._ingestion = Ingestion(store, indexing, self._limits)
        self._samples = samples
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._opening = threading.Thread(target=self._open, name="library", daemon=True)
        self._opened = threading.Event()
        self._samples_there = Job(EVERYBODY)

    @property
    def limits(self) -> UploadLimits:
        """Limits on what an owner may add."""
        return self._limits

    def open(self) -> None:
        """Resume interrupted indexing and index the samples, on a background thread."""
        self._opening.start()

    def embed_anew(self) -> None:
        """Embed what has no vector of the models in use, in the background; until then the former answer."""
        self._indexing.refresh()

    def deepen(self) -> None:
        """Have the deep model go on with what a search missed."""
        self._indexing.deepen()

    def deep_progress(self, collections: Sequence[Collection]) -> DeepProgress:
        """How far the deep model has come with some collections; 0 of 0 if there is none."""
        return self._indexing.deep_progress(collections)

    def _open(self) -> None:
        try:
            self._resume()
            self._ingestion.sweep()
            self._samples_there = self._job(EVERYBODY)
            index_samples(self._samples, self._store, self._ingestion, self._samples_there)
            self._indexing.refresh()
        except StoreError as exc:  # reported when a file is added
            log.warning("the library could not be brought up to date: %s", exc)
            self._samples_there.closed()
        finally:
            self._opened.set()

    def _resume(self) -> None:
        """Queue documents that another, ended process left waiting."""
        resumed: dict[str, Job] = {}
        for owner, document in self._store.orphans():
            if owner not in resumed:
                resumed[owner] = self._job(owner)
            job = resumed[owner]
            job.expect()
            self._ingestion.index(document, owner, job)
        for job in resumed.values():
            job.closed()

    def close(self) -> None:
        """Stop indexing; unfinished documents resume at the next start."""
        if self._opening.is_alive():  # it reads the store, which is closed after the library
            self._opening.join(_END)
        self._indexing.close()

    def collections(self, visit: Visit) -> list[Collection]:
        """Collections that the visitor may search: the sample first, then their own by name."""
        return self._store.collections(owner=visit.owner)

    def named(self, visit: Visit, names: str | Sequence[str]) -> list[Collection]:
        """The collections of these names; without names, all that the visitor may search.

        Raises:
            InputError: ``collection_unknown``.
        """
        there = {
            one.name: one for one in self.collections(visit)
        }  # the owner's hide a shared one of the same name
        wanted = [names] if isinstance(names, str) else list(names)
        wanted = [name for name in wanted if name] or list(there)
        unknown = [name for name in wanted if name not in there and name not in (SAMPLE, DEFAULT)]
        if unknown:
            raise InputError("collection_unknown", name=unknown[0][:LONGEST_NAME], known=", ".join(there))
        return [there[name] for name in dict.fromkeys(wanted) if name in there]

    def documents(self, visit: Visit, collection: str) -> list[DocumentRow]:
        """The documents of a collection, newest first, waiting and failed ones included.

        Raises:
            InputError: ``collection_unknown``.
        """
        found = self.named(visit, collection)
        stored = [each for one in found for each in self._store.documents(one.number, owner=visit.owner)]
        return [self._indexing.as_it_stands(one) for one in stored]

    def document(self, visit: Visit, document_id: str) -> DocumentRow | None:
        """A document; None if the visitor may not read it."""
        return self._store.document(document_id, owner=visit.owner)

    def some(self, visit: Visit, document_ids: Iterable[str]) -> Mapping[str, DocumentRow]:
        """The documents of these ids that the visitor may read, by id."""
        return self._store.some(document_ids, owner=visit.owner)

    def add(self, visit: Visit, collection: str, files: Iterable[IncomingFile]) -> Job:
        """Add files, those in a ZIP archive one by one; they are indexed in the background.

        A file that the collection already has is ``unchanged``; one of the same name replaces the older one
        once it is indexed. The job reports rejected files; they do not affect the others.

        Raises:
            InputError: nothing was added: ``library_temporary``, ``library_no_owner``,
                ``library_too_many_files``, ``collection_name`` and ``collection_shared``.
        """
        owner = self._writer(visit)
        files = list(files)
        if self._limits.files and len(files) > self._limits.files:
            raise InputError("library_too_many_files", count=len(files), limit=self._limits.files)
        number = self._writable(visit, owner, collection)
        job = self._job(owner)
        for file in files:
            self._ingestion.ingest(job, number, file)
        job.closed()
        return job

    def add_text(self, visit: Visit, collection: str, name: str, text: str) -> Job:
        """Add a pasted text; without a name, its first line names it.

        Raises:
            InputError: as :meth:`add` does, and ``library_text_empty``, ``library_text_too_long``.
        """
        if not text.strip():
            raise InputError("library_text_empty")
        if len(text) > LONGEST_TEXT:
            raise InputError("library_text_too_long", characters=len(text), limit=LONGEST_TEXT)
        title = file_name(name) or file_name(text.strip().splitlines()[0])[:40]
        called = title if suffix_of(title) in FORMATS else f"{title}.txt"
        return self.add(visit, collection, [IncomingFile(called, text.encode("utf-8", "replace"))])

    def progress(self, visit: Visit, job_id: str) -> IndexingProgress | None:
        """Progress of a job of this visitor; None if there is no such job."""
        job = self._jobs.get(job_id)
        return job.progress if job is not None and job.owner == visit.owner else None

    def running(self, visit: Visit) -> IndexingProgress | None:
        """Progress of the visitor's running job, also one resumed after a restart; None if there is none."""
        mine = [job.progress for job in list(self._jobs.values()) if job.owner == visit.owner]
        return next((each for each in mine if each.state == "running"), None)

    def stop(self, visit: Visit, job_id: str) -> None:
        """Cancel the rest of a job."""
        job = self._jobs.get(job_id)
        if job is not None and job.owner == visit.owner:
            self._indexing.stop(job)

    def retry(self, visit: Visit, document_ids: Sequence[str]) -> Job:
        """Index failed documents again.

        Raises:
            InputError: ``library_no_owner`` and ``library_temporary``.
        """
        owner = self._writer(visit)
        job = self._job(owner)
        for document_id in dict.fromkeys(document_ids):
            document = self._store.document(document_id, owner=owner)
            if document is None or document.state == DONE or self._indexing.is_queued(document_id):
                continue
            if self._store.wait_again(document_id, owner=owner):
                job.expect()
                self._ingestion.index(document, owner, job)
        job.closed()
        return job

    def delete(self, visit: Visit, document_ids: Sequence[str]) -> int:
        """Delete documents of the visitor, and their texts from the disk; returns the number deleted.

        Raises:
            StoreError: ``deletion_incomplete`` if they are deleted but their text is not overwritten yet.
        """
        if visit.owner is None:
            return 0
        self.discard(visit, document_ids)
        return len(self._store.delete(document_ids, owner=visit.owner))

    def discard(self, visit: Visit, document_ids: Sequence[str]) -> None:
        """Delete the stored files of documents of the visitor.

        It comes before the deletion of their rows: a program that is killed in between leaves documents
        without a file, never a file that no document names.
        """
        own = {one.number for one in self.collections(visit) if not one.shared}
        for document_id, document in self.some(visit, document_ids).items():
            if document.collection in own:
                self._ingestion.discard(document_id)

    def rename(self, visit: Visit, document_id: str, name: str) -> None:
        """Rename a document, also where answers and searches name it.

        Raises:
            InputError: ``document_name`` for an empty one, ``document_unknown``.
            StoreError: ``deletion_incomplete`` if the former name is not overwritten yet.
        """
        called = file_name(name)
        if not called:
            raise InputError("document_name")
        if visit.owner is None or not self._store.rename(document_id, called, owner=visit.owner):
            raise InputError("document_unknown")

    def rename_collection(self, visit: Visit, name: str, new: str) -> None:
        """Rename a collection.

        Raises:
            InputError: ``collection_name``, ``collection_shared``, ``collection_taken`` and
                ``collection_unknown``.
            StoreError: ``deletion_incomplete`` if the former name is not overwritten yet.
        """
        one = self._own(visit, name)
        called = collection_name(new)
        if not self._store.rename_collection(one.number, called, owner=str(visit.owner)):
            raise InputError("collection_taken", name=called)

    def delete_collection(self, visit: Visit, name: str) -> None:
        """Delete a collection with all of its documents.

        Raises:
            InputError: ``collection_shared``, ``collection_unknown``.
        """
        one = self._own(visit, name)
        self.discard(visit, [each.id for each in self._store.documents(one.number, owner=visit.owner)])
        self._store.delete_collection(one.number, owner=str(visit.owner), keeps_name=name == DEFAULT)

    def wait_for_samples(self, seconds: float = 30.0) -> None:
        """Wait until the samples are indexed, which takes seconds at the first start."""
        if self._opened.wait(seconds):
            self._samples_there.wait(seconds)

    def _writer(self, visit: Visit) -> str:
        if visit.owner is None:
            raise InputError("library_no_owner")
        if visit.temporary and visit.page:  # for programs ``save`` concerns the history alone
            raise InputError("library_temporary")
        return visit.owner

    def _own(self, visit: Visit, name: str) -> Collection:
        found = [one for one in self.named(visit, name) if one.name == name]
        if not found:
            raise InputError("collection_unknown", name=name[:LONGEST_NAME], known=DEFAULT)
        if found[0].shared or visit.owner is None:
            raise InputError("collection_shared", name=name)
        return found[0]

    def _writable(self, visit: Visit, owner: str, name: str) -> int:
        """The number of the owner's collection of this name, which is created if it is new."""
        called = collection_name(name)
        mine = [one.name for one in self.collections(visit) if not one.shared]
        if called not in mine and len(mine) >= self._limits.collections:
            raise InputError("library_too_many_collections", limit=self._limits.collections)
        return self._store.make_collection(called, owner=owner)

    def _job(self, owner: str) -> Job:
        job = Job(owner)
        self._jobs[job.id] = job
        while len(self._jobs) > _MOST_JOBS:
            self._jobs.popitem(last=False)
        return job


def collection_name(name: str) -> str:
    """The name of a collection as it is stored.

    Raises:
        InputError: ``collection_name``, ``collection_shared``.
    """
    clean = one_line(name)
    if not clean or len(clean) > LONGEST_NAME:
        raise InputError("collection_name", limit=LONGEST_NAME)
    if clean == SAMPLE:
        raise InputError("collection_shared", name=clean)
    return clean
