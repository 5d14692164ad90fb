"""Glossary terms: finding them in a sentence, and enforcing them in its translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from llama_demo.span import Span
from llama_demo.text.layout import SPACELESS


@dataclass(frozen=True)
class Term:
    """A word or phrase and its fixed translation."""

    source: str
    target: str


@dataclass(frozen=True)
class Wanted:
    """A term that stands in a sentence."""

    term: Term
    start: int
    end: int


def find_terms(sentence: str, glossary: Sequence[Term]) -> list[Wanted]:
    """The terms in a sentence, in order; of two that overlap, the longer one. Case is ignored."""
    matches: list[Wanted] = []
    for term in sorted(glossary, key=lambda term: -len(term.source)):
        if not term.source.strip() or not term.target.strip():
            continue
        for match in _pattern(term.source).finditer(sentence):
            if all(match.end() <= other.start or other.end <= match.start() for other in matches):
                matches.append(Wanted(term, match.start(), match.end()))
    return sorted(matches, key=lambda wanted: wanted.start)


def with_targets(sentence: str, wanted: Sequence[Wanted]) -> str:
    """The sentence with each term replaced by its translation."""
    for each in reversed(wanted):
        sentence = sentence[: each.start] + each.term.target.strip() + sentence[each.end :]
    return sentence


def place_terms(translation: str, wanted: Sequence[Wanted]) -> list[Span | None]:
    """The span of each term's translation, no span twice; None for a term that is missing."""
    taken: list[Span] = []
    places: list[Span | None] = []
    for each in wanted:
        matches = (match.span() for match in _pattern(each.term.target).finditer(translation))
        place = next((span for span in matches if span not in taken), None)
        places.append(place)
        if place is not None:
            taken.append(place)
    return places


def replaced(translation: str, span: Span, term: str, language: str) -> str:
    """The translation with ``term`` in place of a span, and spaces where the language needs them."""
    before, after = translation[: span[0]], translation[span[1] :]
    if language not in SPACELESS:
        before += " " if before and before[-1].isalnum() else ""
        after = (" " if after and after[0].isalnum() else "") + after
    return before + term.strip() + after


@lru_cache(maxsize=4_096)  # a glossary's terms are looked for in every sentence
def _pattern(phrase: str) -> regex.Pattern[str]:
    """A pattern of the phrase as whole words, if its script has spaces; an English plural matches too."""
    phrase = phrase.strip()
    body = r"\s+".join(regex.escape(word) for word in phrase.split())
    before = r"(?<![\p{Latin}\p{N}])" if regex.match(r"[\p{Latin}\p{N}]", phrase) else ""
    after = r"(?:s|es)?(?![\p{Latin}\p{N}])" if regex.search(r"[\p{Latin}\p{N}]$", phrase) else ""
    return regex.compile(before + body + after, regex.IGNORECASE)
