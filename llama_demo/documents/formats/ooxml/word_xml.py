"""Names of WordprocessingML."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def is_hidden(run: etree._Element) -> bool:
    """Whether a run's text is formatted as hidden, which Word shows on no page."""
    mark = run.find(f"{W}rPr/{W}vanish")
    return mark is not None and mark.get(f"{W}val", "1") not in ("0", "false", "off")


def value(parent: etree._Element | None, name: str) -> str:
    """The value of a setting; empty if it is not set."""
    element = None if parent is None else parent.find(f"{W}{name}")
    return "" if element is None else element.get(f"{W}val", "")
