"""Lines of a text as paragraphs: a line that was broken for its width alone is joined to the next."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

import regex

_ITEM = re.compile(r"\s*(?:[-*•·‣▪–]|\(?\d{1,3}[.)、]|[a-zA-Z][.)]|[一二三四五六七八九十]{1,3}、)\s")
_SUSPENDED = re.compile(r"(?:and|or|to|und|oder|bis)\b")
"""Words behind a hyphen that stands for the rest of a word: short- and long-term."""
_ENDING = re.compile(r"[.!?。！？…:：;；][\"'”’」』)）\]]*$")
_UNSPACED = regex.compile(r"[\p{Han}\u3000-\u303f\uff00-\uffef]")
# What Unicode's East Asian Width calls wide and fullwidth, in runs.
_WIDE = regex.compile(r"[\p{East_Asian_Width=Wide}\p{East_Asian_Width=Fullwidth}]+")
_NARROWEST = 40
"""Columns of a line that can have been broken for its width; a Chinese character takes two."""
_FULL = 0.8
"""Share of the widest line that a line must fill for its break not to be meant."""


def split_lines(text: str) -> list[str]:
    """The lines of a text, each with its end: CRLF, CR or LF; joined they are the text."""
    return list(io.StringIO(text, newline=""))


def width(text: str) -> int:
    """Columns that a line takes in a fixed-width font."""
    return len(text) if text.isascii() else len(text) + sum(map(len, _WIDE.findall(text)))


def paragraphs(lines: Iterable[str], *, divided: bool = True) -> Iterator[str]:
    """The paragraphs of a text, blanks between them left out; items of lists stay lines of their own.

    Args:
        divided: whether a hyphen at the end of a line divides a word, as in print; else it belongs to it.
    """
    group: list[str] = []
    for line in lines:
        if line.strip():
            group.append(" ".join(line.split()))
        elif group:
            yield unwrapped(group, divided=divided)
            group = []
    if group:
        yield unwrapped(group, divided=divided)


def unwrapped(lines: list[str], *, divided: bool = True) -> str:
    """Lines as a paragraph; the breaks that remain were meant."""
    if len(lines) == 1:
        return lines[0]
    widths = list(map(width, lines))
    full_width = max(_NARROWEST, _FULL * max(widths))
    text = lines[0]
    for line, width_before in zip(lines[1:], widths, strict=False):
        full = width_before >= full_width or (divided and _is_divided(text, line))
        text = _joined(text, line, divided=divided) if full and not _ITEM.match(line) else f"{text}\n{line}"
    return text


def split_full_stops(lines: list[str]) -> Iterator[list[str]]:
    """Groups of lines of which each ends with a sentence in a short line, as a paragraph does in print."""
    widest = max(map(width, lines), default=0)
    group: list[str] = []
    for line in lines:
        group.append(line)
        if _ENDING.search(line) and width(line) < _FULL * widest:
            yield group
            group = []
    if group:
        yield group


def _is_divided(text: str, line: str) -> bool:
    """Whether a line ends with a hyphen that the beginning of the next one belongs to."""
    is_hyphen = text[-1] == "-" and len(text) > 1 and text[-2].islower() and line[0].islower()
    return is_hyphen and not _SUSPENDED.match(line)


def _joined(text: str, line: str, *, divided: bool) -> str:
    if _is_divided(text, line):
        return text[:-1] + line if divided else text + line
    wide = width(text[-1]) == 2 or width(line[0]) == 2
    return f"{text}{'' if wide else ' '}{line}"


def join_wrapped(before: str, after: str) -> str:
    """Two lines of a paragraph as one; Chinese has no blank between them."""
    if not before:
        return after
    unspaced = _UNSPACED.match(before.rstrip()[-1:]) and _UNSPACED.match(after[:1])
    return f"{before.rstrip()}{'' if unspaced else ' '}{after}"
