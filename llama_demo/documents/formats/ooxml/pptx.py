"""PowerPoint slides (.pptx): each with its title as heading and its number as page, notes included.

Shapes are read in the order in which they are drawn, those within groups too; tables row by row; SmartArt and
charts by their texts. Comments are said to be comments.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from llama_demo.documents.document import (
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.ooxml.drawings import CHART, DIAGRAM, drawing_text, drawn_text
from llama_demo.documents.formats.ooxml.package import RELATION_ID, OfficePackage
from llama_demo.documents.list_numbers import letters, list_number, roman
from llama_demo.documents.rows import joined, named
from llama_demo.documents.safe_xml import whole_number
from llama_demo.errors import DocumentError

_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TITLES = ("title", "ctrTitle")
_REPEATED = ("dt", "ftr", "sldNum", "hdr")
"""Placeholders of what stands on every slide."""


def read(data: bytes, suffix: str) -> Document:
    """Read a .pptx file.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``file_macros``, ``document_bomb``.
    """
    del suffix
    package = OfficePackage(data)
    main = package.main("ppt/presentation.xml")
    slides = _slides(package, main)
    blocks: list[Block] = []
    missing = embedded = 0
    for number, part in enumerate(slides, 1):
        root = package.optional(part)
        missing += root is None
        if root is not None:
            blocks += _Slide(package, part, root, number).blocks()
            embedded += package.embedded(part)
    if slides and missing == len(slides):
        raise DocumentError("file_damaged")
    lost = (DocumentNotice("slides_missing", {"missing": missing, "count": len(slides)}),) if missing else ()
    title = package.title
    return Document(
        "" if title == "PowerPoint Presentation" else title,
        tuple(blocks),
        (*package.notices, *lost, *embedded_notices(embedded)),
    )


def _slides(package: OfficePackage, main: str) -> list[str]:
    """The names of the slides in their order."""
    targets = package.relationships(main)
    listed = (targets.get(one.get(RELATION_ID, "")) for one in package.xml(main).iter(f"{_P}sldId"))
    return [one.target for one in listed if one is not None]


class _Slide:
    """A slide that is read from the first shape to the last."""

    def __init__(self, package: OfficePackage, part: str, root: etree._Element, number: int) -> None:
        self._package, self._part, self._root, self._number = package, part, root, number
        self._headings: tuple[str, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """The title, the shapes, the notes and the comments."""
        shapes = list(_shapes(self._root))
        titles = [shape for shape in shapes if _placeholder(shape) in _TITLES]
        title = " ".join(" ".join(_paragraphs(shape)) for shape in titles[:1])
        if title := " ".join(title.split()):
            self._headings = (title,)
            yield self._block(title, BlockKind.HEADING)
        for shape in shapes:
            if shape not in titles[:1]:
                yield from self._shape(shape)
        for part in self._package.related(self._part, "notesSlide"):
            yield from self._notes(part)
        for part in self._package.related(self._part, "comments"):
            yield from self._comments(part)

    def _shape(self, shape: etree._Element) -> Iterator[Block]:
        if _placeholder(shape) in _REPEATED:
            return
        if shape.tag == f"{_P}graphicFrame":
            yield from self._frame(shape)
        elif text := "\n".join(_paragraphs(shape)):
            yield self._block(text)

    def _frame(self, frame: etree._Element) -> Iterator[Block]:
        for table in frame.iter(f"{_A}tbl"):
            rows = [_cells(row) for row in table.iter(f"{_A}tr")]
            properties = table.find(f"{_A}tblPr")
            has_heads = properties is not None and properties.get("firstRow") == "1" and len(rows) > 1
            for line in named(rows) if has_heads else map(joined, rows):
                if line:
                    yield self._block(line, BlockKind.TABLE_ROW)
        for anchor in frame.iter(DIAGRAM, CHART):
            if text := drawing_text(self._package, self._part, anchor):
                yield self._block(text)

    def _notes(self, part: str) -> Iterator[Block]:
        root = self._package.optional(part)
        for shape in () if root is None else _shapes(root):
            if _placeholder(shape) not in (*_REPEATED, "sldImg") and (text := "\n".join(_paragraphs(shape))):
                yield self._block(text, BlockKind.NOTE)

    def _comments(self, part: str) -> Iterator[Block]:
        root = self._package.optional(part)
        for comment in () if root is None else root:
            texts = [one.text or "" for one in comment.iter(f"{_P}text")]
            texts += [drawn_text(one) for one in comment.iter(f"{_A}p")]  # as of 2021
            if text := " ".join(" ".join(texts).split()):
                yield self._block(comment_text(text), BlockKind.COMMENT)

    def _block(self, text: str, kind: BlockKind = BlockKind.PARAGRAPH) -> Block:
        return Block(text, self._headings, self._number, kind)


def _shapes(root: etree._Element) -> Iterator[etree._Element]:
    """The shapes in the order in which they are drawn, of groups those within."""
    tree = root.find(f"{_P}cSld/{_P}spTree")
    stack = [] if tree is None else list(reversed(tree))
    while stack:
        element = stack.pop()
        if element.tag == f"{_MC}AlternateContent":
            stack += list(element)[:1]
        elif element.tag in (f"{_P}grpSp", f"{_MC}Choice", f"{_MC}Fallback"):
            stack += reversed(element)
        elif element.tag in (f"{_P}sp", f"{_P}graphicFrame", f"{_P}cxnSp", f"{_P}pic"):
            yield element


def _placeholder(shape: etree._Element) -> str:
    """What a shape is a place for; empty if it is none."""
    mark = next(shape.iter(f"{_P}ph"), None)
    return "" if mark is None else mark.get("type", "body")


def _paragraphs(shape: etree._Element) -> Iterator[str]:
    """The paragraphs of a shape that say something, with the numbers of their lists."""
    counts: dict[int, int] = {}
    for paragraph in shape.iter(f"{_A}p"):
        text = drawn_text(paragraph)
        properties = paragraph.find(f"{_A}pPr")
        level = 0 if properties is None else whole_number(properties.get("lvl", ""), 0)
        counts = {each: count for each, count in counts.items() if each <= level}
        numbered = None if properties is None else properties.find(f"{_A}buAutoNum")
        if numbered is None or not text:
            counts.pop(level, None)
        else:
            first = whole_number(numbered.get("startAt", ""), 1)
            counts[level] = counts[level] + 1 if level in counts else first
            text = f"{_numeral(numbered.get('type', ''), counts[level])} {text}"
        if text:
            yield text


def _numeral(style: str, number: int) -> str:
    """A number in a style such as ``alphaLcParenR``."""
    if style.startswith("alpha"):
        text = letters(number)
    elif style.startswith("roman"):
        text = roman(number)
    elif style.startswith("ea1"):
        text = list_number("chineseCounting", number)
    else:
        text = str(number)
    text = text.upper() if "Uc" in style else text
    if style.endswith("ParenBoth"):
        return f"({text})"
    return text + (")" if style.endswith("ParenR") else "." if style.endswith("Period") else "")


def _cells(row: etree._Element) -> list[str]:
    """The texts of a row; cells that another one covers are empty."""
    return [
        " ".join(filter(None, map(drawn_text, cell.iter(f"{_A}p"))))
        if cell.get("hMerge") not in ("1", "true") and cell.get("vMerge") not in ("1", "true")
        else ""
        for cell in row.iter(f"{_A}tc")
    ]
