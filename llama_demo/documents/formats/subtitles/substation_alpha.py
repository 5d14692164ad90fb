"""Subtitles of SubStation Alpha (.ass, .ssa): the text of the events of the dialogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from llama_demo.documents.document import Document
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.subtitles import cues
from llama_demo.documents.formats.subtitles.cues import Cue
from llama_demo.documents.lines import split_lines
from llama_demo.documents.skeleton import SegmentSlot, Skeleton, line_end
from llama_demo.errors import DocumentError

_TIME = regex.compile(r"(\d+):(\d+):(\d+)")
_TITLE = regex.compile(r"^Title:[ \t]*+([^\r\n]*)", regex.MULTILINE)
_SECTION = regex.compile(r"\s*\[[^\]\r\n]*\][^\r\n]*(?:\r\n|\r|\n)")
_BREAK = r"\\[Nn]"
# Lines of a drawing stand between a tag that begins one and a tag that ends it.
_DRAWING = regex.compile(r"(\{[^{}]*\\p[1-9][^{}]*\})([^{}]*)")
_FIELDS = tuple("layer start end style name marginl marginr marginv effect text".split())


@dataclass(frozen=True)
class _Event:
    """A line of dialogue: what stands before its text, the text, what stands behind it."""

    before: str
    text: str
    after: str
    start: int
    end: int

    @property
    def cue(self) -> Cue:
        """What is said."""
        text = _DRAWING.sub(r"\1", self.text)
        return Cue(self.start, self.end, regex.split(_BREAK, text), cues.SUBSTATION_TAG)


def read(data: bytes, suffix: str) -> Document:
    """Read subtitles; the blocks are in the order of their times.

    Raises:
        DocumentError: ``file_damaged`` if there is no event in them.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    elements = list(_elements(decoded.text))
    events = [element for element in elements if isinstance(element, _Event)]
    if not events:
        raise DocumentError("file_damaged")
    title = _TITLE.search(decoded.text)
    return Document(
        title[1].strip() if title else "",
        tuple(cues.blocks(event.cue for event in sorted(events, key=lambda event: event.start))),
        damage_notices(decoded),
        rewritable=lambda: Skeleton.of(decoded, _parts(elements), _noted),
    )


def _elements(text: str) -> Iterator[str | _Event]:
    fields: Sequence[str] = _FIELDS
    in_events = False
    for line in split_lines(text):
        kind = line[:9].lower()
        if kind.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and kind.startswith("format:"):
            fields = [field.strip().lower() for field in line.partition(":")[2].split(",")]
        elif in_events and kind == "dialogue:" and (event := _event(line, fields)):
            yield event
            continue
        yield line


def _event(line: str, fields: Sequence[str]) -> _Event | None:
    """The event, whose text is its last field and may have commas in it."""
    values = line.split(",", len(fields) - 1)
    if len(values) < len(fields) or fields[-1] != "text" or not {"start", "end"} <= set(fields):
        return None
    start, end = (_TIME.search(values[fields.index(name)]) for name in ("start", "end"))
    if start is None or end is None:
        return None
    text = values[-1].rstrip("\r\n")
    before = line[: len(line) - len(values[-1])]
    return _Event(before, text, values[-1][len(text) :], _seconds(start), _seconds(end))


def _noted(text: str, note: str) -> str:
    """The text with a note as a comment of its first section."""
    head, end = _SECTION.match(text), line_end(text)
    begin = head.end() if head else 0
    return f"{text[:begin]}; {note}{end}{text[begin:]}"


def _seconds(match: regex.Match[str]) -> int:
    return 3600 * int(match[1]) + 60 * int(match[2]) + int(match[3])


def _parts(elements: Sequence[str | _Event]) -> Iterator[str | SegmentSlot]:
    for element in elements:
        if isinstance(element, str):
            yield element
            continue
        yield element.before
        at = 0
        for drawing in _DRAWING.finditer(element.text):
            yield from _passage(element.text[at : drawing.start()])
            yield drawing[0]
            at = drawing.end()
        yield from _passage(element.text[at:])
        yield element.after


def _passage(text: str) -> Iterator[str | SegmentSlot]:
    return cues.passage(text, line_break=_BREAK, tag=cues.SUBSTATION_TAG)
