"""Work on a thread of its own, read twice a second, so that its reader can leave at any time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from contextvars import copy_context
from typing import TypeVar

Item = TypeVar("Item")

TICK = 0.5
"""Seconds after which an empty list is yielded if there is nothing new."""


def in_background(
    work: Callable[[Callable[[], bool]], Iterator[Item]], stop: threading.Event
) -> Generator[list[Item], None, None]:
    """The items of ``work(stopped)``, in lists of those since the last one; empty lists while waiting.

    Closing this iterator, or setting ``stop``, makes ``stopped()`` true; the work then has to end by itself.
    Its exceptions are raised here.
    """
    results: queue.SimpleQueue[Item | _End] = queue.SimpleQueue()

    def run() -> None:
        try:
            for item in work(stop.is_set):
                results.put(item)
            results.put(_End(None))
        except BaseException as exc:  # noqa: BLE001 (it is raised where the reader is)
            results.put(_End(exc))

    # With the context goes the client whose turns the work takes.
    context = copy_context()
    threading.Thread(target=context.run, args=(run,), name="background work", daemon=True).start()
    try:
        while True:
            items, end = _taken(results)
            if items or end is None:
                yield items
            if end is not None:
                if end.error is not None:
                    raise end.error
                return
    finally:
        stop.set()


def one_in_background(
    work: Callable[[Callable[[], bool]], Item], stopped: Callable[[], bool]
) -> Generator[Item | None, None, None]:
    """``None`` twice a second while ``work(stopped)`` goes on, then its result.

    Once ``stopped()`` is true this ends without a result. Closing it makes that true for the work too.
    """
    closed = threading.Event()

    def only(ended: Callable[[], bool]) -> Iterator[Item]:
        yield work(lambda: ended() or stopped())

    with closing(in_background(only, closed)) as batches:
        for items in batches:
            if stopped():
                return
            yield items[0] if items else None
            if items:  # the work may take a while to end, and nothing follows its result
                return


class _End:
    """Marks the end of the work, with its error, if any."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def _taken(results: queue.SimpleQueue[Item | _End]) -> tuple[list[Item], _End | None]:
    items: list[Item] = []
    try:
        item = results.get(timeout=TICK)
        while not isinstance(item, _End):
            items.append(item)
            item = results.get_nowait()
    except queue.Empty:
        return items, None
    return items, item
