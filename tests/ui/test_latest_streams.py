"""Of a page's streams only the one that was asked for last is heard, in whatever order the calls arrive."""

from __future__ import annotations

from collections.abc import Generator

from llama_demo.ui.latest_streams import LatestStreams


def counting(closed: list[str], name: str) -> Generator[str, None, None]:
    """Never ends by itself; tells when it is closed."""
    try:
        while True:
            yield name
    finally:
        closed.append(name)


def test_a_later_stream_silences_an_earlier_one() -> None:
    """The earlier one is closed and says nothing more, not even that the page is clear."""
    streams, closed = LatestStreams(), []
    first = streams.follow("page", 1, counting(closed, "first"), cleared="")
    assert next(first) == "first"
    second = streams.follow("page", 2, counting(closed, "second"), cleared="")
    other = streams.follow("another page", 1, counting(closed, "other"), cleared="")
    assert (next(second), next(other)) == ("second", "other")
    assert list(first) == []
    assert closed == ["first"]
    assert next(second) == "second"


def test_a_cleared_stream_ends_empty() -> None:
    """Its last answer may come after the button's, so it is empty too."""
    streams, closed = LatestStreams(), []
    stream = streams.follow("page", 1, counting(closed, "text"), cleared="")
    next(stream)
    streams.clear("page", 2)
    assert list(stream) == [""]
    assert closed == ["text"]


def test_calls_that_arrive_late_change_nothing() -> None:
    """A press of Clear, or of Write, that was made before the latest Write."""
    streams, closed = LatestStreams(), []
    stream = streams.follow("page", 5, counting(closed, "text"), cleared="")
    next(stream)
    streams.clear("page", 4)
    assert streams.is_superseded("page", 4)
    assert list(streams.follow("page", 3, counting(closed, "late"), cleared="")) == []
    assert next(stream) == "text"
    stream.close()
    assert closed == ["text"]
    assert not streams.is_superseded("page", 4)
