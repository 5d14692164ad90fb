"""Text of OpenDocument files that is formatted as hidden."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from llama_demo.documents.formats.opendocument.paragraph import STYLE, TEXT

_DISPLAY, _NONE = f"{TEXT}display", "none"


def empty_hidden(content: etree._Element, parts: Iterable[etree._Element | None]) -> int:
    """Empty the sections, paragraphs and stretches that no page shows; returns how many had words.

    Args:
        parts: of the file in which styles are declared.
    """
    styles = {
        style.get(f"{STYLE}name")
        for root in parts
        for style in (() if root is None else root.iter(f"{STYLE}style"))
        if any(each.get(_DISPLAY) == _NONE for each in style.iterchildren(f"{STYLE}text-properties"))
    }
    tags = [f"{TEXT}{name}" for name in (("section", "p", "h", "span") if styles else ("section",))]
    hidden = [
        element
        for element in content.iter(*tags)
        if element.get(_DISPLAY) == _NONE or element.get(f"{TEXT}style-name") in styles
    ]
    count = 0
    for element in hidden:
        if content in element.iterancestors():  # and not a part of what was emptied
            count += bool("".join(element.itertext()).strip())
            element.text = None
            del element[:]
    return count
