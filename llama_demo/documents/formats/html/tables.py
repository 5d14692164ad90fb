"""Tables of data in HTML, whose first row names the columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from llama_demo.documents.formats.html.elements import CELLS, LEVELS, UNREAD
from llama_demo.documents.formats.html.text import line


def data_rows(table: etree._Element) -> list[list[str]]:
    """The rows of a table whose first row names the columns; empty for one that only arranges a page."""
    if table.find(".//table") is not None:
        return []
    rows = list(table.iter("tr"))
    heads = list(rows[0].iter(*CELLS)) if rows else []
    if len(heads) < 2 or any(cell.tag != "th" for cell in heads):
        return []
    if any(each.tag in ("pre", "textarea", "ol", *LEVELS, *UNREAD) for each in table.iter(etree.Element)):
        return []
    caption = [[line(each)] for each in table.iter("caption")]
    return [*caption, *_spread(rows)]


def _spread(rows: Sequence[etree._Element]) -> Iterator[list[str]]:
    """The texts of cells by column: a cell that spans rows or columns stands in the first of each row."""
    below: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        for cell in row.iter(*CELLS):  # a form may stand between
            while len(cells) in below:
                cells.append(_from_above(below, len(cells)))
            text, columns = line(cell), _span(cell, "colspan")
            spread = [text, *[""] * (columns - 1)]
            if (down := _span(cell, "rowspan")) > 1:
                below.update({at: (down - 1, each) for at, each in enumerate(spread, len(cells))})
            cells += spread
        for column in sorted(at for at in below if at >= len(cells)):
            cells += [""] * (column - len(cells))
            cells.append(_from_above(below, column))
        yield cells


def _from_above(below: dict[int, tuple[int, str]], column: int) -> str:
    left, text = below.pop(column)
    if left > 1:
        below[column] = (left - 1, text)
    return text


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), 1_000) if value.isdecimal() and int(value) else 1
