"""Retrieval of chunks for a query: candidates, their ranks, and their closest sentences."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from llama_demo.errors import DemoError, StoreError
from llama_demo.services.library.candidates import CandidatePool, Meanings, SearchedMatrix
from llama_demo.services.library.chunking import readable
from llama_demo.services.library.deepening import RETRY
from llama_demo.services.library.embedders import Embedder, Embedders
from llama_demo.store.chunks import ChunkFilter, ChunkRow, ChunkStore
from llama_demo.store.library import Collection
from llama_demo.tasks.search import Closest, Ranked, SearchCandidate, Spread, closest_sentences
from llama_demo.text.languages import detect_language

log = logging.getLogger(__name__)

READ = 1_000
"""Characters of a query that are embedded."""

_CANDIDATES = 200
"""Most candidates, by meaning and by words, that are ranked."""

LOOKED_THROUGH = 20
"""Number of the best candidates that are ranked again by their sentences."""

DEEPENED = 30
"""Number of the best candidates that the deep model embeds for a query, if it has not yet."""

DEEPENING_SECONDS = 0.5
"""Seconds for that; what is not embedded by then is ranked without."""

_AT_ONCE = 4
_ENOUGH = 50
"""Vectors of a collection whose cosines by the deep model tell which are usual; else the samples do."""


@dataclass(frozen=True)
class RetrievedChunks:
    """The best chunks for a query.

    Attributes:
        ranked: best first.
        chunks, sentences: of those, by number; a sentence only for an embedded chunk.
        language: of the query; empty if it is not known.
        mode: that was used: ``words`` instead of ``hybrid`` if there is no model.
        model: that embedded the query; empty for none.
        shallow: whether the deep model, which is there, has not embedded all that was searched.
    """

    ranked: Sequence[Ranked]
    chunks: dict[int, ChunkRow]
    sentences: dict[int, Closest]
    language: str
    mode: str
    model: str
    shallow: bool = False


@dataclass(frozen=True)
class _Query:
    """What is looked for, where, and by whom."""

    text: str
    collections: Sequence[int]
    mode: str
    most: int
    among: Sequence[int] | None
    owner: str | None


class ChunkRetriever:
    """Finds chunks in the index."""

    def __init__(self, chunks: ChunkStore, embedders: Embedders) -> None:
        self._chunks = chunks
        self._embedders = embedders
        self._failed: dict[str, float] = {}

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
        quick = None if mode == "words" else self._embedders.current()
        mode = mode if quick is not None else "words"
        numbers = [one.number for one in collections]
        most = max(_CANDIDATES, 2 * limit) if mode == "hybrid" else max(DEEPENED, 2 * limit)
        among = self._chunks.among(chunk_filter, numbers)
        asked = _Query(query, numbers, mode, most, among, owner)
        language = detect_language(query[:READ]).language
        pool, shallow, model = self._pool(asked, quick)
        languages = self._chunks.languages(list(pool.numbers), owner=owner)
        foreign = {number: differ(language, other) for number, other in languages.items()}
        if shallow:
            self._deepen(asked, pool, foreign)
        candidates = [pool.candidate(number, foreign=abroad) for number, abroad in foreign.items()]
        kept = limit if mode != "hybrid" else max(limit, LOOKED_THROUGH)
        ranked = pool.ranked(candidates, mode, most=kept)
        chunks = self._chunks.chunks([one.number for one in ranked], owner=owner)
        sentences = _sentences(pool.quick, chunks.values())
        if mode == "hybrid":
            ranked = _ranked_by_sentences(candidates, pool, sentences, chunks)
        ranked = [one for one in ranked if one.number in chunks][:limit]
        return RetrievedChunks(ranked, chunks, sentences, language, mode, model, shallow)

    def sentence(self, query: str, chunk: ChunkRow) -> Closest | None:
        """The sentence of a chunk most similar to the query; None if the model knows no word of the query."""
        embedder = self._embedders.current() if query.strip() else None
        if embedder is None or not embedder.knows(query[:READ]):
            return None
        return closest_sentences(embedder.passages, embedder.query(query[:READ]), [chunk.text])[0]

    def _pool(self, asked: _Query, quick: Embedder | None) -> tuple[CandidatePool, bool, str]:
        """The chunks closest by meaning or with words of the query, each with all of its scores.

        Returns:
            The chunks; whether the deep model misses some of what was searched; and the name of a model that
            knows a word of the query.
        """
        pool, shallow, model = CandidatePool(), False, ""
        if asked.mode != "meaning" and asked.collections:
            found = self._chunks.best_by_words(
                asked.text, asked.collections, most=asked.most, among=asked.among
            )
            pool.words = dict(found)
        if quick is not None and quick.knows(asked.text[:READ]):
            model = quick.name
            self._search(pool.quick, asked, deep=False)
        deep = self._deep(quick)
        if deep is not None and deep.knows(asked.text[:READ]):
            model = deep.name
            try:
                shallow = self._search(pool.deep, asked, deep=True)
                if pool.deep.spread is None:
                    self._learn_spread(pool.deep, asked)
            except DemoError as exc:
                self._do_without_deep(exc)
        for meanings in (pool.quick, pool.deep):
            meanings.add_others(pool.numbers)
        return pool, shallow, model

    def _deep(self, quick: Embedder | None) -> Embedder | None:
        """The deep model beside the quick one; None if there is none, or it cannot be used."""
        failed = self._failed.get(self._embedders.deep, float("-inf"))
        if quick is None or time.monotonic() - failed < RETRY:
            return None
        try:
            deep = self._embedders.current_deep()
        except DemoError as exc:
            self._do_without_deep(exc)
            return None
        return None if deep is None or deep.number == quick.number else deep

    def _do_without_deep(self, exc: DemoError) -> None:
        """Let searches not wait for a model again that cannot be loaded, or a server that does not answer."""
        log.warning("the search goes on without the deep model: %s", exc)
        self._failed[self._embedders.deep] = time.monotonic()

    def _search(self, meanings: Meanings, asked: _Query, *, deep: bool) -> bool:
        """Add the chunks closest by the model of one kind. Returns whether that is deep and not done."""
        among = None if asked.among is None else np.array(asked.among, dtype=np.int64)
        shallow = False
        for collection in asked.collections:
            here = self._embedders.matrix(collection, deep=deep)
            beside = self._embedders.matrix(collection) if deep else here
            if here is None or beside is None or not len(beside[1]):
                continue
            embedder, matrix = here
            finished = len(matrix) >= len(beside[1])
            searched = SearchedMatrix(embedder, matrix, meanings.vector(embedder, asked.text[:READ]))
            representative = not deep or len(matrix) >= _ENOUGH
            meanings.add_nearest(collection, searched, asked.most, among, representative=representative)
            shallow = shallow or not finished
        return shallow

    def _deepen(self, asked: _Query, pool: CandidatePool, foreign: Mapping[int, bool]) -> None:
        """Let the deep model embed the best candidates that it has not embedded yet, as far as time allows.

        Their vectors are stored: they need not be made again.

        Args:
            foreign: for each candidate whether it is in another language than the query.
        """
        without = CandidatePool(pool.words, pool.quick)
        candidates = [without.candidate(number, foreign=abroad) for number, abroad in foreign.items()]
        best = without.ranked(candidates, asked.mode, most=DEEPENED)
        missing = [one.number for one in best if one.number not in pool.deep.cosines]
        rows = self._chunks.chunks(missing, owner=asked.owner)
        left = [rows[number] for number in missing if number in rows]
        end, longest = time.monotonic() + DEEPENING_SECONDS, 0.0
        while left and time.monotonic() + longest < end:
            begun = time.monotonic()
            here = [row for row in left if row.collection == left[0].collection][:_AT_ONCE]
            try:
                self._embed(pool.deep, here)
            except DemoError as exc:
                self._do_without_deep(exc)
                break
            left = [row for row in left if row not in here]
            longest = max(longest, time.monotonic() - begun)

    def _embed(self, deep: Meanings, rows: Sequence[ChunkRow]) -> None:
        """Embed and store some chunks of one collection."""
        searched = deep.searched[rows[0].collection]
        numbers = [row.number for row in rows]
        vectors = searched.embedder.passages([readable(row) for row in rows])
        deep.cosines |= zip(numbers, (vectors @ searched.query).tolist(), strict=True)
        with suppress(StoreError):  # such as on a full disk
            self._embedders.add_deep(searched.embedder, rows[0].collection, numbers, vectors)

    def _learn_spread(self, deep: Meanings, asked: _Query) -> None:
        """Learn from the samples, which are embedded first, what cosines are usual for the query."""
        for collection in self._chunks.shared_collections():
            here = self._embedders.matrix(collection, deep=True)
            numbers = {one.embedder.number for one in deep.searched.values()}
            if here is not None and here[0].number in numbers and len(here[1]) >= _ENOUGH:
                nearest = here[1].nearest(deep.vector(here[0], asked.text[:READ]), 1)
                deep.widen(Spread(nearest.mean, nearest.deviation))


def differ(query: str, passage: str) -> bool:
    """Whether two languages are known and different."""
    return bool(query and passage) and query != passage


def _sentences(quick: Meanings, chunks: Iterable[ChunkRow]) -> dict[int, Closest]:
    """The closest sentence of each chunk, by the quick model that answers for its collection.

    The deep model would take seconds for all sentences of the best chunks.
    """
    by_collection: dict[int, list[ChunkRow]] = {}
    for chunk in chunks:
        by_collection.setdefault(chunk.collection, []).append(chunk)
    found: dict[int, Closest] = {}
    for collection, those in by_collection.items():
        searched = quick.searched.get(collection)
        if searched is None:
            continue
        closest = closest_sentences(
            searched.embedder.passages, searched.query, [chunk.text for chunk in those]
        )
        found |= {chunk.number: one for chunk, one in zip(those, closest, strict=True) if one is not None}
    return found


def _ranked_by_sentences(
    candidates: Sequence[SearchCandidate],
    pool: CandidatePool,
    sentences: Mapping[int, Closest],
    among: Mapping[int, ChunkRow],
) -> list[Ranked]:
    """The candidates whose sentences were compared, ranked with them."""
    looked = [
        replace(one, sentence=sentences[one.number].cosine) if one.number in sentences else one
        for one in candidates
    ]
    return [one for one in pool.ranked(looked, "hybrid") if one.number in among]
