"""Subtitles (.srt, .vtt): what is said; numbers, times, positions and notes are not.

A cue begins with a line of times, whatever stands before and behind them in the line, with or without a
number or a name above it. Everything else stays when the file is written again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import partial

import regex

from llama_demo.documents.document import Document
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.subtitles import cues
from llama_demo.documents.formats.subtitles.cues import Cue
from llama_demo.documents.lines import split_lines
from llama_demo.documents.skeleton import SegmentSlot, Skeleton, line_end
from llama_demo.errors import DocumentError

_TIME = r"-?(?:(\d{1,5})\s*:\s*)?(\d{1,3})\s*:\s*(\d{1,2})(?:\s*[,.:]\s*\d{1,3})?"
# Text editors and web pages turn the arrow into another sign.
_ARROW = r"(?:[-–—]{1,3}\s*(?:>|&gt;)|[→➔➜])"
_TIMES = regex.compile(rf"\s*{_TIME}\s*{_ARROW}\s*{_TIME}(?!\d).*+", regex.DOTALL)
_NUMBER = regex.compile(r"\s*#?\d{1,7}[.:)]?\s*")
_NUMBERS = regex.compile(r"(?m)^(\d{1,7})[ \t]*(?=(?:\r\n|\r|\n)[^\r\n]*-->)")
_HEAD = regex.compile(r"WEBVTT(?:[^\r\n]*(?:\r\n|\r|\n))(?:[^\r\n]+(?:\r\n|\r|\n))*(?:\r\n|\r|\n)")
_PAUSE, _SHOWN = 1, 5
"""Seconds between the last cue and a note, and for which the note is shown."""
_UNSPOKEN = regex.compile(r"(?:WEBVTT|NOTE|STYLE|REGION|X-TIMESTAMP-MAP)(?:$|[\s:=])")
"""What begins a part of WebVTT that is not said."""


def read(data: bytes, suffix: str) -> Document:
    """Read subtitles.

    Raises:
        DocumentError: ``file_damaged`` if there is not one time in them.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    decoded = decode(data)
    web = suffix == ".vtt" or decoded.text.lstrip("\ufeff").startswith("WEBVTT")
    elements = list(_elements(split_lines(decoded.text), web=web))
    said = [element for element in elements if isinstance(element, Cue)]
    if not said:
        raise DocumentError("file_damaged")
    return Document(
        "",
        tuple(cues.blocks(said)),
        damage_notices(decoded),
        rewritable=lambda: Skeleton.of(
            decoded, _parts(elements), partial(_noted_web if web else _noted, said[-1].end)
        ),
    )


def _noted_web(_: int, text: str, note: str) -> str:
    """The text with a note of WebVTT behind its head."""
    head, end = _HEAD.match(text), line_end(text)
    begin = head.end() if head else 0
    return f"{text[:begin]}NOTE {note}{end}{end}{text[begin:]}"


def _noted(over: int, text: str, note: str) -> str:
    """The text with a note as a last cue, since SubRip has no comments.

    Args:
        over: the second at which the last cue ends.
    """
    end = line_end(text)
    times = " --> ".join(f"{cues.clock(over + after)},000" for after in (_PAUSE, _PAUSE + _SHOWN))
    numbers = _NUMBERS.findall(text)
    number = f"{int(numbers[-1]) + 1}{end}" if numbers else ""
    return f"{text.rstrip()}{end}{end}{number}{times}{end}{note}{end}"


def _elements(lines: Sequence[str], *, web: bool) -> Iterator[str | Cue]:
    """Cues, and lines that are not said."""
    heads = {
        at: times
        for at, line in enumerate(lines)
        if (">" in line or "&gt;" in line or not line.isascii()) and (times := _TIMES.fullmatch(line))
    }
    if not heads:
        yield from lines
        return
    begins = _begins(lines, list(heads), web=web)
    yield from lines[: begins[0]]
    for (head, times), begin, end in zip(heads.items(), begins, [*begins[1:], len(lines)], strict=True):
        yield from lines[begin : head + 1]
        spoken = _spoken(lines[head + 1 : end]) if web else end - head - 1
        yield Cue(_seconds(times, 1), _seconds(times, 4), lines[head + 1 : head + 1 + spoken])
        yield from lines[head + 1 + spoken : end]


def _begins(lines: Sequence[str], heads: Sequence[int], *, web: bool) -> list[int]:
    """The lines with which cues begin: their numbers, or their names in WebVTT, or their times.

    Where cues are numbered, a number is that of the next cue, also across blank lines if the first one is.
    """
    if web:
        return [head - 1 if head and _is_name(lines, head - 1) else head for head in heads]
    number = _number_above(lines, heads[0], 0)
    if number is None:
        return list(heads)
    is_near = number == heads[0] - 1
    begins = [number]
    for before, head in itertools.pairwise(heads):
        found = _number_above(lines, head, head - 1 if is_near else before + 1)
        begins.append(head if found is None else found)
    return begins


def _is_name(lines: Sequence[str], at: int) -> bool:
    """Whether a line above times, which stands alone, is the name of a cue."""
    alone = at < 1 or not lines[at - 1].strip()
    return alone and bool(lines[at].strip()) and not _UNSPOKEN.match(lines[at])


def _number_above(lines: Sequence[str], head: int, first: int) -> int | None:
    """The last line with text above times, from ``first`` on, if it is a number."""
    at = next((at for at in range(head - 1, first - 1, -1) if lines[at].strip()), None)
    return at if at is not None and _NUMBER.fullmatch(lines[at]) else None


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
