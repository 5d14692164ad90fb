"""The ids of runs: made of their time, so that sorting by id is sorting by time and no two runs tie.

    0660f2b3c8a1f2 9c 41d07be5a2c3f604
    └ microseconds │  └ 64 more bits that nobody can guess
      since 1970   └ 8 random bits

The first 16 digits are also the run's ``number``, in the same order, by which the full-text index knows it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

AFTER_ALL_IDS = "~"

LATEST = datetime(3000, 1, 1, tzinfo=UTC)
"""Numbers have 63 bits, which is enough up to here."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME, _NUMBER = 14, 16
_LAST_NUMBER = 2**63 - 1


def microseconds_now() -> int:
    """Since 1970 in UTC."""
    return time.time_ns() // 1000


class Ticks:
    """The time, later at each call than at any before, even when the clock stands still or is set back.

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


def new_id(created: int) -> str:
    """32 hexadecimal digits for a run that was created then, in microseconds since 1970."""
    return id_of(created, secrets.token_hex(9))


def id_of(created: int, rest: str) -> str:
    """The id with these 18 digits after the time."""
    return f"{created:0{_TIME}x}{rest}"


def first_id(moment: datetime) -> str:
    """What every id of that moment or later is not less than."""
    return f"{microseconds(max(_EPOCH, min(moment, LATEST))):0{_TIME}x}"


def number_of(run_id: str) -> int:
    """The number of an id, or of the beginning of one; what is no id counts by its place among them."""
    if run_id == AFTER_ALL_IDS:
        return _LAST_NUMBER
    try:
        return min(int(run_id[:_NUMBER].ljust(_NUMBER, "0"), 16), _LAST_NUMBER)
    except ValueError:
        return 0


def moment(created: int) -> datetime:
    """Microseconds since 1970 as a time in UTC."""
    return _EPOCH + timedelta(microseconds=created)


def microseconds(moment: datetime) -> int:
    """A time as microseconds since 1970 in UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)
