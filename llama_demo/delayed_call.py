"""Calls of a function some seconds later, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable


class DelayedCall:
    """Calls ``function`` ``seconds`` after it was scheduled, and again while it returns true. Thread-safe.

    Scheduling it again before that changes nothing. A pending call does not keep the program from ending.
    """

    def __init__(self, seconds: float, function: Callable[[], bool]) -> None:
        self._seconds, self._function = seconds, function
        self._pending = False
        self._lock = threading.Lock()

    def schedule(self) -> None:
        """Have the function called, unless a call is pending."""
        with self._lock:
            if self._pending:
                return
            self._pending = True
        timer = threading.Timer(self._seconds, self._call)
        timer.daemon = True
        timer.start()

    def _call(self) -> None:
        with self._lock:
            self._pending = False
        if self._function():
            self.schedule()
