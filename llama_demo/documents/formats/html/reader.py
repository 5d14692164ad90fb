"""Web pages (.html, .xhtml): what is to be read, never what is to be run; nothing is fetched.

Left out are scripts and what stands in their place (``<noscript>``), styles, and what pages put into
``<nav>`` to lead to other pages.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace

import regex
from lxml import etree

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice, Outline
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.html.elements import CELLS, LEVELS, UNREAD, is_inline
from llama_demo.documents.formats.html.hidden import remove_hidden
from llama_demo.documents.formats.html.lists import ListCount
from llama_demo.documents.formats.html.tables import data_rows
from llama_demo.documents.formats.html.text import preformatted, replacement, without_c1
from llama_demo.documents.rows import named
from llama_demo.errors import DocumentError
from llama_demo.unicode import replace_lone_surrogates

_HEAD = 65_536
"""Bytes in which the encoding is declared, up to the body."""
_BODY = regex.compile(rb"<body\b", regex.IGNORECASE)
# What declares nothing, though a declaration may stand in it.
_NOT_DECLARING = regex.compile(
    rb"<!--.*?-->|<(script|style|title)\b.*?</\1\b", regex.DOTALL | regex.IGNORECASE
)
_CHARSET = regex.compile(
    rb"<\?xml[^>]{0,200}?\sencoding\s*=\s*[\"']([\w:.+-]{2,40})"
    rb"|<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w:.+-]{2,40})",
    regex.IGNORECASE,
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_WHOLE = frozenset("pre textarea listing xmp table ruby math svg input select".split())
_SPACE = re.compile(r"[ \t\n\r\f]+")
_SELF_CLOSED = regex.compile(r"<([A-Za-z][\w:.-]*+)((?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+)/>")
_CDATA = regex.compile(r"<!\[CDATA\[(.*?)\]\]>", regex.DOTALL)
_PREFIX = regex.compile(r"\bxmlns:([\w.-]+)\s*=\s*[\"']http://www\.w3\.org/1999/xhtml[\"']")
_DOCTYPE = regex.compile(r"<!DOCTYPE[^\[>]*+\[(?P<entities>[^\]]*+)\]\s*>", regex.IGNORECASE)
_ENTITY = regex.compile(r"<!ENTITY\s+([\w.-]+)\s+(?:\"([^\"&<%]{0,100})\"|'([^'&<%]{0,100})')\s*>")
_REFERENCE = regex.compile(r"&([\w.-]+);")


def read(data: bytes, suffix: str) -> Document:
    """Read a page, in the encoding that it declares.

    Raises:
        DocumentError: ``file_damaged``.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    head = data[:_HEAD]
    if body := _BODY.search(head):
        head = head[: body.start()]
    declared = _CHARSET.search(_NOT_DECLARING.sub(b"", head))
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
    drawings = set(tree.iter("svg"))
    titles = (each.text or "" for each in tree.iter("title") if drawings.isdisjoint(each.iterancestors()))
    title = " ".join(next(titles, "").split())
    notices: tuple[DocumentNotice, ...] = (DocumentNotice("elements_too_deep"),) if too_deep else ()
    if hidden := remove_hidden(tree):
        notices += (DocumentNotice("hidden_left_out", {"count": hidden}),)
    reading = _Reading()
    reading.walk(tree)
    return Document(title, tuple(reading.blocks), notices)


def _as_html(text: str) -> str:
    """XHTML with its empty elements, its entities and its character data spelled as in HTML."""
    if prefix := _PREFIX.search(text, 0, _HEAD):
        text = regex.sub(rf"(</?){regex.escape(prefix[1])}:", r"\1", text)
    if doctype := _DOCTYPE.search(text, 0, _HEAD):
        declared = {name: one or other for name, one, other in _ENTITY.findall(doctype["entities"])}
        text = text[: doctype.start()] + text[doctype.end() :]
        text = _REFERENCE.sub(lambda reference: declared.get(reference[1], reference[0]), text)
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


class _Reading:
    """The blocks so far, and the words of the one that is open."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._outline = Outline()
        self._words: list[str] = []
        self._marker: str | None = None
        self._lists: list[ListCount] = []

    def walk(self, tree: etree._Element) -> None:
        """Go through the elements in order without calling itself: pages nest as deep as they like."""
        walker = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walker:
            tag = element.tag.lower() if isinstance(element.tag, str) else ""
            if event == "end":
                self._leave(tag, element)
            elif tag in UNREAD or not tag or self._whole(tag, element):
                walker.skip_subtree()
            else:
                self._enter(tag, element)
        self._close()

    def _enter(self, tag: str, element: etree._Element) -> None:
        if not is_inline(tag) and tag not in CELLS and tag != "br":
            self._close()
        if tag in ("ol", "ul", "menu"):
            self._lists.append(ListCount(element))
        elif tag == "li":
            self._marker = self._lists[-1].next(element) if self._lists else ""
        elif tag == "button":
            self._words.append(" ")
        self._add(element.text)

    def _leave(self, tag: str, element: etree._Element) -> None:
        if tag == "br":
            self._words.append("\n")
        elif tag in CELLS:
            self._words.append(" | " if element.getnext() is not None else "")
        elif not is_inline(tag) and tag not in UNREAD:
            self._close(LEVELS.get(tag, 0))
        if tag in ("ol", "ul", "menu") and self._lists:
            self._lists.pop()
        elif tag == "li":
            self._marker = None
        elif tag == "button":
            self._words.append(" ")
        self._add(element.tail)

    def _whole(self, tag: str, element: etree._Element) -> bool:
        """Read an element that is more than the elements in it; False for other elements."""
        if tag not in _WHOLE:
            return False
        if tag in ("pre", "textarea", "listing", "xmp"):
            self._close()
            kind = BlockKind.FIELD if tag == "textarea" else BlockKind.CODE
            self._append(preformatted(element), kind)
        elif tag == "table" and (rows := data_rows(element)):
            self._close()
            for row in named(rows):
                self._append(row, BlockKind.TABLE_ROW)
        elif (words := replacement(element)) is not None:
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
            self._words.append(without_c1(_SPACE.sub(" ", text)))
