"""Tables keep everything but words."""

from __future__ import annotations

import csv
import io

import pytest

from llama_demo.documents.rewriters.table import open_table
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import shouted, translated

ROWS = [
    ["Name", "Price", 'He said "hi", loudly'],
    ["Apple pie", "3.50", "=A1+B1"],
    ["X-113", "2026-01-02", "two\nlines here"],
    ["mail@example.com", "https://example.com/a b", "EUR"],
    ["true", "", "苹果"],
    ["-5", "12 %", "x"],
]
KEPT = {"3.50", "=A1+B1", "X-113", "2026-01-02", "mail@example.com", "EUR", "true", "", "-5", "12 %", "x"}


def file_of(delimiter: str, quoting: int) -> bytes:
    """The rows as a program would save them."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(ROWS)  # type: ignore[arg-type]
    return out.getvalue().encode()


@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_round_trip(delimiter: str, quoting: int) -> None:
    """Cells with words change; numbers, dates, formulas, names of things and the quoting stay."""
    data = file_of(delimiter, quoting)
    document = open_table(data)
    after = translated(document)
    rows = list(csv.reader(io.StringIO(after.decode(), newline=""), delimiter=delimiter))
    assert rows == [[cell if cell in KEPT else shouted([cell])[0] for cell in row] for row in ROWS]
    assert after.count(b'"') == data.count(b'"')
    assert document.rewritten([None] * len(document.segments)) == data


def test_a_translation_stays_in_its_cell() -> None:
    """Delimiters and quotation marks in it are quoted, and it never becomes a formula."""
    document = open_table(b"one,two\r\n")
    after = document.rewritten([SegmentTranslation('a, "b"'), SegmentTranslation("=1+1")])
    assert after == b'"a, ""b""",\'=1+1\r\n'


def test_a_comma_in_numbers_is_no_delimiter() -> None:
    """European tables part cells by semicolons and numbers by commas."""
    document = open_table(b"Ware;Preis\nApfel;3,50\nBirne;4,20\n")
    assert [segment.text for segment in document.segments] == ["Ware", "Preis", "Apfel", "Birne"]


@pytest.mark.parametrize(
    "data", [b'"open, never closed\n', b'a"b,c\n', b'"a"b,c', b",,,\n", b"sep=;\nred apple;b,c\n"]
)
def test_odd_tables_stay_as_they_are(data: bytes) -> None:
    """What is not well-formed is not mended either."""
    document = open_table(data)
    assert document.rewritten([None] * len(document.segments)) == data
