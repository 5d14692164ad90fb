"""What is running, under the names by which somebody can stop it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stops:
    """What ends each run that goes on, under its key. Any thread may use it."""

    def __init__(self) -> None:
        self._stops: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()

    def stop(self, key: str) -> bool:
        """End what runs under ``key``; returns whether there was anything."""
        with self._lock:
            stop = self._stops.get(key)
        if stop is not None:
            stop()
        return stop is not None

    @contextmanager
    def under(self, key: str, stop: Callable[[], None], *, alone: bool = False) -> Iterator[None]:
        """Let ``stop`` end a run as long as the block lasts; at its end it is called in any case.

        Args:
            key: names the run; a later one of the same key takes its place. Empty for one without a name.
            alone: end the one before of the same key.
        """
        former = None
        if key:
            with self._lock:
                former = self._stops.get(key)
                self._stops[key] = stop
        if alone and former is not None:
            former()
        try:
            yield
        finally:
            stop()
            with self._lock:
                if self._stops.get(key) is stop:
                    del self._stops[key]
