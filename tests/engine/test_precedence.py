"""Requests come before a training."""

from __future__ import annotations

from itertools import count

from llama_demo.engine.precedence import PAUSE, Precedence


def test_a_pause_is_as_long_as_the_work_before_it_while_requests_are_computed() -> None:
    """And a little longer, since the passes of a request follow one another; then the work goes on."""
    clock = [0.0]
    precedence = Precedence(lambda: clock[0])
    assert precedence.pause_after(0.2) == 0.0
    with precedence.computing():
        with precedence.computing():
            clock[0] = 5.0
        assert precedence.pause_after(0.2) == PAUSE * 0.2
    assert precedence.pause_after(0.2) == PAUSE * 0.2
    clock[0] = 6.0
    assert precedence.pause_after(0.2) == 0.0


def test_a_computation_that_fails_is_over() -> None:
    """It keeps nothing else from going on."""
    ticks = count(step=10)
    precedence = Precedence(lambda: float(next(ticks)))
    try:
        with precedence.computing():
            raise MemoryError
    except MemoryError:
        pass
    assert precedence.pause_after(1.0) == 0.0
