"""Keeps the copy of the data up to date: every few minutes, after each deletion, and at the end.

A deletion waits for a whole copy, as storage that takes no writes in place cannot lose a part of one.
Deletions that come while a copy is written wait for the next one together.
"""

from __future__ import annotations

import logging
import threading
from typing import Literal

from llama_demo.errors import StoreError
from llama_demo.store.data_copy import DataCopy
from llama_demo.store.database import Database

log = logging.getLogger(__name__)

INTERVAL = 300.0
"""Seconds between two copies."""

WAIT = 20.0
"""Seconds that a deletion waits until the copy is written without what it deleted."""

CopyState = Literal["ok", "failing"]


class DataCopying:
    """Writes the copy on a thread of its own.

    Args:
        copy: prepared.
        database: open.
        interval: seconds between two copies.
        wait: seconds that a deletion waits.
    """

    def __init__(
        self, copy: DataCopy, database: Database, *, interval: float = INTERVAL, wait: float = WAIT
    ) -> None:
        self._copy = copy
        self._database = database
        self._interval = interval
        self._wait = wait
        self._changed = threading.Condition()
        self._asked = 1  # the first copy is due at once
        self._tried = self._done = 0
        self._failing = self._ending = False
        self._thread = threading.Thread(target=self._work, name="data copying", daemon=True)

    @property
    def state(self) -> CopyState:
        """Whether the last copy could be written."""
        return "failing" if self._failing else "ok"

    def start(self) -> None:
        """Begin to write the copy, in place of any other program that does.

        Raises:
            StoreError: ``copy_unusable``.
        """
        self._copy.claim()
        self._database.deleted = self.renew
        self._thread.start()

    def renew(self, complete: bool) -> None:
        """Write the copy now.

        Args:
            complete: whether to wait until it is written.

        Raises:
            StoreError: ``copy_incomplete`` if it could not be written, or took too long. It is tried again.
        """
        with self._changed:
            self._asked += 1
            mine = self._asked
            self._changed.notify_all()
            if not complete:
                return
            self._changed.wait_for(lambda: self._tried >= mine or self._ending, self._wait)
            if self._done < mine:
                raise StoreError("copy_incomplete")

    def close(self) -> None:
        """Write the copy for the last time, if it was begun to be written. Before the database is closed."""
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()
            self._attempt()
        self._copy.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._asked > self._tried or self._ending, self._interval)
                if self._ending:
                    return
                asked = self._asked
            self._attempt()
            with self._changed:
                self._tried = asked
                if not self._failing:
                    self._done = asked
                self._changed.notify_all()

    def _attempt(self) -> None:
        """Write the copy, if it is not up to date."""
        try:
            self._copy.write(self._database)
        except StoreError as exc:  # tried again later
            self._failing = True
            log.warning("the copy of the data could not be written: %s", exc)
        except Exception:  # a defect, which does not end the copying
            self._failing = True
            log.exception("the copy of the data could not be written")
        else:
            self._failing = False
