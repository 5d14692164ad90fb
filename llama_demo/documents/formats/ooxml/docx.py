"""Word documents (.docx): all that the page shows, in its order.

Tracked insertions are text and deletions are not. Content controls, text boxes, tables in tables, notes,
headers, SmartArt and charts are read where they are anchored; comments are said to be comments.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from llama_demo.documents.document import (
    UNREADABLE,
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    Outline,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.ooxml.drawings import drawing_text
from llama_demo.documents.formats.ooxml.package import OfficePackage
from llama_demo.documents.formats.ooxml.word_numbering import WordNumbering
from llama_demo.documents.formats.ooxml.word_passages import RewritableWord
from llama_demo.documents.formats.ooxml.word_styles import WordStyles
from llama_demo.documents.formats.ooxml.word_text import (
    CHOICES,
    DELETED,
    ParagraphContent,
    chosen,
    content_of,
    tidied,
)
from llama_demo.documents.formats.ooxml.word_xml import W, value
from llama_demo.documents.list_numbers import list_number
from llama_demo.documents.rows import LONGEST_REPEATED, joined, named

_WRAPPERS = frozenset(f"{W}{name}" for name in "sdt sdtContent customXml ins moveTo smartTag body".split())
_NOTES = {f"{W}footnoteReference": "footnotes", f"{W}endnoteReference": "endnotes"}
_NOTE_NUMBERS = {f"{W}footnoteReference": "decimal", f"{W}endnoteReference": "lowerRoman"}
_UNREAD = "{urn:schemas-microsoft-com:office:office}OLEObject"
_LONGEST_JOINED = 100_000
"""Characters of a paragraph that deleted ends of paragraphs can make."""
_IN_A_CELL = (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM, BlockKind.HEADING)


def read(data: bytes, suffix: str) -> Document:
    """Read a .docx file.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``file_macros``, ``document_bomb``.
    """
    del suffix
    package = OfficePackage(data)
    parts = WordParts(package, package.main("word/document.xml"))
    reading = _Reading(package, parts)
    blocks = tuple(reading.blocks())
    first = blocks[0] if blocks else None
    heading = first.text if first and first.kind is BlockKind.HEADING else ""
    return Document(
        package.title or heading,
        blocks,
        reading.notices(),
        rewritable=lambda: RewritableWord(package, parts.written),
    )


@dataclass(frozen=True)
class WordParts:
    """The parts of a document by what they hold."""

    package: OfficePackage
    main: str

    def of(self, kind: str) -> list[str]:
        """The parts of a kind, such as ``header``, that can be read."""
        return [
            name for name in self.package.related(self.main, kind) if self.package.optional(name) is not None
        ]

    @cached_property
    def written(self) -> list[str]:
        """The parts with passages to translate, in order."""
        kinds = ("header", "footer", "footnotes", "endnotes")
        return [self.main, *itertools.chain.from_iterable(map(self.of, kinds))]

    def elements(self, kind: str, tag: str) -> dict[str, etree._Element]:
        """The notes or comments of a part, by id."""
        roots = (self.package.optional(name) for name in self.of(kind))
        return {
            element.get(f"{W}id", ""): element
            for root in roots
            if root is not None
            for element in root.iter(f"{W}{tag}")
        }


class _Reading:
    """A document that is read from top to bottom."""

    def __init__(self, package: OfficePackage, parts: WordParts) -> None:
        self._package, self._parts = package, parts
        self._root = package.xml(parts.main)
        self._part = parts.main
        self._styles = WordStyles(_first(package, parts.of("styles")))
        self._numbering = WordNumbering(_first(package, parts.of("numbering")))
        self._notes = {
            "footnotes": parts.elements("footnotes", "footnote"),
            "endnotes": parts.elements("endnotes", "endnote"),
        }
        self._comments = parts.elements("comments", "comment")
        self._note_numbers = _note_numbers(self._root)
        self._outline = Outline()
        self._carried = ""
        self._embedded = self._unreadable = self._hidden = 0

    def blocks(self) -> Iterator[Block]:
        """The text, then what stands at the top and the bottom of the pages."""
        body = self._root.find(f"{W}body")
        yield from self._blocks(() if body is None else body)
        said: set[str] = set()
        for name in (*self._parts.of("header"), *self._parts.of("footer")):
            self._part = name
            for block in self._blocks(self._package.xml(name), is_free=False):
                if block.text not in said and any(map(str.isalpha, block.text)):
                    said.add(block.text)
                    yield Block(block.text, kind=BlockKind.HEADER)

    def notices(self) -> tuple[DocumentNotice, ...]:
        """What was not read."""
        found = [*self._package.notices]
        if self._unreadable:
            found.append(DocumentNotice("characters_unreadable", {"count": self._unreadable}))
        if self._hidden:
            found.append(DocumentNotice("hidden_left_out", {"count": self._hidden}))
        return (*found, *embedded_notices(self._embedded))

    def _blocks(self, container: Iterable[etree._Element], *, is_free: bool = True) -> Iterator[Block]:
        """The blocks of what stands in a container.

        Args:
            is_free: whether headings in it head what follows; they do not in a cell or a box.
        """
        outside, self._carried = self._carried, ""
        yield from self._wrapped(container, is_free=is_free)
        yield from self._left_over()
        self._carried = outside

    def _wrapped(self, wrapper: Iterable[etree._Element], *, is_free: bool) -> Iterator[Block]:
        """The blocks of a part of a container; a paragraph without an end goes on behind it."""
        for element in wrapper:
            if element.tag == f"{W}p":
                yield from self._paragraph(element, is_free=is_free)
            elif element.tag == f"{W}tbl":
                yield from self._left_over()
                yield from self._table(element, is_free=is_free)
            elif element.tag in _WRAPPERS:
                yield from self._wrapped(element, is_free=is_free)
            elif element.tag == CHOICES:
                for one in chosen(element):
                    yield from self._wrapped(one, is_free=is_free)
            elif element.tag == f"{W}altChunk":
                self._embedded += 1

    def _left_over(self) -> Iterator[Block]:
        """The text of a paragraph whose end was deleted, where no other paragraph follows."""
        text, self._carried = tidied(self._carried), ""
        if text:
            yield Block(text, self._outline.path)

    def _paragraph(self, paragraph: etree._Element, *, is_free: bool) -> Iterator[Block]:
        content = content_of(paragraph, self._note_numbers)
        self._unreadable += content.text.count(UNREADABLE)
        self._hidden += content.is_partly_hidden
        text, self._carried = self._carried + content.text, ""
        if _is_joined_to_next(paragraph) and len(text) < _LONGEST_JOINED:
            self._carried = text
            yield from self._anchored(content)
            return
        look = self._styles.look(paragraph)
        number = self._numbering.next(look)
        if text := tidied(text):
            shown = f"{number} {text}" if number else text
            kind = BlockKind.PARAGRAPH
            if look.heading:
                kind = BlockKind.HEADING
                if is_free:
                    self._outline.enter(look.heading, shown)
            elif self._numbering.is_listed(look):
                kind = BlockKind.LIST_ITEM
            yield Block(shown, self._outline.path, kind=kind)
        yield from self._anchored(content)

    def _anchored(self, content: ParagraphContent) -> Iterator[Block]:
        """What stands beside or below a paragraph."""
        for anchor in content.anchors:
            if anchor.tag == f"{W}txbxContent":
                yield from self._blocks(anchor, is_free=False)
            elif anchor.tag in _NOTES:
                yield from self._note(anchor)
            elif anchor.tag == f"{W}commentReference":
                yield from self._comment(anchor)
            elif anchor.tag == _UNREAD:
                self._embedded += 1
            elif text := drawing_text(self._package, self._part, anchor):
                yield Block(text, self._outline.path)

    def _note(self, anchor: etree._Element) -> Iterator[Block]:
        note = self._notes[_NOTES[anchor.tag]].pop(anchor.get(f"{W}id", ""), None)
        number = self._note_numbers.get(anchor, "")
        if note is not None and (text := self._lines(note)):
            yield Block(f"[{number}] {text}" if number else text, self._outline.path, kind=BlockKind.NOTE)

    def _comment(self, anchor: etree._Element) -> Iterator[Block]:
        comment = self._comments.pop(anchor.get(f"{W}id", ""), None)
        if comment is not None and (text := self._lines(comment)):
            said = comment_text(text, comment.get(f"{W}author", ""))
            yield Block(said, self._outline.path, kind=BlockKind.COMMENT)

    def _lines(self, container: etree._Element) -> str:
        return "\n".join(block.text for block in self._blocks(container, is_free=False))

    def _table(self, table: etree._Element, *, is_free: bool) -> Iterator[Block]:
        rows = [row for row in _rows(table) if row.find(f"{W}trPr/{W}del") is None]
        if all(len(_cells(row)) == 1 for row in rows):  # a frame around text
            for row in rows:
                yield from self._blocks(_cells(row)[0], is_free=is_free)
            return
        path = self._outline.path
        above: dict[int, str] = {}
        texts, beside = [], []
        for row in rows:
            cells, others = self._row(row, above)
            texts.append(cells)
            beside.append(others)
        has_heads = len(rows) > 1 and _has_heads(table)
        lines = named(texts) if has_heads else filter(None, map(joined, texts))
        for cells, others in zip(texts, beside, strict=True):
            if any(map(str.strip, cells)):
                yield Block(next(lines), path, kind=BlockKind.TABLE_ROW)
            yield from others

    def _row(self, row: etree._Element, above: dict[int, str]) -> tuple[list[str], list[Block]]:
        """The texts of the cells by column, and what else is in them; a merged cell counts in each row."""
        texts: list[str] = []
        others: list[Block] = []
        for cell in _cells(row):
            properties = cell.find(f"{W}tcPr")
            merged = None if properties is None else properties.find(f"{W}vMerge")
            found = list(self._blocks(cell, is_free=False))
            text = " ".join(block.text for block in found if block.kind in _IN_A_CELL)
            others += [block for block in found if block.kind not in _IN_A_CELL]
            if merged is not None and merged.get(f"{W}val") != "restart":
                text = above.get(len(texts), "")[:LONGEST_REPEATED]
            else:
                above[len(texts)] = text if merged is not None else ""
            span = value(properties, "gridSpan")
            texts += [text] + [""] * (min(int(span), 100) - 1 if span.isdecimal() else 0)
        return texts, others


def _first(package: OfficePackage, names: list[str]) -> etree._Element | None:
    return package.optional(names[0]) if names else None


def _note_numbers(root: etree._Element) -> dict[etree._Element, str]:
    """The numbers of the references to notes, in the order of the text."""
    counts = dict.fromkeys(_NOTES, 0)
    numbers = {}
    for reference in root.iter(*_NOTES):
        if any(above.tag in DELETED for above in reference.iterancestors()):
            continue
        if reference.get(f"{W}customMarkFollows") not in ("1", "true", "on"):
            counts[reference.tag] += 1
            numbers[reference] = list_number(_NOTE_NUMBERS[reference.tag], counts[reference.tag])
    return numbers


def _is_joined_to_next(paragraph: etree._Element) -> bool:
    """Whether the end of a paragraph was deleted: its text goes on in the next one."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    return mark is not None and any(mark.find(tag) is not None for tag in DELETED)


def _rows(table: etree._Element) -> list[etree._Element]:
    return list(_through(table, f"{W}tr"))


def _cells(row: etree._Element) -> list[etree._Element]:
    return list(_through(row, f"{W}tc"))


def _through(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """The children of a tag, those in content controls and insertions too."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _through(child, tag)


def _has_heads(table: etree._Element) -> bool:
    """Whether the first row is marked as the head of the columns, or looks so."""
    rows = _rows(table)
    if rows[0].find(f"{W}trPr/{W}tblHeader") is not None:
        return True
    look = table.find(f"{W}tblPr/{W}tblLook")
    return len(rows) > 2 and look is not None and look.get(f"{W}firstRow", "1") != "0"
