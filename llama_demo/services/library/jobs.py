"""Files that were added together: how far they have come, and how to stop them."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class IndexedDocument:
    """A document that can be found, with its number of chunks."""

    id: str
    name: str
    chunks: int


@dataclass(frozen=True)
class RejectedFile:
    """A file that cannot be found, and why.

    Attributes:
        id: of its document; empty if it was not even taken.
        reason: key of the sentence under ``errors.``, and what stands in it.
    """

    id: str
    name: str
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class IndexingProgress:
    """How far a job has come.

    Attributes:
        done, total: files.
        state: ``running``, ``done`` or ``stopped``.
        current: the file that is being read.
        seconds_left: None as long as nobody can tell.
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
    """Some files on their way into the library. Any thread may look at it.

    Args:
        owner: whose files they are.
    """

    def __init__(self, owner: str) -> None:
        self.id = secrets.token_hex(16)
        self.owner = owner
        self._turn = threading.Lock()
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
        """How it stands now."""
        with self._turn:
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
        """Whether nothing more of it is wanted."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Leave out what is not indexed yet."""
        self._stopped.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is over; False if that took longer."""
        return self._over.wait(seconds)

    def expect(self, files: int = 1) -> None:
        """Tell of files that will come to an end each."""
        with self._turn:
            self._total += files

    def closed(self) -> None:
        """Tell that no more files will come."""
        with self._turn:
            self._closed = True
            self._look()

    def begin(self, name: str) -> None:
        """Tell which file is being read."""
        self._current = name

    def added(self, document: IndexedDocument) -> None:
        """Tell that a file can be found."""
        self._end(self._added, document)

    def unchanged(self, document: IndexedDocument) -> None:
        """Tell that a file was there already."""
        self._end(self._unchanged, document)

    def failed(self, refused: RejectedFile) -> None:
        """Tell why a file cannot be found."""
        self._end(self._failed, refused)

    def left_out(self) -> None:
        """Tell that a file was not indexed because the job was stopped; the first one ends the job."""
        self._over.set()

    @property
    def _done(self) -> int:
        return len(self._added) + len(self._unchanged) + len(self._failed)

    def _end(self, those: list[Any], one: IndexedDocument | RejectedFile) -> None:
        with self._turn:
            those.append(one)
            self._look()

    def _look(self) -> None:
        if self._closed and self._done >= self._total:
            self._over.set()
