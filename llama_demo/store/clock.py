"""The time as rows hold it: whole microseconds since 1970 in UTC."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""The latest time that a row's number of 63 bits can hold, rounded down."""


def microseconds_now() -> int:
    """The system's time in microseconds since 1970."""
    return time.time_ns() // 1000


class IncreasingClock:
    """A strictly increasing clock, even if the clock it reads stands still.

    Args:
        clock: microseconds since 1970 in UTC.
    """

    def __init__(self, clock: Callable[[], int] = microseconds_now) -> None:
        self._clock = clock
        self._latest = 0

    def __call__(self) -> int:
        """Microseconds since 1970 in UTC."""
        self._latest = max(self._clock(), self._latest + 1)
        return self._latest


def to_datetime(microseconds: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return EPOCH + timedelta(microseconds=microseconds)


def to_microseconds(moment: datetime) -> int:
    """A time as microseconds since 1970."""
    return (moment - EPOCH) // timedelta(microseconds=1)
