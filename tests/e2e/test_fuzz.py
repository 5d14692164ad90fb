"""Junk on everything that the app answers, for seconds; ``bench.fuzz`` does it for minutes."""

from __future__ import annotations

from bench.fuzz import fuzz
from tests.whole_app import ServedApp


def test_junk_is_refused_without_a_trace(public_server: ServedApp) -> None:
    """No status of 500, no traceback, no path of the server or error in the log; most reaches a handler."""
    result = fuzz(public_server, seconds=120, seed=0, most=100)
    assert result.faults == []
    assert sum(result.statuses.values()) >= 100
    assert len(result.handlers) >= 30
