"""The numbers that LibreOffice puts before the items of lists and before headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from llama_demo.documents.formats.opendocument.paragraph import STYLE, TEXT
from llama_demo.documents.list_numbers import list_number
from llama_demo.documents.safe_xml import whole_number

_LEVELS = 10
_NUMERALS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CHINESE = "一"
"""Begins the name of the format of Chinese numerals."""


class OdfNumbering:
    """The lists of a document, and how far each has been counted; that of headings has no name.

    Args:
        parts: of the file in which styles of lists are declared.
    """

    def __init__(self, parts: Iterable[etree._Element | None]) -> None:
        self._styles: dict[str, Mapping[int, etree._Element]] = {}
        self._counts: dict[str, list[int]] = {}
        for root in parts:
            for style in () if root is None else root.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = style.get(f"{STYLE}name", "") if style.tag == f"{TEXT}list-style" else ""
                levels = style.iterchildren(f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style")
                self._styles[name] = {whole_number(one.get(f"{TEXT}level", ""), 1) - 1: one for one in levels}

    def restart(self, style: str) -> None:
        """Begin a list anew."""
        self._counts.pop(style, None)

    def next(self, style: str, depth: int, start: str = "") -> str:
        """Count an item; the number that stands before it, empty for a bullet.

        Args:
            depth: of the list, from 0.
            start: the number with which the item starts anew; empty for the next one.
        """
        levels = self._styles.get(style, {})
        depth = min(depth, _LEVELS - 1)
        level = levels.get(depth)
        self._count(style, depth, level, start)
        form: str = "" if level is None else level.get(f"{STYLE}num-format", "")
        if level is None or not form:
            return ""
        first = depth + 1 - min(whole_number(level.get(f"{TEXT}display-levels", ""), 1), depth + 1)
        numbers = [
            _numeral(levels.get(place), self._counts[style][place]) for place in range(first, depth + 1)
        ]
        prefix, suffix = level.get(f"{STYLE}num-prefix", ""), level.get(f"{STYLE}num-suffix", "")
        return f"{prefix}{'.'.join(numbers)}{suffix}"

    def _count(self, style: str, depth: int, level: etree._Element | None, start: str) -> None:
        counts = self._counts.setdefault(style, [])
        del counts[depth + 1 :]
        counts += [1] * (depth - len(counts))
        if start.isdecimal():
            counts[depth:] = [int(start)]
        elif len(counts) > depth:
            counts[depth] += 1
        else:
            counts.append(1 if level is None else whole_number(level.get(f"{TEXT}start-value", ""), 1))


def _numeral(level: etree._Element | None, number: int) -> str:
    form = "1" if level is None else level.get(f"{STYLE}num-format", "1")
    return list_number(
        "chineseCounting" if form.startswith(_CHINESE) else _NUMERALS.get(form, "decimal"), number
    )
