"""Markdown (.md): headings, paragraphs, items, cells and code; signs of markup are not read.

Written again, headings, lists, tables, links, emphasis and code stay what they are. A paragraph is one
segment, whatever lines it is wrapped into, and comes back as one line, which means the same. Read and not
translated: code, front matter, blocks of HTML, the text that stands for an image.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

import regex

from llama_demo.documents.document import (
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    Outline,
    merged_notices,
)
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.html.reader import read_text as read_html
from llama_demo.documents.formats.markdown.inline import definitions, has_signs, marked, spelled
from llama_demo.documents.formats.markdown.syntax import Element, Role, elements, trailing
from llama_demo.documents.rows import named
from llama_demo.documents.segments import SegmentTranslation, has_words
from llama_demo.documents.skeleton import SegmentSlot, Skeleton, line_end
from llama_demo.errors import DemoError

_FRONT_TITLE = regex.compile(r"^title\s*[:=]\s*[\"']?(.+?)[\"']?\s*$", regex.MULTILINE)
_SIGNS = regex.compile(r"[\\\\`*_\[\]<>#|~]")
_BLANKS = regex.compile(r"[ \t]{2,}|\t")
_KINDS = {Role.HEADING: BlockKind.HEADING, Role.ITEM: BlockKind.LIST_ITEM, Role.NOTE: BlockKind.NOTE}


def read(data: bytes, suffix: str) -> Document:
    """Read a Markdown file; its title is in the front matter or the first heading of level 1.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    parsed = list(elements(decoded.text))
    known = definitions(decoded.text)
    reading = MarkdownReading()
    blocks = tuple(reading.blocks(parsed, known))
    return Document(
        _title(parsed, known),
        blocks,
        damage_notices(decoded) + merged_notices(reading.notices),
        rewritable=lambda: Skeleton.of(decoded, _parts(parsed, known), partial(_noted, parsed)),
    )


def _noted(parsed: Sequence[Element], text: str, note: str) -> str:
    """The text with a note as a quotation behind its front matter."""
    has_front = bool(parsed) and parsed[0].role is Role.FRONT_MATTER
    front, end = parsed[0].source if has_front else "", line_end(text)
    quoted = _SIGNS.sub(r"\\\g<0>", note)
    return f"{front}{end if front else ''}> {quoted}{end}{end}{text[len(front) :]}"


def _title(parsed: Sequence[Element], known: frozenset[str]) -> str:
    front = parsed[0].text if parsed and parsed[0].role is Role.FRONT_MATTER else ""
    if named_title := _FRONT_TITLE.search(front):
        return str(named_title[1])
    first = next((each for each in parsed if each.role is Role.HEADING and each.level == 1), None)
    return " ".join(marked(first.text, known).shown.split()) if first else ""


class MarkdownReading:
    """Blocks of one text, or of several that follow each other, under their headings.

    Attributes:
        notices: what pieces of HTML could not give.
    """

    def __init__(self) -> None:
        self.outline = Outline()
        self.notices: list[DocumentNotice] = []

    def blocks(self, parsed: Iterable[Element], known: frozenset[str]) -> Iterator[Block]:
        """The blocks of these elements.

        Args:
            known: labels that links can refer to.
        """
        last: Block | None = None
        for element in _with_rows(parsed, known):
            if isinstance(element, str):
                found: Iterable[Block] = (Block(element, self.outline.path, kind=BlockKind.TABLE_ROW),)
            elif element.role is Role.HTML:
                found = self.html_blocks(element.text)
            else:
                found = self._block(element, known)
            for block in found:
                if last and isinstance(element, Element) and element.continues:
                    before = last.text.removesuffix("\\").rstrip()  # a sign of the break
                    last = Block(f"{before}\n{block.text}", last.headings, kind=last.kind)
                    continue
                if last:
                    yield last
                last = block
        if last:
            yield last

    def html_blocks(self, text: str) -> Iterator[Block]:
        """The blocks of a piece of HTML; its source if it is none."""
        try:
            piece = read_html(text)
        except DemoError:
            yield Block(text, self.outline.path, kind=BlockKind.CODE)
            return
        self.notices += piece.notices
        for block in piece.blocks:
            yield Block(block.text, (*self.outline.path, *block.headings), kind=block.kind)

    def _block(self, element: Element, known: frozenset[str]) -> Iterator[Block]:
        """The block of an element, if it says something."""
        if element.role is Role.CODE:
            text, kind = element.text.strip("\r\n").rstrip(), BlockKind.CODE
        elif element.role is Role.FRONT_MATTER:
            text, kind = element.text, BlockKind.FIELD
        else:
            text, kind = _shown(element, known), _KINDS.get(element.role, BlockKind.PARAGRAPH)
        if element.role is Role.HEADING and text:
            self.outline.enter(element.level, text)
        if text:
            yield Block(f"{element.number} {text}" if element.number else text, self.outline.path, kind=kind)


def _shown(element: Element, known: frozenset[str]) -> str:
    text = element.text.strip()
    if element.role is Role.CELL:
        text = text.replace("\\|", "|")  # also in code, where nothing else is escaped
    shown = marked(text, known).shown if has_signs(text) else text
    return _BLANKS.sub(" ", shown).strip() if "  " in shown or "\t" in shown else shown.strip()


def _with_rows(parsed: Iterable[Element], known: frozenset[str]) -> Iterator[Element | str]:
    """The elements but for markup, with the cells of each table as rows that name their columns."""
    rows: list[list[str]] = []
    cells: list[str] = []
    for element in parsed:
        if element.role is Role.CELL:
            cells.append(_shown(element, known))
        elif element.role is Role.ROW_END:
            rows.append(cells)
            cells = []
        elif element.role is not Role.SYNTAX or element.source.isspace():  # a blank line ends a table
            if rows:
                yield from named(rows)
                rows = []
            if element.role is not Role.SYNTAX:
                yield element
    yield from named(rows)


def _parts(parsed: Sequence[Element], known: frozenset[str]) -> Iterator[str | SegmentSlot]:
    for element in parsed:
        if element.role in _TRANSLATED:
            yield from _slot(element, known)
        else:
            yield element.source


_TRANSLATED = frozenset((Role.PARAGRAPH, Role.HEADING, Role.ITEM, Role.NOTE, Role.CELL))


def _slot(element: Element, known: frozenset[str]) -> Iterator[str | SegmentSlot]:
    """The text as a slot, with the blanks and line ends around it as literal text."""
    text, original, table = element.text, element.source, element.role is Role.CELL
    words = text.strip().removesuffix("\\").rstrip()
    start = original.find(words[0]) if has_words(words) else -1
    if start < 0:  # nothing to translate, or a sign that is not in the file
        yield original
        return
    tail = original.rstrip("\r\n")
    end = len(tail.rstrip()) if table else len(tail) - trailing(tail)
    passage = marked(words, known)

    def written(translation: SegmentTranslation) -> str:
        return spelled(passage, translation, words, table=table)

    yield original[:start]
    yield SegmentSlot(passage.segment, original[start:end], written)
    yield original[end:]
