"""Verbatim parts of a text, the same in every language: placeholders, tags, paths, numbers, emoji."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import regex

from llama_demo.normal_form import normal_text, normalise
from llama_demo.text.verbatim_patterns import PATTERNS

_VERBATIM = regex.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in PATTERNS.items()))
# Without any of these a text has no such part.
_POSSIBLE = regex.compile(r"[^\p{L}\p{M}\s.,;!?'’“”«»¿¡()\-–—，。；：、！？（）《》]|\.\w|(?<!\p{L})-\w")
_TRAILING = ".,;:!?)]}"
_LETTER = regex.compile(r"\p{L}")
# A number may be said in words, or counted in ten thousands.
_SPELT = regex.compile(
    r"[零〇一二三四五六七八九十百千万亿萬億]"
    r"|\b(?:hundred|thousand|million|billion|mill|mille|cent|mil|millones|tausend|hundert|Million)",
    regex.IGNORECASE,
)
_SAID_IN_WORDS = 2  # digits of a number that any language may spell out
_TRANSLATED = frozenset({"number", "emoji"})
# Copied as they were typed; numbers and what is made of them are written in their normal form.
_AS_TYPED = frozenset(PATTERNS) - {"version", "time", "quantity", "number"}


@dataclass(frozen=True)
class Verbatim:
    """A part of a text that a translation must have too.

    Attributes:
        text: as it stands in the text, or in its normal form, if it is a number or made of them.
        kind: ``code``, ``address``, ``mail``, ``tag``, ``link``, ``entity``, ``placeholder``, ``path``,
            ``mention``, ``hashtag``, ``version``, ``time``, ``quantity`` (a signed number, or one with its
            unit), ``number`` or ``emoji``. Of a Markdown link the brackets and the address are parts.
    """

    kind: str
    text: str
    start: int
    end: int


def find_verbatim(text: str) -> list[Verbatim]:
    """Those parts in order, in any form of letters; punctuation behind an address is not part of it."""
    normal = normalise(text)
    if not _POSSIBLE.search(normal.text):
        return []
    found = []
    for match in _VERBATIM.finditer(normal.text):
        part, kind = match[0], match.lastgroup or ""
        if kind in ("address", "path"):
            part = part.rstrip(_TRAILING if "(" not in part else ".,;:!?")
        start, end = normal.original_span(match.start(), match.start() + len(part))
        found.append(Verbatim(kind, text[start:end] if kind in _AS_TYPED else part, start, end))
    return found


def find_untranslated(text: str) -> list[Verbatim]:
    """Those that no language writes differently: all but plain numbers and emoji."""
    return [part for part in find_verbatim(text) if part.kind not in _TRANSLATED]


def without_verbatim(text: str) -> str:
    """The text with blanks in the place of those parts that have letters."""
    text = normal_text(text)
    return _VERBATIM.sub(" ", text) if _POSSIBLE.search(text) else text


def translatable(text: str) -> bool:
    """Whether the text has words, beyond what is the same in every language."""
    return bool(_LETTER.search(without_verbatim(text)))


def lost(source: str, translation: str) -> list[Verbatim]:
    """The parts of ``source`` that its translation lacks, or has in another order.

    A number counts by its digits, since languages separate thousands differently; one that is short, or
    whose translation counts in words, is not missed.
    """
    parts = find_verbatim(source)
    rest, missing = translation, []
    for part in sorted(parts, key=lambda part: -len(part.text)):
        place = _place(part, source, rest)
        if place >= 0:
            rest = rest[:place] + " " + rest[place + len(part.text) :]
        elif part.kind != "number" or _is_missed(part.text, rest, translation):
            missing.append(part)
    if missing:
        return sorted(missing, key=lambda part: part.start)
    return _out_of_order([part for part in parts if part.kind not in _TRANSLATED], source, translation)


def _place(part: Verbatim, source: str, text: str, begin: int = 0) -> int:
    """Where ``text`` has a part of ``source``, not within a longer number or name; -1 if nowhere."""
    starts, ends = _continued(source, part.start, part.end)
    place = text.find(part.text, begin)
    while place >= 0:
        started, ended = _continued(text, place, place + len(part.text))
        if (starts or not started) and (ends or not ended):
            break
        place = text.find(part.text, place + 1)
    return place


def _continued(text: str, start: int, end: int) -> tuple[bool, bool]:
    """Whether a number or name at either end of ``text[start:end]`` goes on outside it."""
    return start > 0 and _are_one(text[start], text[start - 1]), _are_one(text[end - 1], text[end : end + 1])


def _are_one(inner: str, outer: str) -> bool:
    if inner.isdecimal():
        return outer.isdecimal()
    return inner.isascii() and inner.isalpha() and outer.isascii() and (outer.isalnum() or outer == "_")


def _is_missed(number: str, rest: str, translation: str) -> bool:
    wanted = digits(number)
    spelt = len(wanted) <= _SAID_IN_WORDS or _SPELT.search(translation)
    return not spelt and all(digits(n.text) != wanted for n in find_verbatim(rest) if n.kind == "number")


def _out_of_order(parts: Sequence[Verbatim], source: str, translation: str) -> list[Verbatim]:
    begin, moved = 0, []
    for part in parts:
        place = _place(part, source, translation, begin)
        if place < 0:
            moved.append(part)
        else:
            begin = place + len(part.text)
    return moved


def digits(number: str) -> str:
    """A number without the separators that languages write differently."""
    return "".join(str(int(character)) for character in number if character.isdecimal())
