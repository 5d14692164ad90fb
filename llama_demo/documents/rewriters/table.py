"""Tables (.csv): the words in the cells; delimiters, quotation marks, numbers, dates and formulas stay."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from llama_demo.documents.encoding import decode
from llama_demo.documents.segments import DocumentSegment, RewritableDocument, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton
from llama_demo.spreadsheet import FORMULA_STARTS, guard_formula

_DELIMITERS = ",;\t|"
_SAMPLE = 50
"""Lines by which the delimiter is told."""

_QUOTED = r'"(?:[^"]|"")*+"'
# One word with digits in it, an address, an abbreviation, a truth value: the same in every language.
_NAME = regex.compile(
    r"\S*\d\S*|[A-Za-z][A-Za-z0-9+.-]*://\S*|www\.\S+|\S+@\S+|\p{Latin}|[A-Z]{2,3}"
    r"|(?i:true|false|null|none|nan|n/a)"
)


def open_table(data: bytes) -> RewritableDocument:
    """Read the file.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode` and :class:`Skeleton` do.
    """
    decoded = decode(data)
    return Skeleton.of(decoded, _parts(decoded.text))


def _parts(text: str) -> Iterator[str | SegmentSlot]:
    directive = regex.match(r"sep=(.)[^\S\r\n]*(?:\r\n|\r|\n)", text, regex.IGNORECASE)
    begin = directive.end() if directive else 0
    yield text[:begin]
    delimiter = directive[1] if directive else _delimiter(text)
    sign = regex.escape(delimiter)
    cell = regex.compile(rf"(?:{_QUOTED})(?=[{sign}\r\n]|$)|[^{sign}\r\n]++|[{sign}\r\n]")
    for match in cell.finditer(text, begin):
        original = match[0]
        value = original[1:-1].replace('""', '"') if _is_quoted(original) else original
        if _is_text(value):
            yield from _slot(original, value, delimiter)
        else:
            yield original


def _slot(original: str, value: str, delimiter: str) -> Iterator[str | SegmentSlot]:
    words = value.strip()
    if _is_quoted(original):
        edge = value.find(words)
        around = value[:edge], value[edge + len(words) :]
        yield SegmentSlot(
            DocumentSegment(words), original, lambda t: _quoted(around[0] + guard_formula(t.text) + around[1])
        )
        return
    start = original.find(words)
    yield original[:start]
    yield SegmentSlot(
        DocumentSegment(words), words, lambda t: _plain(guard_formula(t.text.strip()), delimiter)
    )
    yield original[start + len(words) :]


def _delimiter(text: str) -> str:
    """The sign that most lines have the same number of, outside of quotation marks; else the comma."""
    bare = regex.sub(_QUOTED, "", text[:100_000])
    lines = [line for line in bare.splitlines()[:_SAMPLE] if line]

    def agreement(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual), usual) if usual else (0, 0)

    return max(_DELIMITERS, key=agreement) if lines else ","


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _is_text(value: str) -> bool:
    words = value.strip()
    return has_words(words) and not words.startswith(FORMULA_STARTS) and not _NAME.fullmatch(words)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _plain(value: str, delimiter: str) -> str:
    return _quoted(value) if any(sign in value for sign in (delimiter, '"', "\r", "\n")) else value
