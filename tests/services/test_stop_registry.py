"""Runs end when somebody says so, and only those that are meant."""

from __future__ import annotations

from threading import Event

from llama_demo.services.stop_registry import StopRegistry


def test_the_end_of_a_run_leaves_the_later_one_of_its_key_stoppable() -> None:
    """A page that asks again before the first answer is over can still stop the second."""
    stops, first, second = StopRegistry(), Event(), Event()
    earlier = stops.register("page", first.set)
    earlier.__enter__()
    with stops.register("page", second.set):
        assert not first.is_set()
        earlier.__exit__(None, None, None)
        assert first.is_set()
        assert not second.is_set()
        assert stops.stop("page")
        assert second.is_set()
    assert not stops.stop("page")


def test_a_run_that_wants_to_be_alone_ends_the_one_before() -> None:
    """Typing on ends the translation of what was typed before, and of no other page."""
    stops, first, other, second = StopRegistry(), Event(), Event(), Event()
    with (
        stops.register("page", first.set),
        stops.register("another", other.set),
        stops.register("page", second.set, alone=True),
    ):
        assert first.is_set()
        assert not other.is_set()
        assert not second.is_set()
    assert second.is_set()


def test_a_run_without_a_name_is_nobodys_to_stop() -> None:
    """Programs that name nothing do not stop each other."""
    stops, one = StopRegistry(), Event()
    with stops.register("", one.set):
        assert not stops.stop("")
        assert not one.is_set()
    assert one.is_set()
