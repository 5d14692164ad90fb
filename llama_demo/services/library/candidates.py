"""What is known of a query's candidates: their words, and their cosines by the quick and the deep model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.services.library.embedders import Embedder
from llama_demo.tasks.search import Ranked, SearchCandidate, Spread, rank


@dataclass(frozen=True)
class SearchedMatrix:
    """The vectors of a collection, the model that made them, and its vector (width) of the query."""

    embedder: Embedder
    matrix: VectorMatrix
    query: NDArray[np.float32]


@dataclass
class Meanings:
    """What the models of one kind, quick or deep, say of the candidates.

    Attributes:
        searched: by the number of the collection.
        cosines: of chunks, by number.
        spread: of the cosines of everything that was searched; None as long as too few are known.
    """

    searched: dict[int, SearchedMatrix] = field(default_factory=dict)
    cosines: dict[int, float] = field(default_factory=dict)
    spread: Spread | None = None

    def vector(self, embedder: Embedder, query: str) -> NDArray[np.float32]:
        """The vector (width) of a query, computed once for each model."""
        known = [one.query for one in self.searched.values() if one.embedder.number == embedder.number]
        return known[0] if known else embedder.query(query)

    def add_nearest(
        self,
        collection: int,
        searched: SearchedMatrix,
        most: int,
        among: NDArray[np.int64] | None,
        *,
        representative: bool,
    ) -> None:
        """Add the chunks of a collection that are closest to the query.

        Args:
            representative: whether its cosines tell which are usual.
        """
        self.searched[collection] = searched
        nearest = searched.matrix.nearest(searched.query, most, among=among)
        self.cosines |= zip(nearest.ids.tolist(), nearest.scores.tolist(), strict=True)
        if representative:
            self.widen(Spread(nearest.mean, nearest.deviation))

    def widen(self, spread: Spread) -> None:
        """Take a spread that is wider than the known one."""
        if self.spread is None or spread.deviation > self.spread.deviation:
            self.spread = spread

    def add_others(self, numbers: set[int]) -> None:
        """Add the cosines of chunks that were found in another way, as far as they have vectors."""
        missing = np.array(sorted(numbers - self.cosines.keys()), dtype=np.int64)
        for one in self.searched.values():
            scores = one.matrix.scores(one.query, missing)
            there = ~np.isnan(scores)  # a chunk of another collection has none here
            self.cosines |= zip(missing[there].tolist(), scores[there].tolist(), strict=True)


@dataclass
class CandidatePool:
    """The candidates of a query and their scores.

    Attributes:
        words: BM25 of chunks, by number.
        quick, deep: what the two models say; nothing without a model.
    """

    words: dict[int, float] = field(default_factory=dict)
    quick: Meanings = field(default_factory=Meanings)
    deep: Meanings = field(default_factory=Meanings)

    @property
    def numbers(self) -> set[int]:
        """Of all candidates."""
        return {*self.words, *self.quick.cosines, *self.deep.cosines}

    def candidate(self, number: int, *, foreign: bool) -> SearchCandidate:
        """A chunk with its scores."""
        words = self.words.get(number, 0.0)
        cosine, deep = self.quick.cosines.get(number), self.deep.cosines.get(number)
        return SearchCandidate(number, cosine, words, foreign=foreign, deep=deep)

    def ranked(
        self, candidates: Sequence[SearchCandidate], mode: str, *, most: int | None = None
    ) -> list[Ranked]:
        """Candidates, best first."""
        usual = self.quick.spread or Spread()
        return rank(
            candidates, mode, mean=usual.mean, deviation=usual.deviation, deep=self.deep.spread, most=most
        )
