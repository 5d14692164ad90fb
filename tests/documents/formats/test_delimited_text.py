"""Tables keep everything but words."""

from __future__ import annotations

import csv
import io

import pytest

from llama_demo.documents.registry import read_document
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import rewritable, shouted, translated

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
    document = rewritable("a.csv", data)
    after = translated(document)
    rows = list(csv.reader(io.StringIO(after.decode(), newline=""), delimiter=delimiter))
    assert rows == [[cell if cell in KEPT else shouted([cell])[0] for cell in row] for row in ROWS]
    assert after.count(b'"') == data.count(b'"')
    assert document.rewritten([None] * len(document.segments)) == data


def test_a_translation_stays_in_its_cell() -> None:
    """Delimiters and quotation marks in it are quoted, and it never becomes a formula."""
    document = rewritable("a.csv", b"one,two\r\n")
    after = document.rewritten([SegmentTranslation('a, "b"'), SegmentTranslation("=1+1")])
    assert after == b'"a, ""b""",\'=1+1\r\n'


def test_blanks_around_quotation_marks_stay() -> None:
    """They are no part of the cell, and a comma within the marks parts nothing."""
    body = rewritable("a.csv", b'name, town\nOla, "Oslo, north" , x y\n')
    assert [segment.text for segment in body.segments] == ["name", "town", "Ola", "Oslo, north", "x y"]
    assert translated(body) == b'NAME, TOWN\nOLA, "OSLO, NORTH" , X Y\n'


def test_a_comma_in_numbers_is_no_delimiter() -> None:
    """European tables part cells by semicolons and numbers by commas."""
    document = rewritable("a.csv", b"Ware;Preis\nApfel;3,50\nBirne;4,20\n")
    assert [segment.text for segment in document.segments] == ["Ware", "Preis", "Apfel", "Birne"]


@pytest.mark.parametrize(
    "data", [b'"open, never closed\n', b'a"b,c\n', b'"a"b,c', b",,,\n", b"sep=;\nred apple;b,c\n"]
)
def test_odd_tables_stay_as_they_are(data: bytes) -> None:
    """What is not well-formed is not mended either."""
    document = rewritable("a.csv", data)
    assert document.rewritten([None] * len(document.segments)) == data


def blocks(name: str, data: bytes) -> list[str]:
    """The rows as they are read."""
    return [block.text for block in read_document(name, data).blocks]


@pytest.mark.parametrize(
    ("name", "data", "rows"),
    [
        # the line by which Excel names the delimiter
        (
            "a.csv",
            'sep=;\r\nname;town;age\r\nOla Berg;"Tromsø, north";41\r\n',
            ["name | town | age", "name: Ola Berg; town: Tromsø, north; age: 41"],
        ),
        ("a.csv", "SEP=|\na|b\nc|d, e\n", ["a | b", "a: c; b: d, e"]),
        ("a.csv", '"sep=;"\na;b\nc;d, e\n', ["a | b", "a: c; b: d, e"]),
        # blanks around quotation marks
        (
            "a.csv",
            'name, town, age\n"Ola" , "Bodø, north" , 41\n',
            ["name | town | age", "name: Ola; town: Bodø, north; age: 41"],
        ),
        # line ends of old Macs, line breaks in a cell
        ("a.csv", 'name,town\rOla,"Bodø\rNorth"\r', ["name | town", "name: Ola; town: Bodø North"]),
        # a form feed and U+2028 end no row
        ("a.csv", "name,town\nOla\x0cBerg,Bo\u2028dø\n", ["name | town", "name: Ola Berg; town: Bo dø"]),
        # quotation marks that are never closed
        (
            "a.csv",
            'name,size\nboat,"12 feet\nraft,3\n',
            ["name | size", 'name: boat; size: "12 feet', "name: raft; size: 3"],
        ),
        ("a.tsv", "name\ttown\nOla, Mia\tBodø\n", ["name | town", "name: Ola, Mia; town: Bodø"]),
        ("a.tsv", 'name\ttown\n"Big" Ola\tBodø\n', ["name | town", "name: Big Ola; town: Bodø"]),
        # a cell that is longer than Python's csv reads by default
        ("a.csv", "name,text\nOla," + "x" * 140_000 + "\nMia,short\n", None),
    ],
)
def test_rows(name: str, data: str, rows: list[str] | None) -> None:
    """Each row with the names of its columns, whatever parts it."""
    read = blocks(name, data.encode())
    if rows is None:
        assert [row[:12] for row in read] == ["name | text", "name: Ola; t", "name: Mia; t"]
    else:
        assert read == rows


def test_quotation_marks_that_are_never_closed_take_no_time() -> None:
    """Each of them could cost another reading of the whole rest."""
    assert len(blocks("a.csv", b'"a ""\n' * 30_000)) > 0
