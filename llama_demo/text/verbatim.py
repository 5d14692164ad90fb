"""Verbatim parts of a text, the same in every language: addresses, code, paths, numbers, emoji."""

from __future__ import annotations

from dataclasses import dataclass

import regex

_VERBATIM = regex.compile(
    r"(?P<code>`[^`\n]+`)"
    r"|(?P<address>(?:https?://|ftp://|www\.)[^\s<>\"'，。；：、！？（）「」《》“”]+)"
    r"|(?P<mail>(?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?P<path>(?<![A-Za-z0-9_/-])(?:[A-Za-z0-9-]++[/_])++[A-Za-z0-9.-]*\."
    r"[A-Za-z][A-Za-z0-9_]{0,4}(?![A-Za-z0-9_])"
    r"|(?<![A-Za-z0-9-])[A-Za-z0-9-]+\.(?:py|txt|json|md|csv|html|js|docx|pdf)(?![A-Za-z0-9_]))"
    r"|(?P<placeholder>\{\w*\}|%[sd]\b|\$\{\w+\}|</?\w+>)"
    r"|(?P<number>(?<![\p{Latin}\d])\d(?:[\d.,:]*\d)?)"
    r"|(?P<emoji>(?:(?!\d)[\p{Emoji_Presentation}\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f])+)"
)
# What every part with letters in it has; most sentences have none of it, which is quickly seen.
_WITH_LETTERS = regex.compile(r"[@/`_{%<$]|\.\w")
_TRAILING = ".,;:!?)]}"
_LETTER = regex.compile(r"\p{L}")
# A number may be said in words, or counted in ten thousands.
_SPELT = regex.compile(
    r"[零〇一二三四五六七八九十百千万亿萬億]"
    r"|\b(?:hundred|thousand|million|billion|mill|mille|cent|mil|millones|tausend|hundert|Million)",
    regex.IGNORECASE,
)
_SAID_IN_WORDS = 2  # digits of a number that any language may spell out


@dataclass(frozen=True)
class Verbatim:
    """A part of a text that a translation must have too.

    Attributes:
        kind: ``code``, ``address``, ``mail``, ``path``, ``placeholder``, ``number`` or ``emoji``.
    """

    kind: str
    text: str
    start: int
    end: int


def find_verbatim(text: str) -> list[Verbatim]:
    """Those parts in order; punctuation behind an address is not part of it."""
    found = []
    for match in _VERBATIM.finditer(text):
        part, kind = match[0], match.lastgroup or ""
        if kind == "address":
            part = part.rstrip(_TRAILING if "(" not in part else ".,;:!?")
        found.append(Verbatim(kind, part, match.start(), match.start() + len(part)))
    return found


def without_verbatim(text: str) -> str:
    """The text with blanks in the place of those parts that have letters."""
    return _VERBATIM.sub(" ", text) if _WITH_LETTERS.search(text) else text


def translatable(text: str) -> bool:
    """Whether the text has words, beyond what is the same in every language."""
    return bool(_LETTER.search(without_verbatim(text)))


def lost(source: str, translation: str) -> list[Verbatim]:
    """The parts of ``source`` that its translation lacks.

    A number counts by its digits, since languages separate thousands differently; one that is short, or
    whose translation counts in words, is not missed.
    """
    rest, missing = translation, []
    for part in find_verbatim(source):
        if part.text in rest:
            rest = rest.replace(part.text, " ", 1)
        elif part.kind != "number":
            missing.append(part)
        else:
            wanted = digits(part.text)
            spelt = len(wanted) <= _SAID_IN_WORDS or _SPELT.search(translation)
            if not spelt and all(digits(n.text) != wanted for n in find_verbatim(rest) if n.kind == "number"):
                missing.append(part)
    return missing


def digits(number: str) -> str:
    """A number without the separators that languages write differently."""
    return "".join(character for character in number if character.isdigit())
