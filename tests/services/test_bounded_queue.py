"""A line before something dear: who came first is first, and a full one says so."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue


@pytest.fixture
def line() -> BoundedQueue:
    """One at a time, and one behind."""
    return BoundedQueue(at_once=1, waiting=1, full="look_ups_busy")


def test_who_came_first_is_first(line: BoundedQueue) -> None:
    """The second one's turn is when the first has gone, without waiting for a tick."""
    with line.place() as first:
        assert first(0)
        served = threading.Event()

        def second() -> None:
            with line.turn(60):
                served.set()

        waiting = threading.Thread(target=second)
        waiting.start()
        assert not served.wait(0.05)
    assert served.wait(60)
    waiting.join()


def test_a_full_line_says_so_at_once(line: BoundedQueue) -> None:
    """And has room again when somebody has left, by an error too."""
    with suppress(ZeroDivisionError), line.place(), line.place() as last:
        assert not last(0)
        with pytest.raises(InputError, match="look_ups_busy"), line.place():
            pass
        raise ZeroDivisionError
    with line.turn(0):
        pass


def test_nobody_waits_for_ever(line: BoundedQueue) -> None:
    """Who waited in vain leaves the line."""
    with line.place():
        with pytest.raises(InputError, match="look_ups_busy"), line.turn(0.01):
            pass
        with line.place():
            pass
