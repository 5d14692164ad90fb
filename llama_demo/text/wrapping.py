"""Hard-wrapped text: line breaks that stand in the middle of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import regex

_PARAGRAPH = regex.compile(r"(?m)^[^\S\n]*+\S[^\n]*+(?:\n[^\S\n]*+\S[^\n]*+)+")
_LINE = regex.compile(r"[^\n]+")
_ENDED = regex.compile(r"[:：;；|]\s*$")
_SMALL = regex.compile(r"\s*[\"'“‘«„(]*\p{Ll}(?![.)]\s)")
# Bullets, numbers, quoting, headings, table cells: such a line begins something of its own.
_MARKED = regex.compile(
    r"\s*(?:[-*+•·▪●◦‣–—>#|]|[(（]?\d{1,3}[.)）、]|[(（]?[A-Za-z][.)]\s|[一二三四五六七八九十]{1,3}、"
    r"|\[[ xX]\])"
)
_UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}，。、；：！？（）「」《》]")
_SHORTEST = 45
"""Columns of the narrowest wrapped text; a wide character takes two."""
_LONGEST = 130
_RAGGED = 8
"""Columns that a line may be shorter if the next one begins with a small letter."""


def wrapped_breaks(text: str) -> frozenset[int]:
    """The places of the line breaks (``\\n``) in ``text`` that a fixed width has put inside a sentence.

    The first word of the next line would not have fitted into a line that was wrapped. Where all lines of a
    paragraph are like that, its breaks count for nothing; else only those before a small letter. A mark in
    front of such a break ends a sentence, or not, as it does before a blank.
    """
    if "\n" not in text:
        return frozenset()
    return frozenset(
        place for found in _PARAGRAPH.finditer(text) for place in _in_paragraph(found[0], found.start())
    )


def _in_paragraph(paragraph: str, offset: int) -> Iterator[int]:
    lines = [(match.start(), match[0].rstrip()) for match in _LINE.finditer(paragraph)]
    texts = [line for _, line in lines]
    width = max(map(_columns, texts[:-1]))
    if not _SHORTEST <= width <= _LONGEST:
        return
    block = len(texts) > 2 and all(_full(a, b, width) and not _MARKED.match(b) for a, b in pairwise(texts))
    for (_, line), (start, following) in pairwise(lines):
        if _ENDED.search(line) or _MARKED.match(following) or _columns(line) < 0.6 * width:
            continue
        if block or (_SMALL.match(following) and _full(line, following, width - _RAGGED)):
            yield offset + start - 1


def _full(line: str, following: str, width: int) -> bool:
    """Whether the first word of the following line would not have fitted."""
    words = following.split(maxsplit=1)
    word = _columns(words[0]) + 1 if words and not _UNSPACED.match(words[0]) else 2
    return _columns(line) + word + _tolerance(line) > width


def _tolerance(line: str) -> int:
    # An end mark is never put at the beginning of a Chinese line, which leaves one or two characters free.
    return 2 if _UNSPACED.search(line) else 0


def _columns(text: str) -> int:
    return len(text) + len(_UNSPACED.findall(text))
