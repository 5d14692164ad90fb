"""What a paragraph of an OpenDocument file says: its visible text, and what is anchored in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

OFFICE, TEXT, TABLE, DRAW, STYLE = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}"
    for name in ("office", "text", "table", "drawing", "style")
)

_ANCHORS = frozenset((f"{TEXT}note", f"{OFFICE}annotation"))
_UNREAD = frozenset((f"{TEXT}ruby-text", f"{TEXT}tracked-changes", f"{OFFICE}annotation-end"))
_BLANKS = re.compile(r"[^\S\n]+")


@dataclass
class OdfParagraph:
    """What stands in a paragraph.

    Attributes:
        text: the lines, without blanks around them.
        anchors: notes, comments and drawings.
    """

    text: str = ""
    anchors: list[etree._Element] = field(default_factory=list)


def paragraph_of(element: etree._Element) -> OdfParagraph:
    """The content of a paragraph or a heading."""
    paragraph = OdfParagraph()
    pieces: list[str] = []
    _collect(element, pieces, paragraph.anchors)
    lines = _BLANKS.sub(" ", "".join(pieces)).split("\n")
    paragraph.text = "\n".join(filter(None, map(str.strip, lines)))
    return paragraph


def _collect(element: etree._Element, pieces: list[str], anchors: list[etree._Element]) -> None:
    """White space counts as one blank, as the format has it; elements stand for tabs and breaks."""
    pieces.append((element.text or "").replace("\n", " "))
    for child in element:
        if child.tag in _ANCHORS or (isinstance(child.tag, str) and child.tag.startswith(DRAW)):
            anchors.append(child)
            if child.tag == f"{TEXT}note" and (citation := note_parts(child)[0]):
                pieces.append(f"[{citation}]")
        elif child.tag == f"{TEXT}line-break":
            pieces.append("\n")
        elif child.tag in (f"{TEXT}s", f"{TEXT}tab"):
            pieces.append(" ")
        elif isinstance(child.tag, str) and child.tag not in _UNREAD:
            _collect(child, pieces, anchors)
        pieces.append((child.tail or "").replace("\n", " "))


def note_parts(note: etree._Element) -> tuple[str, list[etree._Element]]:
    """The sign of a note, and what it says."""
    citation = note.findtext(f"{TEXT}note-citation") or ""
    body = note.find(f"{TEXT}note-body")
    return citation.strip(), [] if body is None else list(body)
