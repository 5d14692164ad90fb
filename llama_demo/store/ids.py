"""Ids of rows, made of their time: sorting by id is sorting by time, and no two runs tie.

    0660f2b3c8a1f2 9c 41d07be5a2c3f604
    └ microseconds │  └ 64 random bits
      since 1970   └ 8 random bits

The first 16 digits are also the run's ``number``, in the same order: its key in the full-text index.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from llama_demo.store.clock import EPOCH, LATEST, to_microseconds

AFTER_ALL_IDS = "~"

_TIME, _NUMBER = 14, 16
_LAST_NUMBER = 2**63 - 1


def new_id(created: int) -> str:
    """32 hexadecimal digits for a row created at this time, in microseconds since 1970."""
    return id_of(created, secrets.token_hex(9))


def id_of(created: int, rest: str) -> str:
    """The id with these 18 digits after the time."""
    return f"{created:0{_TIME}x}{rest}"


def first_id(moment: datetime) -> str:
    """The lower bound of all ids created at or after this time."""
    return f"{to_microseconds(max(EPOCH, min(moment, LATEST))):0{_TIME}x}"


def number_of(run_id: str) -> int:
    """The number of an id or of a prefix of one; 0 for a text that is no id."""
    if run_id == AFTER_ALL_IDS:
        return _LAST_NUMBER
    try:
        return min(int(run_id[:_NUMBER].ljust(_NUMBER, "0"), 16), _LAST_NUMBER)
    except ValueError:
        return 0
