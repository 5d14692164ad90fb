"""The thread that indexes waiting documents: chunks, vectors and words."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_demo.documents.parsing import Parser, ParsingLimits
from llama_demo.errors import DemoError, DocumentError, StoreError
from llama_demo.services.library.chunking import cut, language_of, readable
from llama_demo.services.library.deepening import Deepening, DeepProgress
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.jobs import IndexedDocument, Job, RejectedFile
from llama_demo.store.chunks import ChunkRow, ChunkStore
from llama_demo.store.library import FAILED, WAITING, Collection, DocumentRow, LibraryStore

log = logging.getLogger(__name__)

_BATCH = 256
"""Chunks that are embedded before cancellation is checked."""

END = 2.0
"""Seconds that the end of the program waits for the document that is at work."""


@dataclass(frozen=True)
class IndexingTask:
    """A waiting document whose file is at ``path``."""

    document: DocumentRow
    owner: str
    path: Path
    job: Job


class _StoppedError(Exception):
    """Raised when the indexing of a document was cancelled."""


class Indexing:
    """Indexes documents on a thread, which starts with the first one and ends with :meth:`close`."""

    def __init__(
        self,
        library: LibraryStore,
        chunks: ChunkStore,
        embedders: Embedders,
        limits: ParsingLimits | None = None,
    ) -> None:
        self._library = library
        self._chunks = chunks
        self._embedders = embedders
        self._deepening = Deepening(chunks, embedders)
        self._parser = Parser(limits)
        self._tasks: queue.SimpleQueue[IndexingTask | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
        self._job: Job | None = None
        self._queued: set[str] = set()
        self._unstored: dict[str, DemoError] = {}

    def queue(self, task: IndexingTask) -> None:
        """Queue a document."""
        with self._turn:
            self._queued.add(task.document.id)
            self._unstored.pop(task.document.id, None)
            self._start()
        self._tasks.put(task)

    def is_queued(self, document_id: str) -> bool:
        """Whether a document is queued or being indexed."""
        with self._turn:
            return document_id in self._queued

    def as_it_stands(self, document: DocumentRow) -> DocumentRow:
        """The document, with a failure that could not be stored because the disk was full."""
        why = self._unstored.get(document.id) if document.state == WAITING else None
        if why is None:
            return document
        return replace(document, state=FAILED, reason=why.key, values=why.values)

    def stop(self, job: Job) -> None:
        """Cancel the rest of a job, including the file that is being read."""
        job.stop()
        if self._job is job:
            self._parser.stop()

    def refresh(self) -> None:
        """Embed chunks without a vector of the models in use, after all waiting documents."""
        with self._turn:
            self._start()
        self._tasks.put(None)

    def deepen(self) -> None:
        """Have the deep model go on with what a search missed, unless it is at work or failed just now."""
        if self._deepening.wanted:
            self.refresh()

    def deep_progress(self, collections: Sequence[Collection]) -> DeepProgress:
        """How far the deep model has come with some collections; 0 of 0 if there is none."""
        if not self._embedders.deep:
            return DeepProgress()
        number, total = self._embedders.deep_number, sum(one.chunks for one in collections)
        done = sum(self._chunks.counted(number, one.number) for one in collections)
        return DeepProgress(min(done, total), total, self._deepening.failed)

    def close(self) -> None:
        """Have the thread end, and wait a while for it; unfinished documents wait for the next start."""
        self._closing.set()
        self._tasks.put(None)
        self._parser.close()
        with self._turn:  # not between the creation of a thread and its start
            thread = self._thread
        if thread is not None:
            thread.join(timeout=END)
        self._parser.close()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="indexing", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._closing.is_set():
            task = None
            try:
                task = self._next_task()
                if self._closing.is_set():
                    return
                if task is None:
                    self._embed_anew()
                else:
                    self._job = task.job
                    self._index(task)
            except Exception:
                if self._closing.is_set():  # the store may be closed by now; the next start goes on
                    return
                log.exception("indexing failed")
                if task is not None:
                    self._refuse(task, DemoError("unexpected"))
                else:
                    self._deepening.give_up()
            finally:
                self._job = None
                if task is not None:
                    with self._turn:
                        self._queued.discard(task.document.id)

    def _next_task(self) -> IndexingTask | None:
        """The next document, or None to look for chunks without a vector; meanwhile, deepen."""
        while self._deepening.pending and not self._closing.is_set():
            with suppress(queue.Empty):
                return self._tasks.get_nowait()
            self._closing.wait(self._deepening.step())
        if self._closing.is_set():
            self._deepening.store()
        return self._tasks.get()

    def _index(self, task: IndexingTask) -> None:
        if self._closing.is_set():
            return
        task.job.begin(task.document.name)
        try:
            document, chunks, vectors, embedder = self._prepared(task)
            texts = [readable(chunk) for chunk in chunks]
            stored = self._chunks.store(document, chunks, vectors, embedder, texts=texts, owner=task.owner)
        except (DemoError, OSError, _StoppedError) as exc:
            if not self._closing.is_set():
                self._ended(task, exc)
            return
        _remove(task.path)
        if stored:
            self._deepening.begin()
            task.job.added(IndexedDocument(document.id, document.name, len(chunks)))
        else:
            task.job.failed(RejectedFile("", document.name, "library_deleted"))

    def _prepared(
        self, task: IndexingTask
    ) -> tuple[DocumentRow, list[ChunkRow], NDArray[np.float32] | None, int]:
        """The document with its language, its chunks, and their vectors by the model in use.

        Raises:
            DemoError, OSError: it cannot be read or embedded.
            _StoppedError: it was cancelled.
        """
        self._go_on(task)
        parsed = self._parser.parse(task.document.name, task.path)
        self._go_on(task)
        language = language_of(parsed)
        embedder = self._embedders.current()
        chunks = cut(parsed, embedder, language)
        if not chunks:
            raise DocumentError("file_nothing")
        notices = tuple((notice.key, notice.values) for notice in parsed.notices)
        document = replace(task.document, language=language, notices=notices)
        if embedder is None:
            return document, chunks, None, 0
        texts = [readable(chunk) for chunk in chunks]
        batches = []
        for begin in range(0, len(texts), _BATCH):
            self._go_on(task)
            batches.append(self._embedders.passages(embedder, texts[begin : begin + _BATCH]))
        return document, chunks, np.concatenate(batches), embedder.number

    def _go_on(self, task: IndexingTask) -> None:
        if task.job.stopped or self._closing.is_set():
            raise _StoppedError

    def _ended(self, task: IndexingTask, why: DemoError | OSError | _StoppedError) -> None:
        """Report a document that was not indexed, as skipped or failed."""
        if task.job.stopped:
            with suppress(StoreError):
                self._library.delete([task.document.id], owner=task.owner)
            _remove(task.path)
            task.job.left_out()
        elif isinstance(why, DemoError):
            self._refuse(task, why)
        else:
            self._refuse(task, DemoError("library_file_gone"))

    def _refuse(self, task: IndexingTask, why: DemoError) -> None:
        """Store the failure, or hold it in memory if it cannot be stored; the next start tries again."""
        try:
            self._library.fail(task.document.id, why.key, why.values, owner=task.owner)
        except StoreError:
            self._unstored[task.document.id] = why
        task.job.failed(RejectedFile(task.document.id, task.document.name, why.key, why.values))

    def _embed_anew(self) -> None:
        """Embed every chunk with the quick model, and then with the deep one.

        Until then the vectors of former models are used.
        """
        try:
            embedder = self._embedders.current()
            if embedder is None:
                return
            after = 0
            while rows := self._chunks.without_vector(embedder.number, after=after, most=_BATCH):
                if self._closing.is_set():
                    return
                vectors = self._embedders.passages(embedder, [readable(chunk) for chunk in rows])
                places = np.array([chunk.collection for chunk in rows])
                for collection in sorted(set(places.tolist())):
                    mine = np.flatnonzero(places == collection)
                    numbers = [rows[place].number for place in mine]
                    self._chunks.add_vectors(embedder.number, collection, numbers, vectors[mine])
                after = rows[-1].number
            if self._embedders.deep:
                self._deepening.begin()  # it removes them
            else:
                self._chunks.keep_only([embedder.number])
        except DemoError as exc:
            log.warning("the library could not be embedded anew: %s", exc)


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
