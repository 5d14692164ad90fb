"""Several streams at once, each on a thread of its own, so that a slow one holds up none of the others."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class SideItem(Generic[Item]):
    """What comes of one of the streams.

    Attributes:
        side: its place among them.
        item: None at its end.
        error: why it ended, if it failed.
    """

    side: int
    item: Item | None = None
    error: Exception | None = None


def side_by_side(
    streams: Sequence[Callable[[], Generator[Item, None, None]]],
) -> Generator[SideItem[Item], None, None]:
    """The items of several streams as they come.

    A stream that fails ends with its error, and the others go on. Closing this iterator closes all streams;
    each of them ends at its next item.
    """
    coming: queue.SimpleQueue[SideItem[Item]] = queue.SimpleQueue()
    closed = threading.Event()

    def run(side: int, begin: Callable[[], Generator[Item, None, None]]) -> None:
        error: Exception | None = None
        try:
            with closing(begin()) as stream:
                for item in stream:
                    if closed.is_set():
                        return
                    coming.put(SideItem(side, item))
        except Exception as exc:  # noqa: BLE001 (the reader is told)
            error = exc
        coming.put(SideItem(side, error=error))

    for side, begin in enumerate(streams):
        # With the context goes the client whose turns the work takes.
        context = copy_context()
        threading.Thread(
            target=context.run, args=(run, side, begin), name=f"side {side}", daemon=True
        ).start()
    going = len(streams)
    try:
        while going:
            one = coming.get()
            going -= one.item is None
            yield one
    finally:
        closed.set()
