"""Expiry: deletion of what visitors without an account have stored, some time after their last visit.

A call only notes the visitor in memory; a thread writes the visits down and deletes what has expired, at the
start and every hour.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
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
"""Visitors that are noted between two looks."""


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

    def note(self, visit: Visit) -> None:
        """Remember that the visitor is there."""
        if not self._days or visit.owner is None:
            return
        with self._lock:
            if len(self._seen) < MOST_NOTED:
                self._seen.add(visit.owner)

    def start(self) -> None:
        """Look now and every hour, on a thread."""
        if self._days:
            threading.Thread(target=self._work, name="expiry", daemon=True).start()

    def close(self) -> None:
        """End the thread and write down who was there."""
        self._closed.set()
        if self._days:
            self._attempt(self._write)

    def sweep(self) -> int:
        """Write down the visits and delete what has expired; returns the number of visitors that had it.

        Raises:
            StoreError: the database cannot be read or written.
        """
        self._write()
        overdue = self._store.overdue(before=self._today - self._days)
        for owner in overdue:
            self._erasure.delete_everything(Visit(owner, "en", temporary=False, operator=False))
        return len(overdue)

    def figures(self) -> Figures:
        """How much is stored, for operators."""
        return Figures(self._store.count(), self._store.database_bytes())

    @property
    def _today(self) -> int:
        return int(self._clock() / DAY)

    def _work(self) -> None:
        while True:
            self._attempt(self.sweep)
            if self._closed.wait(INTERVAL):
                return

    def _write(self) -> None:
        with self._lock:
            seen, self._seen = self._seen, set()
        self._store.note(seen, day=self._today)

    def _attempt(self, work: Callable[[], object]) -> None:
        try:
            work()
        except StoreError as exc:  # tried again at the next look
            log.warning("expired data could not be deleted: %s", exc)
