"""Marks in a passage as pieces of text, so that the browser counts no positions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from llama_demo.span import Span

WORD, SENTENCE, PASSAGE = 1, 2, 4
"""Words of the query; the sentence most similar to it; the passage in its document."""


def pieces(
    text: str, words: Sequence[Span], sentence: Span | None = None, passage: Span | None = None
) -> list[tuple[str, int]]:
    """The text cut where a mark begins or ends; each piece with the sum of its marks."""
    spans = [(span, WORD) for span in words]
    spans += [(span, mark) for span, mark in ((sentence, SENTENCE), (passage, PASSAGE)) if span is not None]
    edges = sorted({0, len(text), *(edge for span, _ in spans for edge in span if 0 <= edge <= len(text))})
    return [(text[start:end], _marks(start, end, spans)) for start, end in pairwise(edges)]


def _marks(start: int, end: int, spans: Sequence[tuple[Span, int]]) -> int:
    marks = 0
    for (first, last), mark in spans:
        if first <= start and end <= last:
            marks |= mark
    return marks
