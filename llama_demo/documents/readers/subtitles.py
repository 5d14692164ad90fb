"""Subtitles: what is said, in stretches of about a minute, each under the time at which it begins."""

from __future__ import annotations

import re

from llama_demo.documents.document import Block, Document
from llama_demo.documents.encoding import decode
from llama_demo.errors import DocumentError

_TIMES = re.compile(r"(\d{1,3}):(\d\d):(\d\d)[,.]\d{1,3}\s*-->\s*(\d{1,3}):(\d\d):(\d\d)[,.]\d{1,3}")
_MARKS = re.compile(r"</?[a-zA-Z][^<>]*>|\{\\[^{}]*\}")
_STRETCH, _PAUSE = 60, 5
"""Seconds: the longest stretch, and the pause that ends one."""


def read(data: bytes, suffix: str) -> Document:
    """Read an .srt file.

    Raises:
        DocumentError: ``file_damaged`` if there is not one time in it.
    """
    del suffix
    text = decode(data).text.replace("\r\n", "\n")
    times = list(_TIMES.finditer(text))
    if not times:
        raise DocumentError("file_damaged")
    blocks: list[Block] = []
    said: list[str] = []
    begin = last = 0
    for place, match in enumerate(times):
        start, end = _seconds(match, 1), _seconds(match, 4)
        if said and (start - begin >= _STRETCH or start - last >= _PAUSE):
            blocks.append(Block("\n".join(said), (_clock(begin),)))
            said = []
        begin, last = (begin if said else start), end
        following = times[place + 1].start() if place + 1 < len(times) else len(text)
        if words := _words(text[match.end() : following], is_last=place + 1 == len(times)):
            said.append(words)
    if said:
        blocks.append(Block("\n".join(said), (_clock(begin),)))
    return Document("", tuple(blocks))


def _words(cue: str, *, is_last: bool) -> str:
    """What a subtitle says; the number of the next one stands behind it."""
    lines = [_MARKS.sub("", line).strip() for line in cue.strip().split("\n")]
    if lines and lines[-1].isdigit() and not is_last:
        lines.pop()
    return " ".join(line for line in lines if line)


def _seconds(match: re.Match[str], first: int) -> int:
    hours, minutes, seconds = (int(match[first + place]) for place in range(3))
    return 3600 * hours + 60 * minutes + seconds


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
