"""Excel workbooks (.xlsx): each sheet under its name, a block for each row, values as the sheet shows them.

Only the parts with values are opened, so a fault in a style, a filter or a name costs nothing else. A formula
gives its last computed value; one that was never computed is named as such.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml import etree

from llama_demo.documents.document import (
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.ooxml.drawings import CHART, drawing_text, drawn_text
from llama_demo.documents.formats.ooxml.number_format import BUILT_IN, GENERAL, shown
from llama_demo.documents.formats.ooxml.package import RELATION_ID, OfficePackage
from llama_demo.documents.rows import LONGEST_REPEATED, MOST_ROWS, named
from llama_demo.documents.safe_xml import stream_elements, whole_number
from llama_demo.errors import DocumentError

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL, _VALUE, _FORMULA = f"{_S}c", f"{_S}v", f"{_S}f"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_AREA = re.compile(r"(?P<left>[A-Z]{1,3})(?P<top>\d{1,7}):[A-Z]{1,3}(?P<bottom>\d{1,7})")
_MOST_COLUMNS = 16_384
_STRINGS = "sharedStrings.xml"
_OTHER_SHEETS = ("chartsheet", "dialogsheet", "macrosheet")
"""Kinds of sheets without cells."""
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""A character that XML cannot hold, and the underscore of a text that would look like one."""
_THREAD = re.compile(r"\[Threaded comment\].*?Comment:\s*", re.DOTALL)


def read(data: bytes, suffix: str) -> Document:
    """Read a .xlsx file.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``file_macros``, ``document_bomb``.
    """
    del suffix
    package = OfficePackage(data)
    workbook = _Workbook(package, package.main("xl/workbook.xml"))
    return Document(package.title, tuple(workbook.blocks()), workbook.notices())


@dataclass(frozen=True)
class _Merge:
    """A cell that covers those below it, down to a row; rows and columns count from 1."""

    top: int
    left: int
    bottom: int


