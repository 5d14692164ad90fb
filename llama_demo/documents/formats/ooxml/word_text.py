"""What a paragraph of Word says: its visible text, and what is anchored in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from llama_demo.documents.formats.ooxml.symbol_fonts import symbol
from llama_demo.documents.formats.ooxml.word_xml import W, is_hidden, value

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

DELETED = frozenset(f"{W}{name}" for name in ("del", "moveFrom"))
"""Text of tracked changes that is no longer there."""

CHOICES, CHOICE, FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"

_TEXTS = frozenset((f"{W}t", f"{_M}t", f"{_A}t"))
_SKIPPED = DELETED | {
    *(f"{W}{name}" for name in "pPr rPr sdtPr sdtEndPr instrText delText rt tbl p".split()),
}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_ANCHORS = frozenset(
    (
        *(f"{W}{name}" for name in "footnoteReference endnoteReference commentReference txbxContent".split()),
        "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds",
        "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart",
        "{urn:schemas-microsoft-com:office:office}OLEObject",
    )
)
_RUN, _DENOMINATOR = f"{W}r", f"{_M}den"
_BLANKS = re.compile(r"[^\S\n]+")
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"


@dataclass
class ParagraphContent:
    """What stands in a paragraph.

    Attributes:
        text: with its line breaks, and one blank for several.
        anchors: elements of what stands elsewhere on the page: notes, comments, text boxes, drawings.
        is_partly_hidden: whether some of its text is formatted as hidden, and not in ``text``.
    """

    text: str = ""
    anchors: list[etree._Element] = field(default_factory=list)
    is_partly_hidden: bool = False


def content_of(paragraph: etree._Element, note_number: dict[etree._Element, str]) -> ParagraphContent:
    """The content of a paragraph, without that of paragraphs in its text boxes.

    Args:
        note_number: of references to notes, as the page shows it.
    """
    pieces: list[str] = []
    content = ParagraphContent()
    for element in _elements(paragraph):
        if element.tag == _RUN:
            content.is_partly_hidden |= any((each.text or "").strip() for each in element.iter(f"{W}t"))
        elif element.tag in _ANCHORS:
            content.anchors.append(element)
            if number := note_number.get(element):
                pieces.append(f"[{number}]")
        else:
            pieces.append(_text(element))
    content.text = _BLANKS.sub(" ", "".join(pieces))
    return content


def tidied(text: str) -> str:
    """The lines of a text without blanks around them, empty ones left out."""
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def _elements(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The elements that say something, in order, without calling itself: wrappers nest as they like.

    Of hidden text the run is given.
    """
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        if element.tag in _TEXTS or element.tag in _SIGNS or element.tag in _ANCHORS:
            yield element
        elif element.tag == CHOICES:
            stack += chosen(element)
        elif element.tag == _RUN and is_hidden(element):
            yield element
        elif element.tag not in _SKIPPED:
            if element.tag in (f"{W}sym", f"{W}fldChar", _WORD_ART, _DENOMINATOR):
                yield element
            stack += reversed(element)


def chosen(choices: etree._Element) -> list[etree._Element]:
    """The first of several ways to draw the same thing."""
    options = [one for one in choices if one.tag in (CHOICE, FALLBACK)]
    return options[:1]


def _text(element: etree._Element) -> str:
    if element.tag in _TEXTS:
        return element.text or ""
    if element.tag == f"{W}sym":
        code = element.get(f"{W}char", "")
        number = int(code, 16) if code and all(sign in "0123456789abcdefABCDEF" for sign in code) else 0
        return symbol(element.get(f"{W}font", ""), number)
    if element.tag == f"{W}fldChar":
        return _form_value(element)
    if element.tag == _DENOMINATOR:
        return "/"
    if element.tag == _WORD_ART:
        return f"{element.get('string', '')}\n"
    return _SIGNS[element.tag]


def _form_value(field_begin: etree._Element) -> str:
    """What is chosen in a list or ticked in a box of a form; texts stand in the field's result."""
    form = field_begin.find(f"{W}ffData")
    if form is None:
        return ""
    if (choices := form.find(f"{W}ddList")) is not None:
        entries = [one.get(f"{W}val", "") for one in choices.iter(f"{W}listEntry")]
        place = value(choices, "result") or value(choices, "default") or "0"
        return entries[int(place)] if place.isdecimal() and int(place) < len(entries) else ""
    if (box := form.find(f"{W}checkBox")) is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        ticked = state is not None and state.get(f"{W}val", "1") not in ("0", "false", "off")
        return "☒ " if ticked else "☐ "
    return ""
