"""Indexing jobs: the progress of files that were added together, and their cancellation."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class IndexedDocument:
    """An indexed document, and its number of chunks."""

    id: str
    name: str
    chunks: int


@dataclass(frozen=True)
class RejectedFile:
    """A file that could not be indexed, and the reason.

    Attributes:
        id: of its document; empty if the file was rejected before it became one.
        reason: key of the message under ``errors.``.
        values: what the message mentions.
    """

    id: str
    name: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexingProgress:
    """Progress of a job.

    Attributes:
        done, total: files.
        state: ``running``, ``done`` or ``stopped``.
        current: name of the file that is being read.
        seconds_left: None until it can be estimated.
        added, unchanged, failed: finished files.
    """

    id: str
    done: int
    total: int
    state: str
    current: str = ""
    seconds_left: float | None = None
    added: tuple[IndexedDocument, ...] = ()
    unchanged: tuple[IndexedDocument, ...] = ()
    failed: tuple[RejectedFile, ...] = ()


class Job:
    """Files that are being added to the library. Thread-safe.

    Args:
        owner: of the files.
    """

    def __init__(self, owner: str) -> None:
        self.id = secrets.token_hex(16)
        self.owner = owner
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._stopped = threading.Event()
        self._begun = time.monotonic()
        self._total = 0
        self._closed = False
        self._current = ""
        self._added: list[IndexedDocument] = []
        self._unchanged: list[IndexedDocument] = []
        self._failed: list[RejectedFile] = []

    @property
    def progress(self) -> IndexingProgress:
        """The current progress."""
        with self._lock:
            done, seconds = self._done, time.monotonic() - self._begun
            over = self._over.is_set()
            return IndexingProgress(
                id=self.id,
                done=done,
                total=self._total,
                state="stopped" if over and done < self._total else "done" if over else "running",
                current="" if over else self._current,
                seconds_left=seconds / done * (self._total - done) if done and not over else None,
                added=tuple(self._added),
                unchanged=tuple(self._unchanged),
                failed=tuple(self._failed),
            )

    @property
    def stopped(self) -> bool:
        """Whether the job was cancelled."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Cancel the files that are not indexed yet."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until the job is over; returns False after ``seconds``."""
        return self._over.wait(seconds)

    def expect(self, files: int = 1) -> None:
        """Announce files; each will be reported as added, unchanged or failed."""
        with self._lock:
            self._total += files

    def closed(self) -> None:
        """Report that no more files will be announced."""
        with self._lock:
            self._closed = True
            self._end_if_done()

    def begin(self, name: str) -> None:
        """Report which file is being read."""
        self._current = name

    def added(self, document: IndexedDocument) -> None:
        """Report an indexed file."""
        self._end(self._added, document)

    def unchanged(self, document: IndexedDocument) -> None:
        """Report a file that the collection already has."""
        self._end(self._unchanged, document)

    def failed(self, refused: RejectedFile) -> None:
        """Report a file that could not be indexed."""
        self._end(self._failed, refused)

    def left_out(self) -> None:
        """Report a file that was skipped because the job was cancelled; the first one ends the job."""
        self._over.set()

    @property
    def _done(self) -> int:
        return len(self._added) + len(self._unchanged) + len(self._failed)

    def _end(self, those: list[Any], one: IndexedDocument | RejectedFile) -> None:
        with self._lock:
            those.append(one)
            self._end_if_done()

    def _end_if_done(self) -> None:
        if self._closed and self._done >= self._total:
            self._over.set()
