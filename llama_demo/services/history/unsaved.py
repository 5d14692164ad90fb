"""The latest runs of temporary visits, held in memory until they are saved after all or replaced.

For each page and task only the runs that the page shows are held: the next run drops the finished ones.
A comparison begins two runs, of which neither is over when the other begins, so both stay.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from llama_demo.services.history.finished import FinishedRun
from llama_demo.store.run import FINAL

MOST_PAGES = 64
"""Most pairs of page and task whose runs are held; the oldest are dropped first."""


@dataclass
class RunSlot:
    """A run that is held; None until it is over."""

    run: FinishedRun | None = None

    @property
    def over(self) -> bool:
        """Whether the run has ended."""
        return self.run is not None and self.run.status in FINAL


class Unsaved:
    """The latest runs of each page and task, under the page's own unguessable name."""

    def __init__(self) -> None:
        self._pages: OrderedDict[tuple[str, str], list[RunSlot]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, page: str, task: str) -> RunSlot:
        """A slot for a run that this page begins; without a page the slot is not held."""
        slot = RunSlot()
        if page:
            with self._lock:
                going = [other for other in self._pages.pop((page, task), []) if not other.over]
                self._pages[page, task] = [*going, slot]
                while len(self._pages) > MOST_PAGES:
                    self._pages.popitem(last=False)
        return slot

    def take(self, page: str, task: str) -> list[FinishedRun]:
        """Remove and return the finished runs of this page and task."""
        with self._lock:
            slots = self._pages.pop((page, task), [])
            going = [slot for slot in slots if not slot.over]
            if going:
                self._pages[page, task] = going
        return [slot.run for slot in slots if slot.over and slot.run is not None]

    def drop(self, page: str) -> None:
        """Drop the runs of this page."""
        with self._lock:
            for held in [key for key in self._pages if key[0] == page]:
                del self._pages[held]
