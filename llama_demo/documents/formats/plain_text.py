"""Plain text (.txt): paragraphs between blank lines, pages between form feeds; a segment is a line.

Line breaks and indentation stay when it is written again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from llama_demo.documents.document import Block, Document
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.lines import paragraphs
from llama_demo.documents.segments import DocumentSegment, SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton, line_end

BREAKS = r"\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
"""What ends a line of a text."""

_LINE = regex.compile(rf"(?P<before>[^\S{BREAKS}]*+)(?P<words>[^{BREAKS}]*+)(?P<end>\r\n|[{BREAKS}]|\Z)")
_BREAK = regex.compile(rf"[{BREAKS}]+")
_LONGEST_TITLE = 80


@dataclass(frozen=True)
class _Line:
    """A line of the file.

    Attributes:
        before, words, after, end: its indentation, its words, blanks behind them, and what ends it.
    """

    before: str
    words: str
    after: str
    end: str


def read(data: bytes, suffix: str) -> Document:
    """Read a text file; a first line that stands alone and is no sentence is its title.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    lines = list(_lines(decoded.text))
    blocks = tuple(_blocks(lines))
    return Document(
        _title(blocks),
        blocks,
        damage_notices(decoded),
        rewritable=lambda: Skeleton.of(decoded, _parts(lines), _noted),
    )


def _noted(text: str, note: str) -> str:
    """The text with a note as its first paragraph."""
    end = line_end(text)
    return f"{note}{end}{end}{text}"


def _lines(text: str) -> Iterator[_Line]:
    for match in _LINE.finditer(text):
        words = match["words"].rstrip()
        yield _Line(match["before"], words, match["words"][len(words) :], match["end"])


def _blocks(lines: Sequence[_Line]) -> Iterator[Block]:
    paged = any("\f" in line.end for line in lines)
    for number, page in enumerate(_pages(lines), 1):
        for paragraph in paragraphs((line.words for line in page), divided=False):
            yield Block(paragraph, page=number if paged else None)


def _pages(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """The lines between form feeds."""
    page: list[_Line] = []
    for line in lines:
        page.append(line)
        if "\f" in line.end:
            yield page
            page = []
    yield page


def _title(blocks: Sequence[Block]) -> str:
    first = blocks[0].text if blocks else ""
    alone = len(blocks) > 1 and "\n" not in first and len(first) <= _LONGEST_TITLE
    return first if alone and first[-1] not in ".。,，;；" else ""


def _parts(lines: Sequence[_Line]) -> Iterator[str | SegmentSlot]:
    for line in lines:
        yield line.before
        if has_words(line.words):
            yield SegmentSlot(DocumentSegment(line.words), line.words, one_line)
        else:
            yield line.words
        yield line.after + line.end


def one_line(translation: SegmentTranslation) -> str:
    """The translation without line breaks of its own."""
    return _BREAK.sub(" ", translation.text).strip()
