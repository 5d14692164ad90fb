"""The readings of a text: what it says to a person, however its letters are disguised.

Every text has a plain reading: without case, width, accents, invisible characters, letters of other scripts
that look Latin, and traditional characters. A text with signs inside its words or with spelled-out words
(b-o-m-b, b o m b) has a joined reading, and one with digits for letters (b0mb) two more: 1 is i or l. They
are read beside the plain one, because the same signs have their ordinary meaning in other texts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from llama_demo.normal_form import normal_text
from llama_demo.settings import ASSETS
from llama_demo.simplified import simplified

_WITHIN_WORD = re.compile(r"(?<=[a-z0-9@$])[-_.*·•|~^/\\+=]+(?=[a-z0-9@$])")
_SPELLED = re.compile(r"(?<![a-z0-9@$])(?:[a-z0-9@$!] ){2,}[a-z0-9@$!](?![a-z0-9@$])")
_MIXED = re.compile(r"[a-z0-9@$|](?:[a-z0-9@$|!]*[a-z0-9@$|])?")
_LETTER, _DIGIT = re.compile("[a-z]"), re.compile(r"[0-9@$|!]")
_DIGITS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s"}
_ONES = tuple(str.maketrans({**_DIGITS, "1": one, "!": one, "|": one}) for one in "il")


def readings(text: str) -> Sequence[str]:
    """The readings of a text, the plain one first; linear in its length."""
    plain = _plain(text)
    found = dict.fromkeys((plain, _joined(plain)))
    for reading in tuple(found):
        found.update(dict.fromkeys(_with_letters(reading, table) for table in _ONES))
    return tuple(found)


def _plain(text: str) -> str:
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", normal_text(text))
        text = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    folded = text.casefold()
    return folded if folded.isascii() else simplified(folded.translate(_homoglyphs()))


def _joined(text: str) -> str:
    text = _WITHIN_WORD.sub("", text)
    return _SPELLED.sub(lambda found: found[0].replace(" ", ""), text)


def _with_letters(text: str, table: dict[int, str]) -> str:
    """Digits and signs as letters, in words that have both."""

    def word(found: re.Match[str]) -> str:
        mixed = _LETTER.search(found[0]) and _DIGIT.search(found[0])
        return found[0].translate(table) if mixed else found[0]

    return _MIXED.sub(word, text) if _DIGIT.search(text) else text


@cache
def _homoglyphs() -> dict[int, str]:
    """Letters of other scripts, by code point, and the Latin ones that they look like."""
    lines = (ASSETS / "homoglyphs.txt").read_text(encoding="utf-8").splitlines()
    return str.maketrans(dict(line.split("\t") for line in lines if not line.startswith("#")))
