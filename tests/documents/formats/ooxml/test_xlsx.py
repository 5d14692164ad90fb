"""A workbook is read as its sheets show it."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import openpyxl
import openpyxl.chart
import pytest

from llama_demo.documents.document import BlockKind, Document, DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError
from tests.documents.files import replaced
from tests.documents.office_files import relationships


def read(book: openpyxl.Workbook) -> Document:
    return read_document("a.xlsx", saved(book))


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def workbook(*rows: list[Any]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_values_are_shown_in_their_format() -> None:
    """Percent, dates, money and what a formula gave last; one that gave nothing yet is named."""
    values = ["amber", 0.075, date(2026, 3, 14), 1234.5, "=B2*2"]
    book = workbook(["item", "rate", "from", "price", "sum"], values)
    for place, code in (("B2", "0.00%"), ("C2", "d.m.yyyy"), ("D2", '#,##0.00 "€"')):
        book.active[place].number_format = code
    document = read(book)
    assert document.blocks[1].text == (
        "item: amber; rate: 7.50%; from: 14.3.2026; price: 1,234.50 €; sum: =B2*2 (not computed)"
    )
    assert [(notice.key, notice.values) for notice in document.notices] == [
        ("formulas_uncomputed", {"count": 1})
    ]


def test_a_formula_gives_its_last_value() -> None:
    """Also text, truth values and errors."""
    cells = (
        '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>words</v></c>'
        '<c r="C1" t="b"><f>1=1</f><v>1</v></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
        '<c r="E1" t="inlineStr"><is><r><t>rich </t></r><r><t>text</t></r></is></c>'
    )
    assert sheet(f"<row>{cells}</row>").blocks[0].text == "2 | words | TRUE | #DIV/0! | rich text"


def sheet(rows: str, behind: str = "") -> Document:
    """A workbook whose sheet has these rows of XML."""
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData>{behind}</worksheet>"
    )
    return read_document("a.xlsx", replaced(saved(workbook()), "xl/worksheets/sheet1.xml", xml.encode()))


def test_a_title_and_heads_over_several_columns() -> None:
    """The title is a line of its own; a merged head is part of each name; a merged cell is in each row."""
    book = workbook(
        ["Prices of 2026"],
        ["", "north", "", "south"],
        ["item", "new", "old", "new"],
        ["lamp", 12, 9, 11],
        [None, 13, 8, 10],
    )
    for area in ("A1:D1", "B2:C2", "A4:A5"):
        book.active.merge_cells(area)
    assert [block.text for block in read(book).blocks] == [
        "Prices of 2026",
        "north | south",
        "item | new | old | new",
        "item: lamp; north new: 12; north old: 9; south new: 11",
        "item: lamp; north new: 13; north old: 8; south new: 10",
    ]


def test_years_below_merged_heads_are_heads() -> None:
    """Also where a head covers both rows."""
    book = workbook(["region", "sales", "", "costs", ""], ["", 2025, 2026, 2025, 2026], ["north", 1, 2, 3, 4])
    for area in ("A1:A2", "B1:C1", "D1:E1"):
        book.active.merge_cells(area)
    assert read(book).blocks[-1].text == (
        "region: north; sales 2025: 1; sales 2026: 2; costs 2025: 3; costs 2026: 4"
    )


def test_escaped_characters_are_spelled() -> None:
    """What XML cannot hold stands in Excel's files as its code."""
    cells = '<c r="A1" t="inlineStr"><is><t>one_x000D__x000A_two _x005F_x41_</t></is></c>'
    formula = '<c r="B1" t="str"><f>A1</f><v>one_x000D_two</v></c>'
    assert sheet(f"<row>{cells}{formula}</row>").blocks[0].text == "one two _x41_ | one two"


def test_comments_are_said_to_be_comments() -> None:
    """With who wrote them and where."""
    book = workbook(["depth", "pier"], [17, "west"])
    book.active["A2"].comment = openpyxl.comments.Comment("Measured at low tide", "Ola")
    block = read(book).blocks[-1]
    assert (block.text, block.kind) == ("Comment (Ola, A2): Measured at low tide", BlockKind.COMMENT)


@pytest.mark.parametrize("styles", [b"<broken", b'<styleSheet xmlns="x"><fills><fill/></fills></styleSheet>'])
def test_a_fault_in_the_styles_refuses_nothing(styles: bytes) -> None:
    """The values are there all the same."""
    data = replaced(saved(workbook(["harbour", "depth"], ["Ostermoor", 17])), "xl/styles.xml", styles)
    assert read_document("a.xlsx", data).blocks[1].text == "harbour: Ostermoor; depth: 17"


