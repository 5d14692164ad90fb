"""Spans of a query's words in a passage, regardless of case, width, script and what cannot be seen."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from llama_demo.normal_form import normalise
from llama_demo.span import Span
from llama_demo.store.chunk_words import telling_words
from llama_demo.store.words import folded

_WORD_CHARACTER = r"[\p{L}\p{N}\p{M}_]"


def word_spans(query: str, text: str) -> tuple[Span, ...]:
    """Spans of the query's content words in ``text``, in order, without overlaps."""
    wanted = telling_words(query)
    if not wanted:
        return ()
    normal = normalise(text)
    levelled, places = _levelled(normal.text)
    found = sorted(match.span() for match in regex.finditer(_pattern(wanted), levelled, overlapped=True))
    spans: list[Span] = []
    for begin, end in found:
        start, stop = normal.original_span(places[begin], places[end - 1] + 1)
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], stop))
        else:
            spans.append((start, stop))
    return tuple(spans)


def _pattern(wanted: list[str]) -> str:
    """A pattern for pairs of Chinese characters anywhere, and for whole words; a single word is a prefix."""
    end = "" if len(wanted) == 1 else rf"(?!{_WORD_CHARACTER})"
    return "|".join(
        rf"(?<!{_WORD_CHARACTER}){regex.escape(word)}{end}" if word[0] < "\u2e80" else regex.escape(word)
        for word in sorted(wanted, key=len, reverse=True)
    )


class _Folding(dict[int, str]):
    """The folding of single characters, for :meth:`str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded(chr(code))
        return self[code]


_FOLDING = _Folding()


def _levelled(text: str) -> tuple[str, Sequence[int]]:
    """The text folded character by character, and the source index of each folded character."""
    levelled = text.translate(_FOLDING)
    if len(levelled) == len(text):  # each became one character
        return levelled, range(len(text))
    places = [place for place, character in enumerate(text) for _ in _FOLDING[ord(character)]]
    return levelled, places
