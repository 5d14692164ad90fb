"""Subtitles (.srt, .vtt): what is said; numbers, times, positions and notes are not.

A cue begins with a line of times, whatever stands before and behind them in the line, with or without a
number or a name above it. Everything else stays when the file is written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from llama_demo.documents.document import Document
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.subtitles import cues
from llama_demo.documents.formats.subtitles.cues import Cue
from llama_demo.documents.lines import split_lines
from llama_demo.documents.skeleton import SegmentSlot, Skeleton
from llama_demo.errors import DocumentError

_TIME = r"(?:(\d{1,3})\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:\s*[,.:]\s*\d{1,3})?"
_TIMES = regex.compile(rf"\s*{_TIME}\s*-{{1,3}}\s*>\s*{_TIME}(?!\d).*+", regex.DOTALL)
_NUMBER = regex.compile(r"\s*\d{1,7}\s*")
_UNSPOKEN = regex.compile(r"(?:WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP-MAP)(?:$|[\s:=])")
"""What begins a part of WebVTT that is not said."""


def read(data: bytes, suffix: str) -> Document:
    """Read subtitles.

    Raises:
        DocumentError: ``file_damaged`` if there is not one time in them.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    decoded = decode(data)
    elements = list(_elements(split_lines(decoded.text), web=suffix == ".vtt"))
    said = [element for element in elements if isinstance(element, Cue)]
    if not said:
        raise DocumentError("file_damaged")
    return Document(
        "",
        tuple(cues.blocks(said)),
        damage_notices(decoded),
        rewritable=lambda: Skeleton.of(decoded, _parts(elements)),
    )


def _elements(lines: Sequence[str], *, web: bool) -> Iterator[str | Cue]:
    """Cues, and lines that are not said."""
    heads = {
        at: times
        for at, line in enumerate(lines)
        if "-" in line and ">" in line and (times := _TIMES.fullmatch(line))
    }
    if not heads:
        yield from lines
        return
    first = next(iter(heads))
    begins = [_begin(lines, head, first, web=web) for head in heads]
    yield from lines[: begins[0]]
    for (head, times), begin, end in zip(heads.items(), begins, [*begins[1:], len(lines)], strict=True):
        yield from lines[begin : head + 1]
        spoken = _spoken(lines[head + 1 : end]) if web else end - head - 1
        yield Cue(_seconds(times, 1), _seconds(times, 4), lines[head + 1 : head + 1 + spoken])
        yield from lines[head + 1 + spoken : end]


def _begin(lines: Sequence[str], head: int, first: int, *, web: bool) -> int:
    """The line with which a cue begins: its number, or its name in WebVTT, or its times."""
    above = lines[head - 1] if head else ""
    alone = head < 2 or not lines[head - 2].strip()
    if web:
        return head - 1 if alone and above.strip() and not _UNSPOKEN.match(above) else head
    numbered = first > 0 and _NUMBER.fullmatch(lines[first - 1])
    return head - 1 if numbered and _NUMBER.fullmatch(above) else head


def _spoken(lines: Sequence[str]) -> int:
    """How many lines of a WebVTT cue are said: up to a note or a style behind it."""
    for at, line in enumerate(lines):
        if _UNSPOKEN.match(line) and at and not lines[at - 1].strip():
            return at
    return len(lines)


def _seconds(match: regex.Match[str], first: int) -> int:
    hours, minutes, seconds = match.group(first, first + 1, first + 2)
    return 3600 * int(hours or 0) + 60 * int(minutes) + int(seconds)


def _parts(elements: Sequence[str | Cue]) -> Iterator[str | SegmentSlot]:
    for element in elements:
        if isinstance(element, Cue):
            yield from cues.parts(element.lines)
        else:
            yield element
