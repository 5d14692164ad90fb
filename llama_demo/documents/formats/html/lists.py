"""Numbers of lists in HTML, as a browser counts and shows them."""

from __future__ import annotations

import re

from lxml import etree

from llama_demo.documents.list_numbers import list_number

_TYPES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}
_STYLES = {
    "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter", "upper-alpha": "upperLetter",
    "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
    "decimal-leading-zero": "decimalZero", "cjk-ideographic": "chineseCounting", "decimal": "decimal",
    "none": "", "disc": "", "circle": "", "square": "",
}  # fmt: skip
"""Names of numerals of CSS, by those of Office Open XML; empty ones show no number."""
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z-]+)")
_NUMBER = re.compile(r"\s*(-?\d{1,9})\s*")


class ListCount:
    """A list whose items are counted.

    Args:
        element: ``ol``, or a list without numbers.
    """

    def __init__(self, element: etree._Element) -> None:
        is_ordered = element.tag == "ol"
        self._style = _style(element, "decimal" if is_ordered else "")
        self._step = -1 if is_ordered and element.get("reversed") is not None else 1
        items = len(element.findall("li")) if self._step < 0 else 1
        self._number = _number(element.get("start", ""), items)

    def next(self, item: etree._Element) -> str:
        """The number of the next item with a point; empty in a list without numbers."""
        number = _number(item.get("value", ""), self._number)
        self._number = number + self._step
        style = _style(item, self._style)
        return f"{list_number(style, number)}." if style else ""


def _style(element: etree._Element, otherwise: str) -> str:
    """The numerals that an element asks for."""
    written = element.get("style")
    if written and (style := _LIST_STYLE.search(written.lower())):
        return _STYLES.get(style[1], otherwise)
    return _TYPES.get(element.get("type", ""), otherwise) if otherwise else ""


def _number(text: str, otherwise: int) -> int:
    match = _NUMBER.fullmatch(text) if text else None
    return int(match[1]) if match else otherwise
