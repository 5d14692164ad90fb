"""What the handlers of page events and endpoints give, within the limits on calls."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llama_demo.engine.fair_share import Client, current_client
from llama_demo.errors import InputError
from llama_demo.services.admission import Admission, CallLimits, client_of
from llama_demo.services.visits import resolve
from llama_demo.ui.handler_results import handler_results

ANN = resolve(public=True, secret="a" * 64, address="203.0.113.5")


def forever() -> Iterator[Client]:
    """The client of each step."""
    while True:
        yield current_client()


def test_a_stream_counts_until_it_is_closed_or_forgotten() -> None:
    """One too many is refused, and its handler is not called."""
    admission, called = Admission(CallLimits(visitor=1)), []
    stream = handler_results(forever, (), visit=ANN, admission=admission)
    assert next(stream) == client_of(ANN)
    with pytest.raises(InputError, match="busy_visitor"):
        next(handler_results(lambda: called.append(1), (), visit=ANN, admission=admission))
    assert called == []
    stream.close()
    second = handler_results(forever, (), visit=ANN, admission=admission)
    assert next(second) == next(second)
    del second
    assert list(handler_results(lambda: "done", (), visit=ANN, admission=admission)) == ["done"]


def test_a_handler_that_fails_is_not_counted_any_more() -> None:
    """Failures must not use up a visitor's calls."""
    admission = Admission(CallLimits(visitor=1))

    def broken() -> str:
        raise InputError("prompt_empty")

    for _ in range(2):
        with pytest.raises(InputError, match="prompt_empty"):
            next(handler_results(broken, (), visit=ANN, admission=admission))
