"""Settings of the whole process, in which many threads share one interpreter and one heap."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable

SWITCH_SECONDS = 0.0005
"""Longest time that a thread keeps the interpreter while another waits for it; 0.005 by default.

A forward pass gives the interpreter up at each of its hundreds of operations, and has to wait for it
again whenever another thread, which reads a request or writes JSON, is at work.
"""

ARENAS = 2
"""Parts of the heap; threads wait for each other where they allocate in the same one."""

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h

TRIM_SECONDS = 30.0
"""Seconds between two returns of memory."""


def switch_threads_often() -> None:
    """Let waiting threads have the interpreter sooner."""
    sys.setswitchinterval(SWITCH_SECONDS)


def share_heap() -> None:
    """Let all threads allocate in :data:`ARENAS` arenas, where the C library is glibc; later threads only.

    glibc has up to eight arenas a processor, each with holes of its own (mallopt(3)).
    """
    if sys.platform.startswith("linux") and (tune := getattr(ctypes.CDLL(None), "mallopt", None)):
        tune(_ARENA_MAX, ARENAS)


def heap_trimmer() -> Callable[[], object] | None:
    """A function that returns freed memory to the operating system; None where the C library has none.

    glibc keeps what threads free, in an arena for each few of them, so that a server with many threads holds
    more and more that it does not use (malloc_trim(3)).
    """
    if not sys.platform.startswith("linux"):
        return None
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries than glibc lack it
    return None if trim is None else lambda: trim(0)


class MemoryReturn:
    """Returns freed memory to the operating system every :data:`TRIM_SECONDS`, on a thread."""

    def __init__(self, seconds: float = TRIM_SECONDS) -> None:
        self._seconds = seconds
        self._trim = heap_trimmer()
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin, where the C library can do it."""
        if self._trim is not None:
            threading.Thread(target=self._work, args=(self._trim,), name="memory return", daemon=True).start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()

    def _work(self, trim: Callable[[], object]) -> None:
        while not self._closed.wait(self._seconds):
            trim()
