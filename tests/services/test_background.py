"""Work on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from llama_demo.services import background
from llama_demo.services.background import in_background, one_in_background


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


def test_the_result_is_the_last_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the work takes longer to end than a reader waits."""
    monkeypatch.setattr(background, "TICK", 0.05)

    class LateEnd(background._End):
        def __init__(self, error: BaseException | None) -> None:
            time.sleep(0.3)
            super().__init__(error)

    monkeypatch.setattr(background, "_End", LateEnd)
    *waiting, result = one_in_background(lambda _: 7, lambda: False)
    assert result == 7
    assert not any(waiting)


def test_a_reader_of_one_result_waits_for_it() -> None:
    """None comes while there is no result."""
    ready = threading.Event()
    found = one_in_background(lambda _: ready.wait(20), lambda: False)
    assert next(found) is None
    ready.set()
    assert [one for one in found if one is not None] == [True]


def test_the_error_of_the_one_work_is_raised() -> None:
    """In place of a result."""

    def work(_: Callable[[], bool]) -> int:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        list(one_in_background(work, lambda: False))


def test_stopped_work_has_no_result() -> None:
    """The work is told, and what it still returns is not yielded."""
    stop, told = threading.Event(), threading.Event()

    def work(stopped: Callable[[], bool]) -> int:
        while not stopped():
            time.sleep(0.01)
        told.set()
        return 7

    found = one_in_background(work, stop.is_set)
    assert next(found) is None
    stop.set()
    assert list(found) == []
    assert told.wait(20)


def test_closing_tells_the_work_to_stop() -> None:
    """Without the stop of its caller."""
    told = threading.Event()

    def work(stopped: Callable[[], bool]) -> None:
        while not stopped():
            time.sleep(0.01)
        told.set()

    found = one_in_background(work, lambda: False)
    assert next(found) is None
    found.close()
    assert told.wait(20)
