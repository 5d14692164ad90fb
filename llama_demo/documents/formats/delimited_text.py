"""Tables in text (.csv, .tsv): a row is a block, a cell with words a segment.

Delimiters, quotation marks, numbers, dates and formulas stay when the file is written again.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import regex

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.encoding import Decoded, damage_notices, decode
from llama_demo.documents.lines import split_lines
from llama_demo.documents.rows import MOST_ROWS, named
from llama_demo.documents.segments import DocumentSegment, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton, line_end
from llama_demo.spreadsheet import FORMULA_STARTS, guard_formula

_DELIMITERS = ",;\t|"
_SAMPLE = 50
"""Lines by which the delimiter is told."""

_DIRECTIVE = regex.compile(
    r"(?P<quote>\"?)sep=(?P<sign>.)(?P=quote)[^\S\r\n]*(?:\r\n|\r|\n)", regex.IGNORECASE
)
_QUOTED = r'"(?:[^"]|"")*+"'
# One word with digits in it, an address, an abbreviation, a truth value: the same in every language.
_NAME = regex.compile(
    r"\S*\d\S*|[A-Za-z][A-Za-z0-9+.-]*://\S*|www\.\S+|\S+@\S+|\p{Latin}|[A-Z]{2,3}"
    r"|(?i:true|false|null|none|nan|n/a)"
)
_MOST_MENDED = 20
"""Quotation marks that are never closed; each costs another reading of the rest."""

csv.field_size_limit(2**31 - 1)  # a cell is as long as the file lets it be


class _Row(NamedTuple):
    """A row, and the lines of the file that it was read from."""

    cells: Sequence[str]
    source: str
    lines: int = 1


def read(data: bytes, suffix: str) -> Document:
    """Read a table.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    decoded = decode(data)
    directive = _DIRECTIVE.match(decoded.text)  # Excel's line that names the delimiter
    begin = directive.end() if directive else 0
    delimiter = directive["sign"] if directive else "\t" if suffix == ".tsv" else _delimiter(decoded.text)
    rows = list(_rows(decoded.text[begin:], delimiter))
    named_rows = named(row.cells for row in rows[:MOST_ROWS])
    return Document(
        "",
        tuple(Block(row, kind=BlockKind.TABLE_ROW) for row in named_rows if row),
        _notices(decoded, len(rows)),
        rewritable=lambda: Skeleton.of(
            decoded,
            _parts(decoded.text[:begin], rows, delimiter),
            lambda text, note: _noted(text, note, delimiter, len(rows[-1].cells)),
        ),
    )


def _noted(text: str, note: str, delimiter: str, columns: int) -> str:
    """The text with a note as the first cell of a last row, since the first one may name the columns."""
    end = line_end(text)
    row = _quoted(guard_formula(note)) + delimiter * (columns - 1)
    return f"{text.rstrip(chr(13) + chr(10))}{end}{row}{end}"


def _notices(decoded: Decoded, rows: int) -> tuple[DocumentNotice, ...]:
    left_out = (
        (DocumentNotice("rows_left_out", {"read": MOST_ROWS, "count": rows}),) if rows > MOST_ROWS else ()
    )
    return (*damage_notices(decoded), *left_out)


def _rows(text: str, delimiter: str) -> Iterator[_Row]:
    """The rows. Where a quotation mark is never closed it is a sign like others, in that line."""
    lines = split_lines(text)
    at = mended = 0
    while at < len(lines):
        row = None
        for row in _quoted_rows(lines, at, delimiter):
            is_last = at + row.lines == len(lines)
            if is_last and row.source.count('"') % 2 and mended < _MOST_MENDED:
                break
            yield row
            at += row.lines
        else:
            return
        mended += 1
        yield _Row(next(csv.reader([lines[at]], delimiter=delimiter, quoting=csv.QUOTE_NONE)), lines[at])
        at += 1


def _quoted_rows(lines: Sequence[str], at: int, delimiter: str) -> Iterator[_Row]:
    reader = csv.reader(
        itertools.islice(lines, at, None), delimiter=delimiter, skipinitialspace=delimiter != " "
    )
    taken = 0
    for cells in reader:
        taken, before = reader.line_num, taken
        begin, end = at + before, at + taken
        yield _Row(cells, lines[begin] if end == begin + 1 else "".join(lines[begin:end]), end - begin)


def _delimiter(text: str) -> str:
    """The sign that most lines have the same number of, outside of quotation marks; else the comma."""
    bare = regex.sub(_QUOTED, "", text[:100_000])
    lines = [line for line in split_lines(bare)[:_SAMPLE] if line.strip("\r\n")]

    def agreement(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual), usual) if usual else (0, 0)

    return max(_DELIMITERS, key=agreement) if lines else ","


def _parts(directive: str, rows: Sequence[_Row], delimiter: str) -> Iterator[str | SegmentSlot]:
    yield directive
    sign = regex.escape(delimiter)
    quoted = rf"{_QUOTED}(?= *+(?:[{sign}\r\n]|$))"
    cell = regex.compile(rf"{quoted}| ++(?={quoted})|[^{sign}\r\n]++|[{sign}\r\n]")
    for row in rows:
        for original in cell.findall(row.source):
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


def _is_quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _is_text(value: str) -> bool:
    words = value.strip()
    return has_words(words) and not words.startswith(FORMULA_STARTS) and not _NAME.fullmatch(words)


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _plain(value: str, delimiter: str) -> str:
    return _quoted(value) if any(sign in value for sign in (delimiter, '"', "\r", "\n")) else value
