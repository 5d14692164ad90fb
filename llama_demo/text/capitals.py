"""Sentences all in capitals, which translators read better in small letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import regex

from llama_demo.normal_form import normal_text

_ABBREVIATIONS = frozenset(
    "AI AIDS CEO CIA COVID EE EU FAQ IBM IQ NASA NATO NGO ONU OPEC OTAN UFO UK UNESCO UNICEF UNO URL USA "
    "USB UU VIP".split()
)
_LATIN, _VOWEL = regex.compile(r"[\p{Latin}\p{M}'’]+"), regex.compile(r"[AEIOUYÆØŒ]")
_TITLES = frozenset({"DR", "MR", "MRS", "MS", "SR", "JR", "ST"})
_WORD = regex.compile(r"\p{Lu}[\p{L}\p{M}]*(?:['’][\p{L}\p{M}]+)*")
_LEAST_LETTERS = 4
_SHARE = 0.9  # of the letters with two cases
_CASED = 0.8  # of all letters

Count = Callable[[str], int]
"""Tokens of a word, as the model reads it."""


def is_in_capitals(text: str) -> bool:
    """Whether a sentence is all in capitals, with at least four letters beyond its abbreviations."""
    text = _WORD.sub(lambda word: "" if _is_abbreviation(word[0]) else word[0], normal_text(text))
    letters = [letter for letter in text if letter.isalpha()]
    capital = sum(letter.isupper() for letter in letters)
    cased = capital + sum(letter.islower() for letter in letters)
    return capital >= max(_LEAST_LETTERS, _SHARE * cased) and cased >= _CASED * len(letters)


def small_form(text: str, count: Count, language: str) -> str:
    """A sentence in capitals as it would be written otherwise.

    Of each word the spelling that the vocabulary knows best is taken: small, with a capital first letter as
    a name, or as it is, an abbreviation. That is the one of the fewest tokens, a small one first.
    """
    first = True

    def spelt(match: regex.Match[str]) -> str:
        nonlocal first
        word, begins = match[0], first
        first = False
        chosen = _spelling(word, count, language)
        return word[0] + chosen[1:] if begins else chosen

    return str(_WORD.sub(spelt, normal_text(text)))


def _spelling(word: str, count: Count, language: str) -> str:
    if _is_abbreviation(word):
        return word
    if language == "en" and (word == "I" or word[:2] in ("I'", "I’")):
        return "I" + word[1:].lower()
    lower = word.lower()
    if len(word) == 1:
        return lower
    return min((lower, word[0] + lower[1:], word), key=count)


def _is_abbreviation(word: str) -> bool:
    """Whether a word is one of the common abbreviations, or has no vowel in the Latin script."""
    if word in _ABBREVIATIONS:
        return True
    if not word.isupper() or len(word) == 1 or word in _TITLES or not _LATIN.fullmatch(word):
        return False
    return not _VOWEL.search(unicodedata.normalize("NFD", word))
