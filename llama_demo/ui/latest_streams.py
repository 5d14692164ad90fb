"""Of the streams of a page under one key, only the latest may show something.

A button may be pressed again while the stream of its earlier press is ending. The page shows both, in the
order in which their answers come, so the earlier one has to end here. Calls may arrive in any order; each
carries its number on the page.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

Answer = TypeVar("Answer")


class LatestStreams:
    """The number of the latest stream under each key."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}

    def follow(
        self, key: str, number: int, stream: Generator[Answer, None, None], *, cleared: Answer
    ) -> Generator[Answer, None, None]:
        """The values of ``stream``, which is closed when a later one begins under ``key``.

        A page that is cleared while a text streams in gets two answers, of the button and of the stream, in
        either order; so the stream then ends with ``cleared``.
        """
        if self.is_superseded(key, number):
            return
        self._latest[key] = number
        try:
            with closing(stream):
                for answer in stream:
                    if self._latest.get(key) != number:
                        break
                    yield answer
            if key not in self._latest:
                yield cleared
        finally:
            if self._latest.get(key) == number:
                del self._latest[key]

    def is_superseded(self, key: str, number: int) -> bool:
        """Whether a later call than ``number`` has begun a stream under ``key``."""
        return self._latest.get(key, number) > number

    def clear(self, key: str, number: int) -> None:
        """End the stream under ``key``, unless a later call has begun it."""
        if not self.is_superseded(key, number):
            self._latest.pop(key, None)
