"""What the page asks of the history."""

from __future__ import annotations

from datetime import UTC, date

import pytest

from llama_demo.errors import DemoError
from llama_demo.ui.history.schemas import RunActionRequest
from llama_demo.ui.history.tab import read_filter
from llama_demo.ui.schemas import parse


def test_the_filter_is_read_from_the_value_of_its_component() -> None:
    """Days and a rating among words."""
    chosen = read_filter('{"query": "rain", "rating": "-1", "since": "2026-03-01", "model": "generator"}')
    assert chosen.runs(UTC) == {
        "query": "rain",
        "task": "",
        "model": "generator",
        "rating": -1,
        "since": date(2026, 3, 1),
        "until": None,
        "zone": UTC,
    }
    assert chosen.is_set


@pytest.mark.parametrize(
    "value", ["{}", "", "[]", "{", None, '{"query": 5, "rating": "x", "until": "2026-13-01", "since": []}']
)
def test_what_cannot_be_understood_narrows_nothing(value: str) -> None:
    """Pages can be forged."""
    assert not read_filter(value).is_set


def test_a_rating_is_a_thumb_or_none() -> None:
    """As the buttons of the list hold it."""
    values = [
        parse(RunActionRequest, {"act": "rate", "value": value}).value for value in ("1", "-1", "0", "7")
    ]
    assert values == [1, -1, 0, 0]


@pytest.mark.parametrize("event", [{}, {"act": "drop"}, {"act": "open", "id": ["x"]}])
def test_what_no_page_sends_is_refused(event: dict) -> None:
    """In a sentence, and not with a trace."""
    with pytest.raises(DemoError):
        parse(RunActionRequest, event)