class _Workbook:
    """A workbook that is read sheet by sheet."""

    def __init__(self, package: OfficePackage, main: str) -> None:
        self._package, self._main = package, main
        self._root = package.xml(main)
        settings = self._root.find(f"{_S}workbookPr")
        self._epoch_1904 = settings is not None and settings.get("date1904") in ("1", "true")
        self._formats = self._read_formats()
        self._strings = self._read_strings()
        self._uncomputed = 0
        self._rows_left_out = 0
        self._sheets = self._missing = self._embedded = 0

    def notices(self) -> tuple[DocumentNotice, ...]:
        """What could not be read."""
        own = []
        if self._missing:
            own.append(DocumentNotice("sheets_missing", {"missing": self._missing, "count": self._sheets}))
        if self._uncomputed:
            own.append(DocumentNotice("formulas_uncomputed", {"count": self._uncomputed}))
        if self._rows_left_out:
            read = {"read": MOST_ROWS, "count": MOST_ROWS + self._rows_left_out}
            own.append(DocumentNotice("rows_left_out", read))
        return (*self._package.notices, *own, *embedded_notices(self._embedded))

    def _read_formats(self) -> list[str]:
        """The format of each style of cells."""
        names = self._package.related(self._main, "styles")
        root = self._package.optional(names[0]) if names else None
        if root is None:
            return []
        own = {one.get("numFmtId"): one.get("formatCode", GENERAL) for one in root.iter(f"{_S}numFmt")}
        styles = root.find(f"{_S}cellXfs")
        numbers = [] if styles is None else [one.get("numFmtId", "0") for one in styles.iter(f"{_S}xf")]
        return [own.get(one) or BUILT_IN.get(whole_number(one, 0), GENERAL) for one in numbers]

    def _read_strings(self) -> list[str]:
        names = self._package.related(self._main, "sharedStrings")
        if not names:
            return []
        strings: list[str] = []
        try:
            for one in stream_elements(self._package.content(names[0]), f"{_S}si"):
                strings.append(_rich_text(one))
        except DocumentError as exc:
            if exc.key != "file_damaged":
                raise
            self._package.report_damage(_STRINGS)
        return strings

    def blocks(self) -> Iterator[Block]:
        """The rows of each sheet, then its comments and drawings.

        Raises:
            DocumentError: ``file_damaged`` if no sheet can be read.
        """
        targets = self._package.relationships(self._main)
        damage: DocumentError | None = None
        for sheet in self._root.iter(f"{_S}sheet"):
            self._sheets += 1
            target = targets.get(sheet.get(RELATION_ID, ""))
            heading = (" ".join(sheet.get("name", "").split()),)
            part = self._package.named(target.target) if target else ""
            if target and target.kind in _OTHER_SHEETS:
                yield from (Block(text, heading) for text in self._drawings(part))
                continue
            try:
                rows = self._rows(part)
            except DocumentError as exc:
                if exc.key != "file_damaged":
                    raise
                damage = exc
                self._missing += 1
                continue
            self._embedded += self._package.embedded(part)
            yield from (Block(row, heading, kind=BlockKind.TABLE_ROW) for row in named(rows) if row)
            yield from (Block(text, heading, kind=BlockKind.COMMENT) for text in self._comments(part))
            yield from (Block(text, heading) for text in self._drawings(part))
        if damage and self._missing == self._sheets:
            raise damage

    def _rows(self, part: str) -> list[list[str]]:
        """The cells of a sheet as texts, up to a damage; a cell that covers several rows counts in each.

        Raises:
            DocumentError: ``file_damaged`` if there is no row before the damage, ``document_bomb``.
        """
        if not part:
            raise DocumentError("file_damaged")
        rows: dict[int, dict[int, str]] = {}
        merges: list[_Merge] = []
        try:
            for element in stream_elements(self._package.content(part), f"{_S}row", f"{_S}mergeCell"):
                if element.tag == f"{_S}mergeCell":
                    merges += _merge(element.get("ref", ""))
                elif len(rows) < MOST_ROWS:
                    given = element.get("r", "")
                    number = int(given) if given.isdecimal() else max(rows, default=0) + 1
                    rows[number] = self._cells(element)
                else:
                    self._rows_left_out += 1
        except DocumentError as exc:
            if exc.key != "file_damaged" or not rows:
                raise
            self._package.report_damage(part)
        for merge in merges:
            _fill(rows, merge)
        return [_listed(rows[each]) for each in sorted(rows)]

    def _cells(self, row: etree._Element) -> dict[int, str]:
        """The texts of a row by column, from 1."""
        cells: dict[int, str] = {}
        column = 0
        for cell in row.iterchildren(_CELL):
            column = _column(cell.get("r", "")) or column + 1
            if column <= _MOST_COLUMNS and (text := self._text(cell)):
                cells[column] = text
        return cells

    def _text(self, cell: etree._Element) -> str:
        kind = cell.get("t", "n")
        value, formula = "", None
        for child in cell:
            if child.tag == _VALUE:
                value = child.text or ""
            elif child.tag == _FORMULA:
                formula = child
        if kind == "inlineStr":
            inline = cell.find(f"{_S}is")
            return "" if inline is None else _rich_text(inline)
        if not value:
            if formula is None or kind == "str":
                return ""
            self._uncomputed += 1
            return f"={formula.text or ''} (not computed)"
        if kind == "n":
            return self._number(value, cell.get("s", ""))
        if kind == "s":
            return self._string(value)
        if kind == "b":
            return "TRUE" if value.strip() in ("1", "true") else "FALSE"
        return _unescaped(value)

    def _string(self, place: str) -> str:
        """One of the texts that are stored beside the sheets; what is missing there is told."""
        if place.isdecimal() and int(place) < len(self._strings):
            return self._strings[int(place)]
        self._package.report_damage(_STRINGS)
        return ""

    def _number(self, value: str, style: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not math.isfinite(number):
            return value
        place = whole_number(style, 0)
        code = self._formats[place] if place < len(self._formats) else GENERAL
        return shown(number, code, epoch_1904=self._epoch_1904)

    def _comments(self, part: str) -> Iterator[str]:
        for name in self._package.related(part, "comments"):
            root = self._package.optional(name)
            if root is None:
                continue
            authors = [one.text or "" for one in root.iter(f"{_S}author")]
            for comment in root.iter(f"{_S}comment"):
                place = comment.get("authorId", "")
                author = authors[int(place)] if place.isdecimal() and int(place) < len(authors) else ""
                body = comment.find(f"{_S}text")
                text = " ".join(_THREAD.sub("", "" if body is None else _rich_text(body)).split())
                if author.startswith("tc="):  # the id of a conversation
                    author = ""
                if text:
                    yield comment_text(text.removeprefix(f"{author}: "), author, comment.get("ref", ""))

    def _drawings(self, part: str) -> Iterator[str]:
        """The texts of shapes and charts on a sheet."""
        for name in self._package.related(part, "drawing"):
            root = self._package.optional(name)
            if root is None:
                continue
            for element in root.iter(f"{_A}p", CHART):
                text = (
                    drawn_text(element)
                    if element.tag != CHART
                    else drawing_text(self._package, name, element)
                )
                if text:
                    yield text


def _rich_text(element: etree._Element) -> str:
    """A text in runs, without its pronunciation."""
    pieces = []
    for text in element.iter(f"{_S}t"):
        parent = text.getparent()
        if parent is None or parent.tag != f"{_S}rPh":
            pieces.append(text.text or "")
    return _unescaped("".join(pieces))


def _unescaped(text: str) -> str:
    """A text with the characters that ``_x000D_`` and the like stand for."""
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) if "_x" in text else text


@cache
def _letters(column: str) -> int:
    """The number of a column named by letters."""
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _column(reference: str) -> int:
    """The number of the column in ``AB12``; 0 if there is none."""
    return _letters(reference.rstrip("0123456789")) if reference[:1].isalpha() else 0


def _merge(reference: str) -> list[_Merge]:
    """The merged cells of ``A1:B2``."""
    area = _AREA.fullmatch(reference)
    return [_Merge(int(area["top"]), _letters(area["left"]), int(area["bottom"]))] if area else []


def _fill(rows: dict[int, dict[int, str]], merge: _Merge) -> None:
    """Repeat the text of a cell in the rows that it covers."""
    text = rows.get(merge.top, {}).get(merge.left)
    if text is None or merge.bottom - merge.top > MOST_ROWS:
        return
    for number in range(merge.top + 1, merge.bottom + 1):
        if row := rows.get(number):
            row.setdefault(merge.left, text[:LONGEST_REPEATED])


def _listed(cells: dict[int, str]) -> list[str]:
    last = max(cells, default=0)
    return [cells.get(column, "") for column in range(1, last + 1)]
