"""OpenDocument: texts (.odt), sheets (.ods) and slides (.odp) of LibreOffice and others.

Deleted text of tracked changes is not read. Notes stand below the paragraph that refers to them, comments are
said to be comments, cells are read as the sheet shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from lxml import etree

from llama_demo.documents.archive import Archive, open_package
from llama_demo.documents.document import (
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    Outline,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.opendocument.forms import field_texts
from llama_demo.documents.formats.opendocument.hidden import empty_hidden
from llama_demo.documents.formats.opendocument.numbering import OdfNumbering
from llama_demo.documents.formats.opendocument.paragraph import (
    DRAW,
    OFFICE,
    STYLE,
    TABLE,
    TEXT,
    OdfParagraph,
    note_parts,
    paragraph_of,
)
from llama_demo.documents.rows import MOST_ROWS, joined, named
from llama_demo.documents.safe_xml import parse_xml, whole_number
from llama_demo.errors import DocumentError

_MANIFEST = "META-INF/manifest.xml"
_PRESENTATION = "{urn:oasis:names:tc:opendocument:xmlns:presentation:1.0}"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_AUTHOR = "{http://purl.org/dc/elements/1.1/}creator"
_VALUES = ("value", "string-value", "date-value", "time-value", "boolean-value")
"""Attributes that hold a value, which some programs do not write as text too."""
_MOST_REPEATED = 1_024
"""Columns in which a cell is repeated."""
_MOST_ASKED = 2**20
"""Rows of the largest sheet."""
_MACROS = ("basic/", "scripts/")
_INDEXES = ("script-lb.xml", "dialog-lb.xml", "script-lc.xml", "dialog-lc.xml")
"""Lists of macros, which are written even if there is none."""
_HEADERS = tuple(
    f"{STYLE}{name}{pages}" for name in ("header", "footer") for pages in ("", "-left", "-first")
)
_ASIDES = frozenset(
    (
        f"{OFFICE}annotation",
        f"{_PRESENTATION}notes",
        f"{DRAW}control",
        f"{DRAW}object",
        f"{DRAW}object-ole",
    )
)
_UNREAD = frozenset(
    (f"{TEXT}tracked-changes", f"{OFFICE}forms", f"{TEXT}sequence-decls", f"{TEXT}variable-decls")
)


def read(data: bytes, suffix: str) -> Document:
    """Read .odt, .ods or .odp.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``file_macros``, ``document_bomb``.
    """
    del suffix
    package = _Package(data)
    body = package.content.find(f"{OFFICE}body")
    if body is None:
        raise DocumentError("file_damaged")
    reading = _Reading(package)
    blocks = tuple(reading.body(body))
    return Document(package.title, blocks, reading.notices())


class _Package:
    """The parts of a document.

    Raises:
        DocumentError: ``file_locked``, ``file_macros``, ``file_damaged``, ``document_bomb``.
    """

    def __init__(self, data: bytes) -> None:
        self._archive: Archive = open_package(data)
        self.damaged: list[str] = []
        if any(_is_macro(name.lower()) for name in self._archive.names):
            raise DocumentError("file_macros")
        if _MANIFEST in self._archive.names and b"encryption-data" in self._archive.read(_MANIFEST):
            raise DocumentError("file_locked")
        self.content = parse_xml(self._archive.read("content.xml"))

    @cached_property
    def styles(self) -> etree._Element | None:
        """The part with styles, headers and footers; None if it is missing or damaged."""
        return self._optional("styles.xml")

    @property
    def title(self) -> str:
        """As the properties give it."""
        properties = self._optional("meta.xml")
        title = None if properties is None else properties.find(f".//{_TITLE}")
        return "" if title is None else " ".join((title.text or "").split())

    def _optional(self, name: str) -> etree._Element | None:
        if name not in self._archive.names:
            return None
        try:
            return parse_xml(self._archive.read(name))
        except DocumentError as exc:
            if exc.key != "file_damaged":
                raise
            self.damaged.append(name)
            return None


def _is_macro(name: str) -> bool:
    return name.startswith(_MACROS) and not name.endswith(("/", *_INDEXES))


class _Reading:
    """A document that is read from top to bottom."""

    def __init__(self, package: _Package) -> None:
        self._package = package
        self._outline = Outline()
        self._page: int | None = None
        self._embedded = 0
        self._uncomputed = 0
        self._rows_left_out = 0
        self._numbering = OdfNumbering([package.styles, package.content])
        self._fields = field_texts(package.content)
        self._hidden = empty_hidden(package.content, [package.styles, package.content])

    def notices(self) -> tuple[DocumentNotice, ...]:
        """What could not be read."""
        own = []
        if self._package.damaged:
            own.append(DocumentNotice("parts_damaged", {"parts": ", ".join(self._package.damaged)}))
        if self._hidden:
            own.append(DocumentNotice("hidden_left_out", {"count": self._hidden}))
        if self._uncomputed:
            own.append(DocumentNotice("formulas_uncomputed", {"count": self._uncomputed}))
        if self._rows_left_out:
            read = {"read": MOST_ROWS, "count": MOST_ROWS + self._rows_left_out}
            own.append(DocumentNotice("rows_left_out", read))
        return (*own, *embedded_notices(self._embedded))

    def body(self, body: etree._Element) -> Iterator[Block]:
        """The text, the sheets or the slides, then headers and footers."""
        for kind in body:
            if kind.tag == f"{OFFICE}spreadsheet":
                yield from self._sheets(kind)
            elif kind.tag in (f"{OFFICE}presentation", f"{OFFICE}drawing"):
                yield from self._slides(kind)
            else:
                yield from self._blocks(kind)
                yield from self._headers()

    def _headers(self) -> Iterator[Block]:
        styles = self._package.styles
        said: set[str] = set()
        for part in () if styles is None else styles.iter(*_HEADERS):
            for block in self._blocks(part, is_free=False):
                if block.text not in said and any(map(str.isalpha, block.text)):
                    said.add(block.text)
                    yield Block(block.text, kind=BlockKind.HEADER)

    def _sheets(self, book: etree._Element) -> Iterator[Block]:
        for table in book.iterchildren(f"{TABLE}table"):
            self._outline = Outline()
            self._outline.enter(1, table.get(f"{TABLE}name", ""))
            yield from self._table(table, is_sheet=True)
            for shapes in table.iterchildren(f"{TABLE}shapes"):
                yield from self._blocks(shapes, is_free=False)

    def _slides(self, show: etree._Element) -> Iterator[Block]:
        for number, page in enumerate(show.iterchildren(f"{DRAW}page"), 1):
            self._page = number
            self._outline = Outline()
            title = next((one for one in page if one.get(f"{_PRESENTATION}class") == "title"), None)
            if title is not None and (text := " ".join(block.text for block in self._blocks([title]))):
                self._outline.enter(1, text)
                yield self._block(" ".join(text.split()), BlockKind.HEADING)
            yield from self._blocks(one for one in page if one is not title)

    def _blocks(
        self, container: Iterable[etree._Element], *, is_free: bool = True, lists: tuple[str, ...] = ()
    ) -> Iterator[Block]:
        """The blocks of what stands in a container.

        Args:
            is_free: whether headings in it head what follows.
            lists: the styles of the lists that are open, the outermost first.
        """
        for element in container:
            if element.tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph(element, is_free=is_free)
            elif element.tag == f"{TEXT}list":
                yield from self._list(element, lists)
            elif element.tag == f"{TABLE}table":
                yield from self._table(element)
            elif element.tag in _ASIDES:
                yield from self._aside(element)
            elif isinstance(element.tag, str) and element.tag not in _UNREAD:
                yield from self._blocks(element, is_free=is_free, lists=lists)

    def _aside(self, element: etree._Element) -> Iterator[Block]:
        """What stands beside the text: comments, notes of a speaker, fields of forms, objects."""
        if element.tag == f"{OFFICE}annotation":
            yield from self._comment(element)
        elif element.tag == f"{_PRESENTATION}notes":
            for block in self._blocks(element, is_free=False):
                yield self._block(block.text, BlockKind.NOTE)
        elif element.tag == f"{DRAW}control":
            if text := self._fields.get(element.get(f"{DRAW}control", "")):
                yield self._block(text, BlockKind.FIELD)
        else:
            self._embedded += 1

    def _paragraph(
        self, element: etree._Element, *, is_free: bool = True, number: str = "", listed: bool = False
    ) -> Iterator[Block]:
        paragraph = paragraph_of(element)
        kind = BlockKind.LIST_ITEM if listed else BlockKind.PARAGRAPH
        level = element.get(f"{TEXT}outline-level", "1")
        if element.tag == f"{TEXT}h":
            number = number or self._numbering.next("", whole_number(level, 1) - 1)
            kind = BlockKind.HEADING
        if text := paragraph.text:
            shown = f"{number} {text}" if number else text
            if kind is BlockKind.HEADING and is_free:
                self._outline.enter(whole_number(level, 1), shown)
            yield self._block(shown, kind)
        yield from self._anchored(paragraph)

    def _anchored(self, paragraph: OdfParagraph) -> Iterator[Block]:
        for anchor in paragraph.anchors:
            if anchor.tag == f"{TEXT}note":
                citation, body = note_parts(anchor)
                text = "\n".join(block.text for block in self._blocks(body, is_free=False))
                if text:
                    yield self._block(f"[{citation}] {text}" if citation else text, BlockKind.NOTE)
            else:
                yield from self._blocks([anchor], is_free=False)

    def _comment(self, comment: etree._Element) -> Iterator[Block]:
        author = " ".join((comment.findtext(_AUTHOR) or "").split())
        if text := " ".join(block.text for block in self._blocks(comment, is_free=False)):
            yield self._block(comment_text(text, author), BlockKind.COMMENT)

    def _list(self, element: etree._Element, lists: tuple[str, ...]) -> Iterator[Block]:
        style = element.get(f"{TEXT}style-name", "") or (lists[0] if lists else "")
        depth = len(lists)
        if (
            not lists
            and element.get(f"{TEXT}continue-numbering") != "true"
            and not element.get(f"{TEXT}continue-list")
        ):
            self._numbering.restart(style)
        for item in element:
            number = ""
            if item.tag == f"{TEXT}list-item":
                number = self._numbering.next(style, depth, item.get(f"{TEXT}start-value", ""))
            for child in item:
                if child.tag == f"{TEXT}list":
                    yield from self._list(child, (*lists, style))
                elif child.tag in (f"{TEXT}p", f"{TEXT}h"):
                    yield from self._paragraph(child, number=number, listed=True)
                    number = ""
                else:
                    yield from self._blocks([child], lists=lists)

    def _table(self, table: etree._Element, *, is_sheet: bool = False) -> Iterator[Block]:
        rows: list[list[str]] = []
        beside: list[list[Block]] = []
        has_heads = is_sheet or next(table.iter(f"{TABLE}table-header-rows"), None) is not None
        for row in _rows(table):
            cells, others = self._row(row)
            asked = _repeated(row, f"{TABLE}number-rows-repeated", _MOST_ASKED) if any(cells) else 1
            kept = min(asked, MOST_ROWS - len(rows))
            self._rows_left_out += asked - kept if any(cells) else 0
            for _ in range(kept):
                rows.append(cells)
                beside.append(others)
                others = []
        path = self._outline.path
        if has_heads:
            filled = [row for row in rows if any(row)]
            yield from (self._block(line, BlockKind.TABLE_ROW) for line in named(filled) if line)
            yield from (block for others in beside for block in others)
            return
        for cells, others in zip(rows, beside, strict=True):
            if line := joined(cells):
                yield Block(line, path, self._page, BlockKind.TABLE_ROW)
            yield from others

    def _row(self, row: etree._Element) -> tuple[list[str], list[Block]]:
        """The texts of the cells by column, and what else is in them."""
        texts: list[str] = []
        others: list[Block] = []
        for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
            found = list(self._blocks(cell, is_free=False))
            inner = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING)
            text = " ".join(block.text for block in found if block.kind in inner)
            others += [block for block in found if block.kind not in inner]
            if not text and cell.get(f"{TABLE}formula") and cell.get(f"{OFFICE}value-type") is None:
                self._uncomputed += 1
                text = f"={cell.get(f'{TABLE}formula', '').partition('=')[2]} (not computed)"
            text = text or next(filter(None, (cell.get(f"{OFFICE}{name}") for name in _VALUES)), "")
            texts += [text] * _repeated(cell, f"{TABLE}number-columns-repeated", _MOST_REPEATED)
        while texts and not texts[-1]:
            texts.pop()
        return texts, others

    def _block(self, text: str, kind: BlockKind) -> Block:
        return Block(text, self._outline.path, self._page, kind)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    """The rows, those of groups and of heads too, in order."""
    for child in table:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in (
            f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group")
        ):
            yield from _rows(child)


def _repeated(element: etree._Element, name: str, most: int) -> int:
    return min(whole_number(element.get(name, ""), 1), most)
