"""What the History tab is narrowed to, as the page tells it with every call."""

from __future__ import annotations

from datetime import date

from llama_demo.services.history.runs import RunFilter
from llama_demo.ui.handlers import Call, repaired


def narrowing(call: Call) -> RunFilter:
    """The filters of this page; what cannot be understood narrows nothing."""
    return RunFilter(
        query=_text(call, "query"),
        task=_text(call, "task"),
        model=_text(call, "model"),
        rating={"1": 1, "-1": -1}.get(_text(call, "rating")),
        since=_day(call, "since"),
        until=_day(call, "until"),
        zone=call.zone,
    )


def narrows(chosen: RunFilter) -> bool:
    """Whether any filter is set."""
    return any(value for name, value in chosen.items() if name != "zone")


def _text(call: Call, name: str) -> str:
    value = repaired(call.wanted.get(name))
    return value if isinstance(value, str) else ""


def _day(call: Call, name: str) -> date | None:
    try:
        return date.fromisoformat(_text(call, name))
    except ValueError:
        return None
