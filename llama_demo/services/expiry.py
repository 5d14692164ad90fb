"""Expiry: deletion of what visitors without an account have stored, some time after their last visit.

A call only notes the visitor in memory; a thread writes the visits down and deletes what has expired, at the
start and every hour.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from llama_demo.errors import StoreError
from llama_demo.services.erasure import DataErasure
from llama_demo.services.visits import Visit
from llama_demo.store.visitors import VisitorStore

log = logging.getLogger(__name__)

INTERVAL = 3_600.0
"""Seconds between two looks."""

DAY = 86_400.0

MOST_NOTED = 50_000
"""Visitors that are noted in memory; at so many the next look is due, at twice as many no more are noted."""

END = 2.0
"""Seconds that the end of the program waits for the deletion that is at work."""


@dataclass(frozen=True)
class Figures:
    """How much is stored.

    Attributes:
        visitors: that have stored data.
        bytes: of the database on the disk.
    """

    visitors: int
    bytes: int


class DataExpiry:
    """Deletes the data of visitors who do not return.

    Args:
        store: of visits.
        erasure: deletes all data of an owner.
        days: after their last visit; 0 for never.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        store: VisitorStore,
        erasure: DataErasure,
        *,
        days: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._erasure = erasure
        self._days = days
        self._clock = clock
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._due = threading.Event()
        self._thread: threading.Thread | None = None

    def note(self, visit: Visit) -> None:
        """Remember that the visitor is there."""
        if not self._days or visit.owner is None:
            return
        with self._lock:
            if len(self._seen) < 2 * MOST_NOTED:
                self._seen.add(visit.owner)
            if len(self._seen) >= MOST_NOTED:
                self._due.set()

    @property
    def noted(self) -> int:
        """Number of visitors whose visit is not written down yet."""
        return len(self._seen)

    def start(self) -> None:
        """Look now and every hour, on a thread."""
        if self._days:
            self._thread = threading.Thread(target=self._work, name="expiry", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread and write down who was there."""
        self._closed.set()
        self._due.set()
        if self._thread is not None:
            self._thread.join(END)
        if self._days:
            self._attempt(self._write)

    def sweep(self) -> int:
        """Write down the visits and delete what has expired; returns the number of visitors that had it.

        Deleting takes a while: a visitor who returns meanwhile keeps their data, and :meth:`close` ends it.

        Raises:
            StoreError: the database cannot be read or written.
        """
        self._write()
        deleted = 0
        for owner in self._store.overdue(before=self._today - self._days):
            if self._closed.is_set():
                break
            if self._has_returned(owner):
                continue
            with _suppress_incomplete_copy():
                self._erasure.delete_everything(Visit(owner, "en", temporary=False, operator=False))
            deleted += 1
        return deleted

    def figures(self) -> Figures:
        """How much is stored, for operators."""
        return Figures(self._store.count(), self._store.database_bytes())

    @property
    def _today(self) -> int:
        return int(self._clock() / DAY)

    def _work(self) -> None:
        while not self._closed.is_set():
            self._due.clear()
            self._attempt(self.sweep)
            self._due.wait(INTERVAL)

    def _has_returned(self, owner: str) -> bool:
        with self._lock:
            return owner in self._seen

    def _write(self) -> None:
        with self._lock:
            seen, self._seen = self._seen, set()
        try:
            self._store.note(seen, day=self._today)
        except StoreError:
            with self._lock:
                self._seen |= seen
            raise

    def _attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except StoreError as exc:  # tried again at the next look
            log.warning("expired data could not be deleted: %s", exc)
        except Exception:  # a defect, which does not end the expiry
            log.exception("expired data could not be deleted")


@contextmanager
def _suppress_incomplete_copy() -> Iterator[None]:
    """Go on where the data are deleted, and the copy of them is not renewed yet: that is tried again."""
    try:
        yield
    except StoreError as exc:
        if exc.key != "copy_incomplete":
            raise
