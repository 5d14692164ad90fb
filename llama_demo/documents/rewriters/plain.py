"""Plain text (.txt): each line is a passage, line breaks and indentation stay."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from llama_demo.documents.encoding import decode
from llama_demo.documents.segments import DocumentSegment, RewritableDocument, SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton

BREAKS = r"\r\n\v\f\x1c-\x1e\x85\u2028\u2029"
"""What ends a line."""

_LINE = regex.compile(rf"[^{BREAKS}]+|[{BREAKS}]+")
_BREAK = regex.compile(rf"[{BREAKS}]+")


def open_plain(data: bytes) -> RewritableDocument:
    """Read the file.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode` and :class:`Skeleton` do.
    """
    decoded = decode(data)
    return Skeleton.of(decoded, _parts(decoded.text))


def _parts(text: str) -> Iterator[str | SegmentSlot]:
    for line in _LINE.findall(text):
        before, words, after = _split(line)
        if has_words(words):
            yield from (before, SegmentSlot(DocumentSegment(words), words, one_line), after)
        else:
            yield line


def _split(line: str) -> tuple[str, str, str]:
    """The blanks in front, the words, the blanks behind."""
    words = line.strip()
    start = line.find(words) if words else len(line)
    return line[:start], words, line[start + len(words) :]


def one_line(translation: SegmentTranslation) -> str:
    """The translation without line breaks of its own."""
    return _BREAK.sub(" ", translation.text).strip()
