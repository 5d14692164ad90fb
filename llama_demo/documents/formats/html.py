"""Web pages (.html, .xhtml): what is to be read, never what is to be run; nothing is fetched.

Left out are scripts and what stands in their place (``<noscript>``), styles, and what pages put into
``<nav>`` to lead to other pages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex
from lxml import etree

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice, Outline
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.rows import named
from llama_demo.errors import DocumentError
from llama_demo.unicode import replace_lone_surrogates

_HEAD = 4_096
"""Bytes in which the encoding is declared."""
_COMMENT = regex.compile(rb"<!--.*?-->", regex.DOTALL)
_CHARSET = regex.compile(
    rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w:.+-]{2,40})"
    rb"|<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w:.+-]{2,40})",
    regex.IGNORECASE,
)
_UNREAD = frozenset(
    "script style noscript template iframe object audio video canvas datalist nav head".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big button cite code data del dfn em font i img input ins kbd label mark math "
    "output q rb rp rt rtc ruby s samp slot small span strike strong sub sup svg time tt u var wbr".split()
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset(("td", "th"))
_WHOLE = frozenset(("pre", "textarea", "listing", "xmp", "table", "ruby", "math", "svg", "input"))
_VALUES = frozenset(("text", "search", "email", "tel", "url", "number", "date", "submit", "button"))
_SPACE = re.compile(r"[ \t\n\r\f]+")
# Characters that pages mean by numbers of windows-1252, and browsers show.
_C1 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_C1_CHARACTER = re.compile("[\x80-\x9f]")
_SELF_CLOSED = regex.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)/>")
_CDATA = regex.compile(r"<!\[CDATA\[(.*?)\]\]>", regex.DOTALL)


def read(data: bytes, suffix: str) -> Document:
    """Read a page, in the encoding that it declares.

    Raises:
        DocumentError: ``file_damaged``.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    declared = _CHARSET.search(_COMMENT.sub(b"", data[:_HEAD]))
    decoded = decode(data, (declared[1] or declared[2]).decode("ascii") if declared else "")
    text = decoded.text.lstrip("\ufeff")
    is_xhtml = suffix == ".xhtml" or text.lstrip().startswith("<?xml")
    page = read_text(_as_html(text) if is_xhtml else text)
    return replace(page, notices=damage_notices(decoded) + page.notices)


def read_text(text: str) -> Document:
    """Read HTML whose characters are known: a page, or a part of another document.

    Raises:
        DocumentError: ``file_damaged``.
    """
    tree, too_deep = _tree(text)
    if tree is None:
        return Document("", ())
    title = " ".join((tree.findtext(".//title") or "").split())
    reading = _Reading()
    reading.walk(tree)
    notices = (DocumentNotice("elements_too_deep"),) if too_deep else ()
    return Document(title, tuple(reading.blocks), notices)


def _as_html(text: str) -> str:
    """XHTML with its empty elements and its character data spelled as in HTML."""
    if "<![CDATA[" in text:
        text = _CDATA.sub(lambda data: html.escape(data[1], quote=False), text)
    return _SELF_CLOSED.sub(
        lambda tag: tag[0] if tag[1].lower() in _VOID else f"<{tag[1]}{tag[2]}></{tag[1]}>", text
    )


def _tree(text: str) -> tuple[etree._Element | None, bool]:
    """The elements, and whether some are left out because they nest too deep."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        tree = etree.fromstring(replace_lone_surrogates(text).encode(), parser)
    except etree.XMLSyntaxError as exc:
        raise DocumentError("file_damaged") from exc
    return tree, any("depth" in error.message.lower() for error in parser.error_log)


def _without_c1(text: str) -> str:
    return text if text.isascii() or not _C1_CHARACTER.search(text) else text.translate(_C1)


class _Reading:
    """The blocks so far, and the words of the one that is open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._outline = Outline()
        self._words: list[str] = []
        self._marker: str | None = None
        self._counts: list[int | None] = []

    def walk(self, tree: etree._Element) -> None:
        """Go through the elements in order without calling itself: pages nest as deep as they like."""
        walker = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walker:
            tag = element.tag.lower() if isinstance(element.tag, str) else ""
            if event == "end":
                self._leave(tag, element)
            elif tag in _UNREAD or not tag or self._whole(tag, element):
                walker.skip_subtree()
            else:
                self._enter(tag, element)
        self._close()

    def _enter(self, tag: str, element: etree._Element) -> None:
        if not _is_inline(tag) and tag not in _CELLS and tag != "br":
            self._close()
        if tag in ("ol", "ul", "menu"):
            first = element.get("start", "1") if tag == "ol" else ""
            self._counts.append(int(first) if first.isdecimal() else 1 if tag == "ol" else None)
        elif tag == "li":
            self._marker = self._number(element.get("value", ""))
        self._add(element.text)

    def _leave(self, tag: str, element: etree._Element) -> None:
        if tag == "br":
            self._words.append("\n")
        elif tag in _CELLS:
            self._words.append(" | " if element.getnext() is not None else "")
        elif not _is_inline(tag) and tag not in _UNREAD:
            self._close(_LEVELS.get(tag, 0))
        if tag in ("ol", "ul", "menu") and self._counts:
            self._counts.pop()
        elif tag == "li":
            self._marker = None
        self._add(element.tail)

    def _number(self, value: str) -> str:
        """The number of the next item of the open list; empty in a list without numbers."""
        if not self._counts or self._counts[-1] is None:
            return ""
        number = int(value) if value.isdecimal() else self._counts[-1]
        self._counts[-1] = number + 1
        return f"{number}."

    def _whole(self, tag: str, element: etree._Element) -> bool:
        """Read an element that is more than the elements in it; False for other elements."""
        if tag not in _WHOLE:
            return False
        if tag in ("pre", "textarea", "listing", "xmp"):
            self._close()
            kind = BlockKind.FIELD if tag == "textarea" else BlockKind.CODE
            self._append(_preformatted(element), kind)
        elif tag == "table" and (rows := _data_rows(element)):
            self._close()
            for row in named(rows):
                self._append(row, BlockKind.TABLE_ROW)
        elif (words := _words(element)) is not None:
            self._add(words)
        else:
            return False
        return True

    def _close(self, level: int = 0) -> None:
        """End a paragraph, or a heading of ``level``."""
        text = "".join(self._words)
        self._words = []
        if "\n" in text:
            lines = (" ".join(line.split()) for line in text.split("\n"))
            text = "\n".join(line for line in lines if line)
        else:
            text = " ".join(text.split())
        if level:
            self._outline.enter(level, text)
            self._append(text, BlockKind.HEADING)
        elif text and self._marker is not None:
            self._append(f"{self._marker} {text}".strip(), BlockKind.LIST_ITEM)
            self._marker = None
        else:
            self._append(text, BlockKind.PARAGRAPH)

    def _append(self, text: str, kind: BlockKind) -> None:
        if text.strip():
            self.blocks.append(Block(text, self._outline.path, kind=kind))

    def _add(self, text: str | None) -> None:
        if text:
            self._words.append(_without_c1(_SPACE.sub(" ", text)))


