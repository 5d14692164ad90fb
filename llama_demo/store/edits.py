"""Tells an edit of a text from another text."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

_MOST_REMOVED = 0.1
"""Share of the former text that an edit takes away at most."""


def is_edit(former: str, text: str) -> bool:
    """Whether ``text`` is ``former`` with more typed behind it, or with a small correction in it.

    An edit keeps nine tenths of the former text at its beginning and its end. What it adds in between is no
    longer than the former text. A text that was shortened by more, or begun anew, is another one.
    """
    head = _common(former, text)
    tail = _common(reversed(former[head:]), reversed(text[head:]))
    removed, added = len(former) - head - tail, len(text) - head - tail
    return removed <= _MOST_REMOVED * len(former) and (tail == 0 or added <= len(former))


def _common(one: Iterable[str], other: Iterable[str]) -> int:
    """Number of characters that both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
