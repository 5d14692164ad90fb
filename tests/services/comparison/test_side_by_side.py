"""Several streams at once."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import closing

from llama_demo.services.comparison.side_by_side import side_by_side


def test_a_slow_stream_holds_up_none_of_the_others() -> None:
    """The second is read to its end while the first has not given anything."""
    ended = threading.Event()

    def slow() -> Generator[str, None, None]:
        assert ended.wait(10)
        yield "late"

    def quick() -> Generator[str, None, None]:
        yield from "abc"

    seen = []
    with closing(side_by_side([slow, quick])) as steps:
        for step in steps:
            seen.append((step.side, step.item))
            if step.side == 1 and step.item is None:
                ended.set()
    assert seen == [(1, "a"), (1, "b"), (1, "c"), (1, None), (0, "late"), (0, None)]


def test_one_fails_and_the_others_go_on() -> None:
    """What came before the failure is kept, and the error is told once."""
    failed = threading.Event()

    def failing() -> Generator[str, None, None]:
        yield "before"
        raise ValueError

    def other() -> Generator[str, None, None]:
        assert failed.wait(10)
        yield "after"

    seen = []
    with closing(side_by_side([failing, other])) as steps:
        for step in steps:
            seen.append((step.side, step.item, type(step.error)))
            if step.error:
                failed.set()
    assert seen[:2] == [(0, "before", type(None)), (0, None, ValueError)]
    assert [one[:2] for one in seen[2:]] == [(1, "after"), (1, None)]


def test_whoever_leaves_ends_all_streams() -> None:
    """None goes on computing for nobody."""
    closed = [threading.Event(), threading.Event()]

    def endless(place: int) -> Generator[int, None, None]:
        try:
            while True:
                yield place
        finally:
            closed[place].set()

    steps = side_by_side([lambda: endless(0), lambda: endless(1)])
    next(steps)
    steps.close()
    assert all(one.wait(10) for one in closed)
