"""Names of WordprocessingML."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def value(parent: etree._Element | None, name: str) -> str:
    """The value of a setting; empty if it is not set."""
    element = None if parent is None else parent.find(f"{W}{name}")
    return "" if element is None else element.get(f"{W}val", "")
