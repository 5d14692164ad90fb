"""Few at once: whoever comes later waits for a turn, and who finds the line full is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from llama_demo.errors import InputError

Patience = Callable[[float], bool]
"""Waits so many seconds at most and tells whether it is one's turn."""


class BoundedQueue:
    """A line before something dear, so that a crowd costs no more threads and memory than was agreed.

    Args:
        at_once: whose turn it is at the same time.
        waiting: places behind them.
        full: the key of the error when there is none left.
    """

    def __init__(self, *, at_once: int, waiting: int, full: str) -> None:
        self._at_once, self._places, self._full = at_once, at_once + waiting, full
        self._line: list[object] = []
        self._moved = threading.Condition(threading.Lock())

    @contextmanager
    def place(self) -> Iterator[Patience]:
        """A place until the block ends, for who came first first.

        Raises:
            InputError: the line is full.
        """
        own = object()
        with self._moved:
            if len(self._line) >= self._places:
                raise InputError(self._full)
            self._line.append(own)
        try:
            yield lambda seconds: self._wait(own, seconds)
        finally:
            with self._moved:
                self._line.remove(own)
                self._moved.notify_all()

    @contextmanager
    def turn(self, seconds: float) -> Iterator[None]:
        """One's turn, after waiting so many seconds at most.

        Raises:
            InputError: the line is full, or it took longer.
        """
        with self.place() as patience:
            if not patience(seconds):
                raise InputError(self._full)
            yield

    def _wait(self, own: object, seconds: float) -> bool:
        with self._moved:
            return self._moved.wait_for(lambda: own in self._line[: self._at_once], seconds)
