"""Passages to read for a question: of a text, or of the library, found by a search."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import regex
from numpy.typing import NDArray

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import Evidence, Subject, TextPart
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import ChunkFilter, Hit, SearchService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit
from llama_demo.store.chunk_words import telling_words
from llama_demo.store.words import words
from llama_demo.tasks.embed import embed
from llama_demo.tasks.search import SearchCandidate, rank
from llama_demo.text.chunks import split_chunks

MOST_OF_TEXT, MOST_OF_LIBRARY = 24, 12
"""Most passages that are read for one question."""

LONGEST_TEXT = 1_000_000
"""Most characters of a text that is asked about."""

LONGEST_PASSAGE, OVERLAP = 220, 30
"""Words, or characters of scripts without spaces, of a passage and of its overlap."""

EMBEDDED_AT_ONCE = 64
"""Passages that are embedded between two checks for a stop."""

_K1, _B = 1.2, 0.75
_SPACELESS = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_UNIT = regex.compile(rf"[{_SPACELESS}]|[^\s{_SPACELESS}]+")
_LONGEST_WORD, _PART = 24, 4
"""Characters of a word; a longer run is an address or encoded data, of which each part counts as a word."""


class PassageRetrieval:
    """Finds the passages to read for a question."""

    def __init__(self, models: Models, search: SearchService, library: Library) -> None:
        self._models = models
        self._search = search
        self._library = library

    def of(
        self, visit: Visit, subject: Subject, question: str, stopped: Callable[[], bool] = lambda: False
    ) -> tuple[Evidence, ...]:
        """The passages of a text or of the library that may hold an answer.

        All of a short text, in its order; of a long one, and of the library, those most similar to the
        question, best first.

        Args:
            stopped: called between steps; once it returns true, the rest is left out and nothing is found.

        Raises:
            InputError: ``ask_text_empty``, ``ask_text_too_long``, ``ask_collection_empty``,
                ``ask_documents_unknown``, ``collection_unknown``, ``query_too_long``.
        """
        if subject.kind == "library":
            return self._found(visit, subject, question, stopped)
        pieces = _cut(subject.parts)
        if not pieces:
            raise InputError("ask_text_empty")
        return pieces if len(pieces) <= MOST_OF_TEXT else self._likeliest(pieces, question, stopped)

    def _found(
        self, visit: Visit, subject: Subject, question: str, stopped: Callable[[], bool]
    ) -> tuple[Evidence, ...]:
        self._library.wait_for_samples()
        if stopped():
            return ()
        there = self._library.named(visit, subject.collection)
        if not sum(one.chunks for one in there):
            raise InputError("ask_collection_empty", name=subject.collection)
        if subject.documents and not any(self._library.document(visit, one) for one in subject.documents):
            raise InputError("ask_documents_unknown")
        results = self._search.search(
            visit,
            question,
            subject.collection,
            chunk_filter=ChunkFilter(documents=subject.documents),
            limit=MOST_OF_LIBRARY,
            record=False,
        )
        return tuple(map(_evidence, results.hits))

    def _likeliest(
        self, pieces: Sequence[Evidence], question: str, stopped: Callable[[], bool]
    ) -> tuple[Evidence, ...]:
        """The passages most similar to the question by meaning and words, best first."""
        cosines = self._cosines(pieces, question, stopped)
        if stopped():
            return ()
        bm25 = _bm25([piece.text for piece in pieces], telling_words(question))
        candidates = [
            SearchCandidate(place, None if cosines is None else float(cosines[place]), float(bm25[place]))
            for place in range(len(pieces))
        ]
        if cosines is None:
            ranked = rank(candidates, "words") or rank(candidates, "hybrid")
        else:
            ranked = rank(candidates, "hybrid", mean=float(cosines.mean()), deviation=float(cosines.std()))
        return tuple(
            replace(pieces[one.number], score=one.score, meaning=one.meaning, words=one.words)
            for one in ranked[:MOST_OF_TEXT]
        )

    def _cosines(
        self, pieces: Sequence[Evidence], question: str, stopped: Callable[[], bool]
    ) -> NDArray[np.float32] | None:
        """The cosine of each passage with the question, unfinished if stopped; None without a model."""
        if not self._models.entries("search"):
            return None
        encoder = self._models.encoder()
        query = embed(encoder, [question], role="query").vectors[0]
        cosines = np.zeros(len(pieces), dtype=np.float32)
        for begin in range(0, len(pieces), EMBEDDED_AT_ONCE):
            if stopped():
                break
            texts = [piece.text for piece in pieces[begin : begin + EMBEDDED_AT_ONCE]]
            cosines[begin : begin + len(texts)] = embed(encoder, texts, role="passage").vectors @ query
        return cosines


@dataclass(frozen=True)
class _Block:
    text: str
    headings: tuple[str, ...]
    page: int | None


def _cut(parts: Sequence[TextPart]) -> tuple[Evidence, ...]:
    """The text cut into passages of whole sentences, none across two documents or pages.

    Raises:
        InputError: ``ask_text_too_long``.
    """
    characters = sum(len(part.text) for part in parts)
    if characters > LONGEST_TEXT:
        raise InputError("ask_text_too_long", characters=characters, limit=LONGEST_TEXT)
    pieces: list[Evidence] = []
    for (document, _), together in groupby(parts, key=lambda part: (part.document, part.page)):
        blocks = [_Block(part.text, (part.heading,) if part.heading else (), part.page) for part in together]
        pieces += [
            Evidence(chunk.text, document, page=chunk.page, heading="".join(chunk.headings))
            for chunk in split_chunks(blocks, _cost, most=LONGEST_PASSAGE, overlap=OVERLAP)
        ]
    return tuple(pieces)


def _cost(text: str) -> int:
    """Words, or characters of a script that puts no spaces between words."""
    lengths = (match.end() - match.start() for match in _UNIT.finditer(text))
    return sum(1 if length <= _LONGEST_WORD else math.ceil(length / _PART) for length in lengths)


def _bm25(texts: Sequence[str], wanted: Sequence[str]) -> NDArray[np.float64]:
    """BM25 of each text (n) for some words, computed like the library's index."""
    counts = [Counter(words(text)) for text in texts]
    lengths = np.array([max(count.total(), 1) for count in counts], dtype=np.float64)
    scores = np.zeros(len(texts))
    for word in wanted:
        times = np.array([count[word] for count in counts], dtype=np.float64)
        holding = int((times > 0).sum())
        rarity = max(np.log((len(texts) - holding + 0.5) / (holding + 0.5)), 1e-6)
        scores += rarity * times * (_K1 + 1) / (times + _K1 * (1 - _B + _B * lengths / lengths.mean()))
    return scores


def _evidence(hit: Hit) -> Evidence:
    return Evidence(
        hit.text,
        hit.document,
        chunk=hit.chunk,
        page=hit.page,
        heading=hit.heading,
        score=hit.score,
        meaning=hit.meaning,
        words=hit.words,
    )
