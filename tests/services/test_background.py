"""Work on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest

from llama_demo.services.background import in_background


def test_everything_comes_in_order() -> None:
    """In lists of what had come; the reader may be slower."""
    found = in_background(lambda _: iter(range(1_000)), threading.Event())
    assert [item for items in found for item in items] == list(range(1_000))


def test_a_waiting_reader_is_given_a_word() -> None:
    """So that it can leave before the first result; leaving tells the work to stop."""
    stop, ended = threading.Event(), threading.Event()

    def work(stopped: Callable[[], bool]) -> Iterator[int]:
        while not stopped():
            stop.wait(0.01)
        ended.set()
        yield from ()

    found = in_background(work, stop)
    assert next(found) == []
    found.close()
    assert ended.wait(20)


def test_its_errors_are_the_readers() -> None:
    """After what came before them."""

    def work(_: Callable[[], bool]) -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    found = (item for items in in_background(work, threading.Event()) for item in items)
    assert next(found) == 1
    with pytest.raises(ValueError, match="broken"):
        next(found)
