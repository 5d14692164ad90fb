"""Retrieval of chunks for a query: candidates, their ranks, and their closest sentences."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from llama_demo.services.library.embedders import Embedder, Embedders
from llama_demo.store.chunks import ChunkFilter, ChunkRow, ChunkStore
from llama_demo.store.library import Collection
from llama_demo.tasks.search import Closest, Ranked, SearchCandidate, closest_sentences, rank
from llama_demo.text.languages import detect_language

READ = 1_000
"""Characters of a query that are embedded."""

_CANDIDATES = 200
"""Most candidates, by meaning and by words, that are ranked."""

LOOKED_THROUGH = 20
"""Number of the best candidates that are ranked again by their sentences."""


@dataclass(frozen=True)
class RetrievedChunks:
    """The best chunks for a query.

    Attributes:
        ranked: best first.
        chunks, sentences: of those, by number; a sentence only for an embedded chunk.
        language: of the query; empty if it is not known.
        mode: that was used: ``words`` instead of ``hybrid`` if there is no model.
        model: that embedded the query; empty for none.
    """

    ranked: Sequence[Ranked]
    chunks: dict[int, ChunkRow]
    sentences: dict[int, Closest]
    language: str
    mode: str
    model: str


@dataclass
class _CandidatePool:
    """The candidates of a query and their scores.

    Attributes:
        words, cosines: BM25 and cosines of chunks, by number.
        mean, deviation: of the cosines of everything that was searched.
        vectors: by a collection's number, the model that answers for it and its vector of the query.
    """

    words: dict[int, float] = field(default_factory=dict)
    cosines: dict[int, float] = field(default_factory=dict)
    mean: float = 0.0
    deviation: float = 1.0
    vectors: dict[int, tuple[Embedder, NDArray[np.float32]]] = field(default_factory=dict)

    @property
    def numbers(self) -> set[int]:
        """Of all candidates."""
        return {*self.words, *self.cosines}

    def candidate(self, number: int, query_language: str, language: str) -> SearchCandidate:
        """The candidate of a chunk in ``language``, for a query in the language ``asked``."""
        words, cosine = self.words.get(number, 0.0), self.cosines.get(number)
        return SearchCandidate(number, cosine, words, differ(query_language, language))


class ChunkRetriever:
    """Finds chunks in the index."""

    def __init__(self, chunks: ChunkStore, embedders: Embedders) -> None:
        self._chunks = chunks
        self._embedders = embedders

    def find(
        self,
        query: str,
        collections: Sequence[Collection],
        mode: str,
        chunk_filter: ChunkFilter,
        limit: int,
        *,
        owner: str | None,
    ) -> RetrievedChunks:
        """The ``limit`` best chunks that this owner may read."""
        embedder = None if mode == "words" else self._embedders.current()
        mode = mode if embedder is not None else "words"
        understood = embedder is not None and embedder.knows(query[:READ])
        language = detect_language(query[:READ]).language
        most = max(_CANDIDATES, 2 * limit) if mode == "hybrid" else 2 * limit
        pool = self._pool(query, collections, mode, chunk_filter, most, understood=understood)
        languages = self._chunks.languages(list(pool.numbers), owner=owner)
        candidates = [pool.candidate(number, language, other) for number, other in languages.items()]
        kept = limit if mode != "hybrid" else max(limit, LOOKED_THROUGH)
        ranked = rank(candidates, mode, mean=pool.mean, deviation=pool.deviation, most=kept)
        chunks = self._chunks.chunks([one.number for one in ranked], owner=owner)
        sentences = _sentences(pool, chunks.values())
        if mode == "hybrid":
            ranked = _ranked_by_sentences(candidates, pool, sentences, chunks)
        ranked = [one for one in ranked if one.number in chunks][:limit]
        model = embedder.name if embedder is not None and understood else ""
        return RetrievedChunks(ranked, chunks, sentences, language, mode, model)

    def sentence(self, query: str, chunk: ChunkRow) -> Closest | None:
        """The sentence of a chunk most similar to the query; None if the model knows no word of the query."""
        embedder = self._embedders.current() if query.strip() else None
        if embedder is None or not embedder.knows(query[:READ]):
            return None
        return closest_sentences(embedder.passages, embedder.query(query[:READ]), [chunk.text])[0]

    def _pool(
        self,
        query: str,
        collections: Sequence[Collection],
        mode: str,
        chunk_filter: ChunkFilter,
        most: int,
        *,
        understood: bool,
    ) -> _CandidatePool:
        """The chunks closest by meaning or with words of the query, each with both scores."""
        pool = _CandidatePool()
        numbers = [one.number for one in collections]
        among = self._chunks.among(chunk_filter, numbers)
        if mode != "meaning" and numbers:
            pool.words = dict(self._chunks.best_by_words(query, numbers, most=most, among=among))
        if understood:
            allowed = None if among is None else np.array(among, dtype=np.int64)
            for number in numbers:
                self._add_nearest(pool, query[:READ], number, most, allowed)
        return pool

    def _add_nearest(
        self, pool: _CandidatePool, query: str, collection: int, most: int, among: NDArray[np.int64] | None
    ) -> None:
        here = self._embedders.matrix(collection)
        if here is None or not len(here[1]):
            return
        embedder, matrix = here
        known = [vector for other, vector in pool.vectors.values() if other.number == embedder.number]
        vector = known[0] if known else embedder.query(query)
        first = not pool.vectors
        pool.vectors[collection] = (embedder, vector)
        nearest = matrix.nearest(vector, most, among=among)
        by_words = np.array(sorted(pool.words.keys() - set(nearest.ids.tolist())), dtype=np.int64)
        beside = matrix.scores(vector, by_words)
        here_too = ~np.isnan(beside)  # a chunk of another collection has no score here
        pool.cosines |= zip(nearest.ids.tolist(), nearest.scores.tolist(), strict=True)
        pool.cosines |= zip(by_words[here_too].tolist(), beside[here_too].tolist(), strict=True)
        if first or nearest.deviation > pool.deviation:
            pool.mean, pool.deviation = nearest.mean, nearest.deviation


def differ(query: str, passage: str) -> bool:
    """Whether two languages are known and different."""
    return bool(query and passage) and query != passage


def _sentences(pool: _CandidatePool, chunks: Iterable[ChunkRow]) -> dict[int, Closest]:
    """The closest sentence of each chunk, by the model that answers for its collection."""
    by_collection: dict[int, list[ChunkRow]] = {}
    for chunk in chunks:
        by_collection.setdefault(chunk.collection, []).append(chunk)
    found: dict[int, Closest] = {}
    for collection, those in by_collection.items():
        if collection not in pool.vectors:
            continue
        embedder, vector = pool.vectors[collection]
        closest = closest_sentences(embedder.passages, vector, [chunk.text for chunk in those])
        found |= {chunk.number: one for chunk, one in zip(those, closest, strict=True) if one is not None}
    return found


def _ranked_by_sentences(
    candidates: Sequence[SearchCandidate],
    pool: _CandidatePool,
    sentences: Mapping[int, Closest],
    among: Container[int],
) -> list[Ranked]:
    """The candidates whose sentences were compared, ranked with them."""
    looked = [
        replace(one, sentence=sentences[one.number].cosine) if one.number in sentences else one
        for one in candidates
    ]
    ranked = rank(looked, "hybrid", mean=pool.mean, deviation=pool.deviation)
    return [one for one in ranked if one.number in among]