def _is_inline(tag: str) -> bool:
    """Whether an element goes on with its line, as those do that HTML does not know: ``<st1:city>``."""
    return tag in _INLINE or ":" in tag or "-" in tag


def _words(element: etree._Element) -> str | None:
    """What a reader sees in place of an element inside a line; None for one that is read by its parts."""
    if element.tag == "ruby":
        return _annotated(element)
    if element.tag in ("math", "svg"):
        return _drawn(element.tag, element)
    if element.tag == "input" and element.get("type", "text").lower() in _VALUES:
        return f" {element.get('value', '')} "
    return None


def _preformatted(element: etree._Element) -> str:
    """The text with its blanks and line ends."""
    parts: list[str] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append("\n" if each.tag == "br" else each.text or "")
        elif each is not element:
            parts.append(each.tail or "")
    text = "".join(parts).replace("\r\n", "\n").replace("\r", "\n")
    return _without_c1(text).strip("\n").rstrip()


def _data_rows(table: etree._Element) -> list[list[str]]:
    """The rows of a table whose first row names the columns; empty for one that only arranges a page."""
    if table.find(".//table") is not None:
        return []
    rows = list(table.iter("tr"))
    heads = list(rows[0].iter(*_CELLS)) if rows else []
    if len(heads) < 2 or any(cell.tag != "th" for cell in heads):
        return []
    if any(
        each.tag in ("pre", "textarea", "ul", "ol", "dl", *_LEVELS, *_UNREAD)
        for each in table.iter(etree.Element)
    ):
        return []
    caption = [[_inline(each)] for each in table.iter("caption")]
    return [*caption, *_spread(rows)]


def _spread(rows: Sequence[etree._Element]) -> Iterator[list[str]]:
    """The texts of cells by column: a cell that spans rows or columns stands in the first of each row."""
    below: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        for cell in row.iter(*_CELLS):  # a form may stand between
            while len(cells) in below:
                cells.append(_from_above(below, len(cells)))
            text, columns = _inline(cell), _span(cell, "colspan")
            if (down := _span(cell, "rowspan")) > 1:
                below[len(cells)] = (down - 1, text)
            cells += [text, *[""] * (columns - 1)]
        yield cells


def _from_above(below: dict[int, tuple[int, str]], column: int) -> str:
    left, text = below.pop(column)
    if left > 1:
        below[column] = (left - 1, text)
    return text


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(int(value), 1_000) if value.isdecimal() and int(value) else 1


def _inline(element: etree._Element) -> str:
    """The words of an element; elements that are no words of one line part them."""
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, each in walker:
        between = "" if _is_inline(each.tag) or each is element else " "
        if event == "end":
            text = each.tail if each is not element else ""
        elif (text := _words(each)) is None:
            text = each.text
        else:
            walker.skip_subtree()
        parts += [between, text or ""]
    return " ".join(_without_c1("".join(parts)).split())


def _annotated(ruby: etree._Element) -> str:
    """Characters with their reading in brackets behind them, so that no word is parted by it."""
    reading = " ".join(" ".join(each.itertext()) for each in ruby.iter("rt"))
    base = (ruby.text or "") + "".join(
        ("".join(each.itertext()) if each.tag not in ("rt", "rp", "rtc") else "") + (each.tail or "")
        for each in ruby
    )
    words = "".join(base.split())
    return f"{words} ({' '.join(reading.split())})" if reading.strip() else words


def _drawn(tag: str, element: etree._Element) -> str:
    """The text of a formula or a drawing."""
    if tag == "svg":
        return " ".join(" ".join(each.itertext()) for each in element.iter("text", "foreignobject"))
    written = (each for each in element.iter() if each.tag not in ("annotation", "annotation-xml"))
    return " ".join(text for each in written if (text := (each.text or "").strip()))