def test_a_damaged_sheet_is_told_and_the_others_are_read() -> None:
    """A workbook without one whole sheet is refused."""
    book = workbook(["harbour", "depth"])
    book.create_sheet("Second").append(["more", "words"])
    data = replaced(saved(book), "xl/worksheets/sheet1.xml", b"<broken")
    document = read_document("a.xlsx", data)
    assert [block.text for block in document.blocks] == ["more | words"]
    assert document.notices[0].values == {"missing": 1, "count": 2}
    with pytest.raises(DocumentError, match="file_damaged"):
        read_document("a.xlsx", replaced(data, "xl/worksheets/sheet2.xml", b"<broken"))


def test_rows_before_a_damage_are_read() -> None:
    """A sheet that ends too early is read up to there, and says so."""
    data = saved(workbook(["harbour", "depth"], ["Ostermoor", 17], ["Bodø", 9]))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read("xl/worksheets/sheet1.xml")
    cut = content[: content.index(b"A3") + 4]
    document = read_document("a.xlsx", replaced(data, "xl/worksheets/sheet1.xml", cut))
    assert document.text == "harbour | depth\n\nharbour: Ostermoor; depth: 17"
    assert document.notices == (DocumentNotice("parts_damaged", {"parts": "sheet1.xml"}),)


def test_sheets_without_cells_are_read() -> None:
    """A chart may have a sheet of its own."""
    book = workbook(["pier", "ships"], ["north", 3])
    chart = openpyxl.chart.BarChart()
    chart.title = "Ships at the piers"
    chart.add_data(
        openpyxl.chart.Reference(book.active, min_col=2, min_row=1, max_row=2), titles_from_data=True
    )
    book.create_chartsheet("Figure").add_chart(chart)
    block = read(book).blocks[-1]
    assert block.headings == ("Figure",)
    assert block.text.startswith("Ships at the piers")


def test_strings_before_a_damage_are_read() -> None:
    """The part that holds the texts of all cells may end too early."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts = {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{namespace}"><sheetData><row><c t="s"><v>0</v></c>'
        '<c t="s"><v>1</v></c><c t="s"><v>2</v></c></row></sheetData></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}"><si><t>Ostermoor</t></si>'
        "<si><t>pier</t></si><si><t>we",
        "xl/_rels/workbook.xml.rels": relationships(
            {"rId1": ("worksheet", "worksheets/sheet1.xml"), "s": ("sharedStrings", "sharedStrings.xml")}
        ),
    }
    data = saved(workbook())
    for name, content in parts.items():
        data = replaced(data, name, content.encode())
    document = read_document("a.xlsx", data)
    assert document.text == "Ostermoor | pier"
    assert document.notices == (DocumentNotice("parts_damaged", {"parts": "sharedStrings.xml"}),)
    without = replaced(data, "xl/sharedStrings.xml", f'<sst xmlns="{namespace}"/>'.encode())
    assert read_document("a.xlsx", without).notices == document.notices


def test_entities_and_macros_are_refused() -> None:
    """In the parts that are streamed too."""
    data = saved(workbook(["a", "b"]))
    bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
    for changed, key in (
        (replaced(data, "xl/worksheets/sheet1.xml", bomb), "document_bomb"),
        (replaced(data, "xl/vbaProject.bin", b"x"), "file_macros"),
    ):
        with pytest.raises(DocumentError, match=key):
            read_document("a.xlsx", changed)


def test_what_is_no_number_costs_no_workbook() -> None:
    """Programs write NaN and numbers that are too large."""
    cells = '<c r="A1"><v>NaN</v></c><c r="B1"><v>1e999</v></c><c r="C1"><v>2</v></c>'
    assert sheet(f"<row>{cells}</row>").blocks[0].text == "NaN | 1e999 | 2"


def test_embedded_files_are_told() -> None:
    """A document in a sheet is not opened."""
    relations = relationships({"rId1": ("package", "../embeddings/a.docx")}).encode()
    data = replaced(saved(workbook(["a", "b"])), "xl/worksheets/_rels/sheet1.xml.rels", relations)
    notices = read_document("a.xlsx", data).notices
    assert [(notice.key, notice.values) for notice in notices] == [("objects_embedded", {"count": 1})]
