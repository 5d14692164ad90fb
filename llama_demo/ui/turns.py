"""Which of a page's streams may still show something: the one that began last.

A button may be pressed again while the stream of its earlier press is ending. The page takes both, in the
order in which their answers come, so the earlier one has to fall silent here.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

Answer = TypeVar("Answer")


class Turns:
    """The latest stream under each key."""

    def __init__(self) -> None:
        self._latest: dict[str, object] = {}

    def follow(
        self, key: str, stream: Generator[Answer, None, None], *, cleared: Answer
    ) -> Generator[Answer, None, None]:
        """What ``stream`` gives, until another one begins under ``key``; it is closed then.

        A page that is cleared while a text streams in gets two answers, of the button and of the stream, in
        either order; so the stream then ends with ``cleared``.
        """
        turn = self._latest[key] = object()
        try:
            with closing(stream):
                for answer in stream:
                    if self._latest.get(key) is not turn:
                        break
                    yield answer
            if key not in self._latest:
                yield cleared
        finally:
            if self._latest.get(key) is turn:
                del self._latest[key]

    def clear(self, key: str) -> None:
        """Let the stream under ``key``, if there is one, show nothing more."""
        self._latest.pop(key, None)
