"""Spans extended to whole words, in scripts that separate words by spaces."""

from __future__ import annotations

import regex

_LETTERS = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Arabic}\p{Hebrew}\p{N}\p{M}"
_WORD = regex.compile(rf"\p{{N}}+(?:[.,:]\p{{N}}+)+|[{_LETTERS}]+(?:['’][{_LETTERS}]+)*")
_LONGEST = 60
"""Characters of a word beyond which it is not looked at."""


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """``start`` and ``end`` of a part of ``text``, moved outwards where they lie inside of a word."""
    first, last = start, end
    for word in _WORD.finditer(text, max(0, start - _LONGEST), end + _LONGEST):
        if word.start() < start < word.end():
            first = word.start()
        if word.start() < end < word.end():
            last = word.end()
    return first, last
