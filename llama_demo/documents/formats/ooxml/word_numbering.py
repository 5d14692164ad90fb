"""The numbers that Word puts before paragraphs, counted as Word counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from llama_demo.documents.formats.ooxml.word_styles import ParagraphLook
from llama_demo.documents.formats.ooxml.word_xml import W, value
from llama_demo.documents.list_numbers import list_number
from llama_demo.documents.safe_xml import whole_number

_PLACE = re.compile(r"%(\d)")
_LEVELS = 9


@dataclass(frozen=True)
class _Level:
    """A level of a list.

    Attributes:
        text: with ``%1`` where the number of the first level stands.
        restart: a level after which it starts again; None for each wider one, 0 for never.
    """

    start: int = 1
    style: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


class WordNumbering:
    """The lists of a document, and how far each has been counted.

    Args:
        root: of the part; None if there is none.
    """

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, tuple[str, Mapping[int, _Level]]] = {}
        self._by_style: dict[tuple[str, str], int] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[tuple[str, int]] = set()
        self._overrides: dict[str, dict[int, int]] = {}
        if root is not None:
            self._read(root)

    def _read(self, root: etree._Element) -> None:
        linked: dict[str, str] = {}
        for one in root.iter(f"{W}abstractNum"):
            identity = one.get(f"{W}abstractNumId", "")
            self._abstract[identity] = one
            if name := value(one, "styleLink"):
                linked[name] = identity
        for one in root.iter(f"{W}num"):
            identity, abstract = one.get(f"{W}numId", ""), value(one, "abstractNumId")
            if abstract in self._abstract:
                abstract = linked.get(value(self._abstract[abstract], "numStyleLink"), abstract)
                self._lists[identity] = abstract, self._levels(identity, self._abstract[abstract], one)

    def _levels(self, identity: str, abstract: etree._Element, instance: etree._Element) -> dict[int, _Level]:
        levels: dict[int, _Level] = {}
        own = [one.find(f"{W}lvl") for one in instance.iter(f"{W}lvlOverride")]
        for element in [*abstract.iter(f"{W}lvl"), *(one for one in own if one is not None)]:
            place = whole_number(element.get(f"{W}ilvl", ""), 0)
            levels[place] = _level(element)
            if style := value(element, "pStyle"):
                self._by_style[identity, style] = place
        starts = self._overrides.setdefault(identity, {})
        for override in instance.iter(f"{W}lvlOverride"):
            if start := value(override, "startOverride"):
                starts[whole_number(override.get(f"{W}ilvl", ""), 0)] = whole_number(start, 1)
        return levels

    def is_listed(self, look: ParagraphLook) -> bool:
        """Whether a paragraph is an item of a list."""
        return look.numbering in self._lists

    def next(self, look: ParagraphLook) -> str:
        """Count a paragraph; the number that stands before it, empty for a bullet and for no list."""
        if look.numbering not in self._lists:
            return ""
        abstract, levels = self._lists[look.numbering]
        place = min(self._by_style.get((look.numbering, look.style), look.level), _LEVELS - 1)
        level = levels.get(place, _Level())
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        self._count(look.numbering, place, level, counts)
        for inner in range(place + 1, _LEVELS):
            restart = levels.get(inner, level).restart
            if restart is None or (restart and place < restart):
                counts[inner] = None
        if level.style in ("bullet", "none") and not _PLACE.search(level.text):
            return ""
        return _PLACE.sub(lambda match: _shown(int(match[1]) - 1, level, levels, counts), level.text).strip()

    def _count(self, identity: str, place: int, level: _Level, counts: list[int | None]) -> None:
        override = self._overrides[identity].get(place)
        if override is not None and (identity, place) not in self._begun:
            counts[place] = override
        else:
            before = counts[place]
            counts[place] = level.start if before is None else before + 1
        self._begun.add((identity, place))


def _shown(place: int, level: _Level, levels: Mapping[int, _Level], counts: list[int | None]) -> str:
    """The number of a level within the number of another."""
    if not 0 <= place < _LEVELS:
        return ""
    one = levels.get(place, _Level())
    count = counts[place]
    return list_number("decimal" if level.legal else one.style, one.start if count is None else count)


def _level(element: etree._Element) -> _Level:
    restart = value(element, "lvlRestart")
    return _Level(
        start=whole_number(value(element, "start"), 1),
        style=value(element, "numFmt") or "decimal",
        text=value(element, "lvlText"),
        restart=int(restart) if restart.isdecimal() else None,
        legal=element.find(f"{W}isLgl") is not None,
    )
