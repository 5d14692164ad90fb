"""Turns: of a page's streams under one key only the latest may show something.

A button may be pressed again while the stream of its earlier press is ending. The page shows both, in the
order in which their answers come, so the earlier one has to end here. Calls may arrive in any order; each
carries its number on the page, its turn.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

Answer = TypeVar("Answer")


class Turns:
    """The turn of the latest stream under each key."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}

    def follow(
        self, key: str, turn: int, stream: Generator[Answer, None, None], *, cleared: Answer
    ) -> Generator[Answer, None, None]:
        """The values of ``stream``, which is closed when a later one begins under ``key``.

        A page that is cleared while a text streams in gets two answers, of the button and of the stream, in
        either order; so the stream then ends with ``cleared``.
        """
        if self.later(key, turn):
            return
        self._latest[key] = turn
        try:
            with closing(stream):
                for answer in stream:
                    if self._latest.get(key) != turn:
                        break
                    yield answer
            if key not in self._latest:
                yield cleared
        finally:
            if self._latest.get(key) == turn:
                del self._latest[key]

    def later(self, key: str, turn: int) -> bool:
        """Whether the stream under ``key`` has a later turn than ``turn``."""
        return self._latest.get(key, turn) > turn

    def clear(self, key: str, turn: int) -> None:
        """End the stream under ``key``, unless it has a later turn."""
        if not self.later(key, turn):
            self._latest.pop(key, None)
