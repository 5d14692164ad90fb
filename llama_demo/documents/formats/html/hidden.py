"""Elements of HTML that a page does not show until a script shows them."""

from __future__ import annotations

import re

from lxml import etree

from llama_demo.documents.formats.html.elements import UNREAD

_NOT_DISPLAYED = re.compile(r"(?:^|[;\s])display\s*:\s*none", re.IGNORECASE)
_CANDIDATES = etree.XPath("//*[@hidden or @style]")
_MOST = 0.5
"""Share of the page's text above which an element counts as shown: scripts show it when they are done."""


def remove_hidden(tree: etree._Element) -> int:
    """Remove the elements that are hidden, and count those of them that have words."""
    hidden: dict[etree._Element, None] = {}
    for element in filter(_is_hidden, _CANDIDATES(tree)):
        around = (element, *element.iterancestors())
        if not any(each in hidden or each.tag in UNREAD for each in around):
            hidden[element] = None
    whole = _length(tree) if hidden else 0
    count = 0
    for element in hidden:
        if (length := _length(element)) <= _MOST * whole:
            count += length > 0
            _remove(element)
    return count


def _is_hidden(element: etree._Element) -> bool:
    # What the browser finds and then shows is not hidden from readers.
    return element.get("hidden", "until-found").lower() != "until-found" or (
        _NOT_DISPLAYED.search(element.get("style", "")) is not None
    )


def _length(element: etree._Element) -> int:
    """Characters that are read of an element, blanks aside."""
    length = 0
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, each in walker:
        if event == "start" and each.tag in UNREAD:
            walker.skip_subtree()
        elif event == "start":
            length += len("".join((each.text or "").split()))
        elif each is not element:
            length += len("".join((each.tail or "").split()))
    return length


def _remove(element: etree._Element) -> None:
    """Remove an element and leave what follows it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)
