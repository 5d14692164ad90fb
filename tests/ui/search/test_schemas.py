"""What the scripts of the Search tab ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from llama_demo.errors import DemoError
from llama_demo.ui.schemas import parse
from llama_demo.ui.search.schemas import CollectionRequest, SearchRequest


def test_days_are_those_of_the_visitor_and_both_are_included() -> None:
    """Somebody in Shanghai who asks for one day gets what was added on that day there."""
    request = parse(SearchRequest, {"query": "x", "since": "2026-03-01", "until": "2026-03-01"})
    narrowing = request.filter(timezone(timedelta(hours=8)))
    assert narrowing.since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert narrowing.until == datetime(2026, 3, 1, 16, tzinfo=UTC)


@pytest.mark.parametrize("day", ["", "2026-13-41", "yesterday", "0002-01-01", 7, None, "9999-12-31"])
def test_a_day_that_cannot_be_understood_narrows_nothing(day: object) -> None:
    """Half a date is no error while it is typed; the last day of all is no overflow."""
    narrowing = parse(SearchRequest, {"since": "", "until": day}).filter(UTC)
    assert narrowing.since is None
    assert narrowing.until is None or day == "9999-12-31"


@pytest.mark.parametrize(
    "told",
    [{"mode": "magic"}, {"chunk": "one"}, {"query": 5}, {"collection": "x" * 2_000}, {"compare": []}],
)
def test_what_no_page_of_ours_sends_is_refused(told: dict[str, object]) -> None:
    """A forged page gets a sentence, not a trace."""
    with pytest.raises(DemoError):
        parse(SearchRequest, told)


def test_half_a_surrogate_pair_does_not_get_through() -> None:
    """It could not be sent back."""
    assert parse(SearchRequest, {"query": "a\ud83d"}).query == "a\ufffd"
    assert parse(CollectionRequest, {"name": "b\ude00"}).name == "b\ufffd"
