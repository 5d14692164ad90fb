"""Where in a passage a query's words stand, whatever their case, width or script."""

from __future__ import annotations

from functools import lru_cache

import regex

from llama_demo.store.chunk_words import telling_words
from llama_demo.store.words import folded

Span = tuple[int, int]
"""Beginning and end in a text."""

_WORD_CHARACTER = r"[\p{L}\p{N}\p{M}_]"


def word_spans(query: str, text: str) -> tuple[Span, ...]:
    """The places of the query's telling words in ``text``, in order, none overlapping another."""
    wanted = telling_words(query)
    if not wanted:
        return ()
    levelled, places = _levelled(text)
    found = sorted(match.span() for match in regex.finditer(_pattern(wanted), levelled, overlapped=True))
    spans: list[Span] = []
    for begin, end in found:
        start, stop = places[begin], places[end - 1] + 1
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], stop))
        else:
            spans.append((start, stop))
    return tuple(spans)


def _pattern(wanted: list[str]) -> str:
    """Pairs of Chinese characters anywhere, other words as a whole; a single word may go on."""
    end = "" if len(wanted) == 1 else rf"(?!{_WORD_CHARACTER})"
    return "|".join(
        rf"(?<!{_WORD_CHARACTER}){regex.escape(word)}{end}" if word[0] < "\u2e80" else regex.escape(word)
        for word in sorted(wanted, key=len, reverse=True)
    )


@lru_cache(maxsize=20_000)
def _folded(character: str) -> str:
    return folded(character)


def _levelled(text: str) -> tuple[str, list[int]]:
    """The text folded character by character, and for each folded character where it comes from."""
    pieces, places = [], []
    for place, character in enumerate(text):
        piece = _folded(character)
        pieces.append(piece)
        places += [place] * len(piece)
    return "".join(pieces), places
