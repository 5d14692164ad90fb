"""The words of elements of HTML."""

from __future__ import annotations

import re

from lxml import etree

from llama_demo.documents.formats.html.elements import is_inline

_TICKED = ("checkbox", "radio")
_VALUES = frozenset(("text", "search", "email", "tel", "url", "number", "date", "submit", "button"))
# Characters that pages mean by numbers of windows-1252, and browsers show.
_C1 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
_C1_CHARACTER = re.compile("[\x80-\x9f]")


def without_c1(text: str) -> str:
    """The text with the characters of windows-1252 that pages mean by C1 control characters."""
    return text if text.isascii() or not _C1_CHARACTER.search(text) else text.translate(_C1)


def replacement(element: etree._Element) -> str | None:
    """What a reader sees in place of an element inside a line; None for one that is read by its parts."""
    if element.tag == "ruby":
        return _annotated(element)
    if element.tag in ("math", "svg"):
        return _drawn(element.tag, element)
    if element.tag == "select":
        return f" {', '.join(_chosen(element))} "
    if element.tag == "input":
        kind = element.get("type", "text").lower()
        if kind in _TICKED:
            return "☐ " if element.get("checked") is None else "☒ "
        return f" {element.get('value', '')} " if kind in _VALUES else None
    return None


def _chosen(select: etree._Element) -> list[str]:
    """The options that a list shows: the chosen one or else the first; all of a list that is open."""
    options = list(select.iter("option"))
    is_open = select.get("multiple") is not None or select.get("size", "1") not in ("", "0", "1")
    if not is_open:
        options = [each for each in options if each.get("selected") is not None][-1:] or options[:1]
    return [text for each in options if (text := " ".join("".join(each.itertext()).split()))]


def preformatted(element: etree._Element) -> str:
    """The text with its blanks and line ends."""
    parts: list[str] = []
    for event, each in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            parts.append("\n" if each.tag == "br" else each.text or "")
        elif each is not element:
            parts.append(each.tail or "")
    text = "".join(parts).replace("\r\n", "\n").replace("\r", "\n")
    return without_c1(text).strip("\n").rstrip()


def line(element: etree._Element) -> str:
    """The words of an element; elements that are no words of one line part them."""
    parts: list[str] = []
    walker = etree.iterwalk(element, events=("start", "end"))
    for event, each in walker:
        between = "" if is_inline(each.tag) or each is element else " "
        if event == "end":
            text = each.tail if each is not element else ""
        elif (text := replacement(each)) is None:
            text = each.text
        else:
            walker.skip_subtree()
        parts += [between, text or ""]
    return " ".join(without_c1("".join(parts)).split())


def _annotated(ruby: etree._Element) -> str:
    """Characters with their reading in brackets behind them, so that no word is parted by it."""
    reading = " ".join(" ".join(each.itertext()) for each in ruby.iter("rt"))
    base = (ruby.text or "") + "".join(
        ("".join(each.itertext()) if each.tag not in ("rt", "rp", "rtc") else "") + (each.tail or "")
        for each in ruby
    )
    words = "".join(base.split())
    return f"{words} ({' '.join(reading.split())})" if reading.strip() else words


def _drawn(tag: str, element: etree._Element) -> str:
    """The text of a formula or a drawing."""
    if tag == "svg":
        return " ".join(" ".join(each.itertext()) for each in element.iter("text", "foreignobject"))
    written = (each for each in element.iter() if each.tag not in ("annotation", "annotation-xml"))
    return " ".join(text for each in written if (text := (each.text or "").strip()))
