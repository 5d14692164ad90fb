"""Sentences and words in capitals, which translators read better in small letters."""

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
_LETTER = regex.compile(r"\p{L}")
_WORD = regex.compile(r"\p{Lu}[\p{L}\p{M}]*(?:['’][\p{L}\p{M}]+)*")
_LEAST_LETTERS = 4
_SHARE = 0.9  # of the letters with two cases
_CASED = 0.8  # of all letters
_LEAST_WORD = 4  # letters of a word in capitals that is no abbreviation
_SHORT_WORDS = frozenset("ALL ANY BUT MUY NEU NEW NIE NO NON NOT NOW NUR OUI PAS UND YES YOU".split())
_DOTTED = frozenset({"az", "tr"})  # languages where İ is the capital of i, and I that of ı
_NO_CAPITAL = "ß"  # a text in capitals often has it nevertheless

Count = Callable[[str], int]
"""Tokens of a word, as the model reads it."""


def is_in_capitals(text: str) -> bool:
    """Whether a sentence is all in capitals, with at least four letters beyond its abbreviations."""
    text = _WORD.sub(lambda word: "" if _is_abbreviation(word[0]) else word[0], normal_text(text))
    letters = [letter for letter in text if letter.isalpha() and letter != _NO_CAPITAL]
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

    return str(_WORD.sub(spelt, _without_dots(normal_text(text), language)))


def small_words(text: str, count: Count, language: str) -> str:
    """A sentence with the words in capitals that stress something in it in small letters: "do NOT open".

    Those are the words whose small form is one token of the vocabulary, while the capitals are several.
    """

    def spelt(match: regex.Match[str]) -> str:
        word = match[0]
        long = len(word) >= _LEAST_WORD or word in _SHORT_WORDS
        if not (word.isupper() and long) or _is_abbreviation(word):
            return word
        chosen = _spelling(word, count, language)
        if chosen == word or count(chosen) > 1 or count(word) == 1:
            return word
        return word[0] + chosen[1:] if not _LETTER.search(text, 0, match.start()) else chosen

    return str(_WORD.sub(spelt, text))


def in_capitals(text: str, language: str) -> str:
    """A text in the capitals of its language."""
    return (text.replace("i", "İ") if language in _DOTTED else text).upper()


def _spelling(word: str, count: Count, language: str) -> str:
    if _is_abbreviation(word):
        return word
    if language == "en" and (word == "I" or word[:2] in ("I'", "I’")):
        return "I" + word[1:].lower()
    lower = _in_small_letters(word, language)
    if len(word) == 1:
        return lower
    small = [lower, lower.replace("ss", "ß")] if language == "de" else [lower]
    return min((*small, *(word[0] + each[1:] for each in small), word), key=count)


def _in_small_letters(word: str, language: str) -> str:
    return (word.replace("İ", "i").replace("I", "ı") if language in _DOTTED else word).lower()


def _without_dots(text: str, language: str) -> str:
    """The text without the dots that only some languages put on a capital I."""
    return text if language in _DOTTED else text.replace("İ", "I")


def _is_abbreviation(word: str) -> bool:
    """Whether a word is one of the common abbreviations, or has no vowel in the Latin script."""
    if word in _ABBREVIATIONS:
        return True
    if not word.isupper() or len(word) == 1 or word in _TITLES or not _LATIN.fullmatch(word):
        return False
    return not _VOWEL.search(unicodedata.normalize("NFD", word))
