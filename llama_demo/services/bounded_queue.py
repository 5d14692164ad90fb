"""Bounded FIFO queue in front of a scarce resource."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llama_demo.errors import BusyError

Wait = Callable[[float], bool]
"""Waits at most the given number of seconds; True once the caller reaches the front."""


class BoundedQueue:
    """Admits callers in order of arrival, and limits how many run and how many wait.

    Args:
        at_once: callers admitted at the same time.
        waiting: callers that may wait behind them.
        full: key of the error for a caller beyond that.
    """

    def __init__(self, *, at_once: int, waiting: int, full: str) -> None:
        self._at_once, self._places, self._full = at_once, at_once + waiting, full
        self._queue: list[object] = []
        self._changed = threading.Condition(threading.Lock())

    @contextmanager
    def place(self) -> Iterator[Wait]:
        """Hold a place in the queue during the block; yields the function that waits for the front.

        Raises:
            BusyError: the queue is full.
        """
        own = object()
        with self._changed:
            if len(self._queue) >= self._places:
                raise BusyError(self._full)
            self._queue.append(own)
        try:
            yield lambda seconds: self._wait(own, seconds)
        finally:
            with self._changed:
                self._queue.remove(own)
                self._changed.notify_all()

    @contextmanager
    def turn(self, timeout: float) -> Iterator[None]:
        """Enter the block once admitted.

        Args:
            timeout: seconds to wait at most.

        Raises:
            BusyError: the queue is full, or the timeout expired.
        """
        with self.place() as wait:
            if not wait(timeout):
                raise BusyError(self._full)
            yield

    def _wait(self, own: object, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: own in self._queue[: self._at_once], seconds)
