"""Texts of drawings that are parts of their own: SmartArt and charts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from llama_demo.documents.formats.ooxml.package import RELATION_ID, OfficePackage

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
CHART, DIAGRAM = f"{_C}chart", f"{_D}relIds"
_DATA_OF_A_SERIES = ("cat", "xVal", "val", "yVal", "bubbleSize")
_DATA = RELATION_ID.replace("}id", "}dm")


def drawing_text(package: OfficePackage, part: str, anchor: etree._Element) -> str:
    """The text of a SmartArt or a chart, a line for each shape or series; empty if it was given before.

    Args:
        part: in which the anchor stands.
        anchor: the element that refers to the drawing.
    """
    identity = anchor.get(_DATA) or anchor.get(RELATION_ID) or ""
    target = package.relationships(part).get(identity)
    root = None if target is None or target.external else package.once(target.target)
    if root is None:
        return ""
    lines = _diagram(root) if anchor.tag == DIAGRAM else _chart(root)
    return "\n".join(lines)


def _diagram(root: etree._Element) -> Iterator[str]:
    """The texts of SmartArt in the order of its outline."""
    for point in root.iter(f"{_D}pt"):
        for paragraph in point.iter(f"{_A}p"):
            if text := drawn_text(paragraph):
                yield text


def _chart(root: etree._Element) -> Iterator[str]:
    """Titles, and each series with its categories and values."""
    for title in root.iter(f"{_C}title"):
        for paragraph in title.iter(f"{_A}p"):
            if text := drawn_text(paragraph):
                yield text
        if text := " ".join(_points(title.find(f"{_C}tx")).values()):
            yield text
    for series in root.iter(f"{_C}ser"):
        name = " ".join(_points(series.find(f"{_C}tx")).values())
        columns = [_points(series.find(f"{_C}{data}")) for data in _DATA_OF_A_SERIES]
        places = sorted(set().union(*columns))
        points = [" ".join(column[place] for column in columns if place in column) for place in places]
        if points or name:
            yield f"{name}: {', '.join(points)}" if name and points else name or ", ".join(points)


def _points(element: etree._Element | None) -> dict[int, str]:
    """The points of a part of a series by their place; of several levels of categories the widest first."""
    found: dict[int, str] = {}
    for one in () if element is None else element.iter(f"{_C}v"):
        point = one.getparent()
        place = "" if point is None else point.get("idx", "")
        number = int(place) if place.isdecimal() else len(found)
        if text := (one.text or "").strip():
            found[number] = f"{text} {found[number]}" if number in found else text
    return found


def drawn_text(paragraph: etree._Element) -> str:
    """The text of a paragraph of a drawing, with its formulas, on one line."""
    pieces = []
    for element in paragraph.iter(f"{_A}t", f"{_M}t", f"{_A}br", f"{_A}tab"):
        pieces.append((element.text or "") if element.tag in (f"{_A}t", f"{_M}t") else " ")
    return " ".join("".join(pieces).split())
