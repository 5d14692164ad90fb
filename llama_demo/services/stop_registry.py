"""Running work by key, so that it can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StopRegistry:
    """Stop functions of running work, by key. Thread-safe."""

    def __init__(self) -> None:
        self._stops: dict[str, Callable[[], None]] = {}
        self._lock = threading.Lock()

    def stop(self, key: str) -> bool:
        """Stop the work of this key; returns whether there was any."""
        with self._lock:
            stop = self._stops.get(key)
        if stop is not None:
            stop()
        return stop is not None

    @contextmanager
    def register(self, key: str, stop: Callable[[], None], *, alone: bool = False) -> Iterator[None]:
        """Register ``stop`` during the block; it is called at the end of the block in any case.

        Args:
            key: names the work; a later one of the same key takes its place. Empty for none.
            alone: stop earlier work of the same key.
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
