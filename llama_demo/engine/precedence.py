"""Requests come before long work that nobody waits for at once, such as a training.

Both share the processor. Work that gives way pauses after each of its pieces while requests are computed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE = 3.0
"""How many times longer than a piece of work the pause behind it is, while requests are computed."""

_LULL = 0.1
# Seconds without a computation after which no request counts as being computed: they come in passes.


class Precedence:
    """Knows whether models compute for requests. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._computing = 0
        self._last = float("-inf")

    @contextmanager
    def computing(self) -> Iterator[None]:
        """A block that computes for a request."""
        with self._lock:
            self._computing += 1
        try:
            yield
        finally:
            with self._lock:
                self._computing -= 1
                self._last = self._clock()

    def pause_after(self, seconds: float) -> float:
        """Seconds to wait behind a piece of other work that took ``seconds``; 0 if no request is computed."""
        with self._lock:
            busy = self._computing or self._clock() - self._last < _LULL
        return PAUSE * seconds if busy else 0.0


REQUESTS = Precedence()
"""Of this process, whose models share its processors."""
