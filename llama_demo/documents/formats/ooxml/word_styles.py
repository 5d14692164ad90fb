"""Styles of Word paragraphs: which are headings, and which are numbered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from llama_demo.documents.formats.ooxml.word_xml import W, value
from llama_demo.documents.safe_xml import whole_number

_HEADING = re.compile(r"(?:heading|标题|標題|titre|überschrift|título)\s*(\d)", re.IGNORECASE)
_DEEPEST = 50
"""Styles that are based on one another; more is a circle."""
_BODY_LEVEL = 9


@dataclass(frozen=True)
class ParagraphLook:
    """What a paragraph's style and its own settings make of it.

    Attributes:
        heading: 1 for the title and the widest headings, 0 for what is no heading.
        numbering: id of the list in which it is numbered; empty for none, ``0`` for none in spite of a style.
        level: of the list, from 0.
        style: id of its style.
    """

    heading: int = 0
    numbering: str = ""
    level: int = 0
    style: str = ""


class WordStyles:
    """The styles of a document, by id.

    Args:
        root: of the part; None if there is none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        listed = [] if root is None else list(root.iter(f"{W}style"))
        self._styles = {one.get(f"{W}styleId", ""): one for one in listed}
        self._looks: dict[str, ParagraphLook] = {}
        usual = (one for one in listed if _is_default(one))
        self._default = next((one.get(f"{W}styleId", "") for one in usual), "")

    def look(self, paragraph: etree._Element) -> ParagraphLook:
        """How a paragraph looks."""
        properties = paragraph.find(f"{W}pPr")
        style = value(properties, "pStyle") or self._default
        look = self._look(style, 0)
        return look if properties is None else _changed(look, properties)

    def _look(self, style: str, depth: int) -> ParagraphLook:
        if style in self._looks:
            return self._looks[style]
        element = self._styles.get(style)
        if element is None or depth > _DEEPEST:
            return ParagraphLook(style=style)
        based = value(element, "basedOn")
        look = replace(self._look(based, depth + 1) if based else ParagraphLook(), style=style)
        properties = element.find(f"{W}pPr")
        if properties is not None:
            look = _changed(look, properties)
        name = value(element, "name")
        match = _HEADING.match(name)
        if match or name.lower() == "title":
            look = replace(look, heading=int(match[1]) if match else 1)
        self._looks[style] = look
        return look


def _changed(look: ParagraphLook, properties: etree._Element) -> ParagraphLook:
    """The look with what these properties of a paragraph say."""
    if outline := value(properties, "outlineLvl"):
        depth = whole_number(outline, _BODY_LEVEL)
        look = replace(look, heading=depth + 1 if depth < _BODY_LEVEL else 0)
    numbered = properties.find(f"{W}numPr")
    if numbered is None:
        return look
    level = value(numbered, "ilvl")
    return replace(
        look,
        numbering=value(numbered, "numId") or look.numbering,
        level=whole_number(level, look.level),
    )


def _is_default(style: etree._Element) -> bool:
    """Whether paragraphs without a style have this one."""
    return style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on")
