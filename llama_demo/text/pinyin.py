"""Readings of Chinese: syllables with a tone's number, as dictionaries keep them, and with its mark."""

from __future__ import annotations

import unicodedata

import regex

_MARKS = {"1": "\u0304", "2": "\u0301", "3": "\u030c", "4": "\u0300"}
_NUMBERED = regex.compile(r"([A-Za-züÜ:]+)([1-5])")
# A vowel at the beginning of a later syllable would be read with the syllable before.
_VOWELS = "aeoāáǎàēéěèōóǒò"


def marked_syllable(syllable: str) -> str:
    """``nü3`` or ``nu:3`` as ``nǚ``; what is no syllable stays as it is."""
    match = _NUMBERED.fullmatch(syllable)
    if match is None:
        return syllable
    letters = match[1].replace("u:", "ü").replace("U:", "Ü")
    mark = _MARKS.get(match[2])
    at = _marked_letter(letters)
    if mark is None or at is None:
        return letters
    return unicodedata.normalize("NFC", letters[: at + 1] + mark + letters[at + 1 :])


def marked(numbered: str) -> str:
    """A word's reading, ``ni3 hao3`` as ``nǐhǎo``; names of several words keep their parts."""
    word = ""
    for syllable in numbered.split():
        shown = marked_syllable(syllable)
        if word and shown[:1] in _VOWELS and word[-1].isalpha():
            word += "'"
        elif word and (shown[:1].isupper() or not shown[:1].isalpha() or not word[-1].isalpha()):
            word += " "
        word += shown
    return word


def _marked_letter(letters: str) -> int | None:
    """On a or e, on the o of ou, else on the last vowel."""
    small = letters.lower()
    for vowel in "ae":
        if vowel in small:
            return small.index(vowel)
    if "ou" in small:
        return small.index("ou")
    vowels = [i for i, letter in enumerate(small) if letter in "iouü"]
    if vowels:
        return vowels[-1]
    return 0 if small in ("m", "n", "ng", "hm", "hng") else None
