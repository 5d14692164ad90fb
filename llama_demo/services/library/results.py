"""The results of a search: passages with their scores, and a passage in its context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.span import Span
from llama_demo.store.chunks import ChunkRow
from llama_demo.store.library import DocumentRow

_AROUND = 4
"""Chunks of context before and after a chunk."""


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Attributes:
        chunk: number of the passage, for ``more_like`` and ``context`` of the search service.
        document, document_id: the name of the file, and its id.
        place: in the document, from 0.
        page: from 1; None for a document without pages.
        heading: the headings above it, the widest first, with › between.
        score, meaning, words: from 0 to 1; ``score`` is what the hits are sorted by.
        word_spans: spans of the query's words in ``text``.
        sentence: span of the sentence most similar to the query; None without a model.
        foreign: whether it is in another language than the query.
    """

    chunk: int
    document: str
    document_id: str
    collection: str
    place: int
    page: int | None
    heading: str
    text: str
    language: str
    score: float
    meaning: float
    words: float
    word_spans: tuple[Span, ...] = ()
    sentence: Span | None = None
    foreign: bool = False


@dataclass(frozen=True)
class SearchResults:
    """The results of a search.

    Attributes:
        hits: best first.
        language: of the query; empty if it is not known.
        mode: that was used: ``words`` instead of ``hybrid`` if there is no model.
        searched: chunks in the collections.
        milliseconds: that the search took.
        model: that embedded the query; empty for none.
        run_id: of the row in the history; None if the visit keeps none.
    """

    query: str
    hits: tuple[Hit, ...]
    language: str
    mode: str
    searched: int
    milliseconds: float
    model: str = ""
    run_id: str | None = None


@dataclass(frozen=True)
class ChunkContext:
    """A passage in its document.

    Attributes:
        text: the document's text around it.
        span: the passage in ``text``.
        sentence: span in ``text`` of the sentence most similar to the query.
        whole: whether ``text`` is the whole document.
    """

    document: DocumentRow
    page: int | None
    heading: str
    text: str
    span: Span
    sentence: Span | None
    word_spans: tuple[Span, ...]
    whole: bool


def text_around(chunks: Sequence[ChunkRow], one: ChunkRow) -> tuple[str, int]:
    """The text of a document around one of its chunks, and the offset of that chunk in it."""
    return _joined([each for each in chunks if _is_near(each, one)], one)


def is_whole_document(chunks: Sequence[ChunkRow], one: ChunkRow) -> bool:
    """Whether :func:`text_around` covers the whole document."""
    return all(_is_near(each, one) for each in chunks)


def _is_near(chunk: ChunkRow, one: ChunkRow) -> bool:
    return abs(chunk.place - one.place) <= _AROUND


def _joined(chunks: Sequence[ChunkRow], one: ChunkRow) -> tuple[str, int]:
    """The text of consecutive chunks without their overlaps, and the offset of ``one`` in it."""
    text, end, begin = "", chunks[0].start, 0
    for chunk in chunks:
        gap = chunk.start - end
        if text:
            text += "\n\n" if gap > 1 else " " * max(gap, 0)
        if chunk.number == one.number:
            begin = len(text) + min(gap, 0)
        text += chunk.text[max(0, -gap) :]
        end = max(end, chunk.end)
    return text, begin


def as_output(results: SearchResults) -> str:
    """The results as the history stores them: a numbered list of sources.

    It has no text of a document, not even a heading, which would outlive the document.
    """
    return "\n".join(
        f"{number}. {_where(hit)} · {hit.score:.2f}" for number, hit in enumerate(results.hits, start=1)
    )


def source(hit: Hit) -> str:
    """The source of a passage in one line: document, page and heading."""
    return " · ".join(part for part in (_where(hit), hit.heading) if part)


def _where(hit: Hit) -> str:
    return hit.document if hit.page is None else f"{hit.document} ({hit.page})"
