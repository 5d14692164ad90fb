"""Texts of drawings that are parts of their own: SmartArt and charts."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from llama_demo.documents.ooxml.package import RELATION_ID, OfficePackage

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
CHART, DIAGRAM = f"{_C}chart", f"{_D}relIds"
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
    for series in root.iter(f"{_C}ser"):
        name = " ".join(_points(series.find(f"{_C}tx")))
        categories = _points(series.find(f"{_C}cat"))
        values = _points(series.find(f"{_C}val"))
        pairs = [f"{left} {right}" for left, right in zip(categories, values, strict=False)] or values
        if pairs or name:
            yield f"{name}: {', '.join(pairs)}" if name else ", ".join(pairs)


def _points(element: etree._Element | None) -> list[str]:
    return [] if element is None else [one.text.strip() for one in element.iter(f"{_C}v") if one.text]


def drawn_text(paragraph: etree._Element) -> str:
    """The text of a paragraph of a drawing, on one line."""
    pieces = []
    for element in paragraph.iter(f"{_A}t", f"{_A}br", f"{_A}tab"):
        pieces.append((element.text or "") if element.tag == f"{_A}t" else " ")
    return " ".join("".join(pieces).split())
