"""Hybrid search: ranking of found passages by meaning and words, and their sentence closest to the query.

A passage's score is a weighted sum of its standardised cosines, of its BM25, and of its BM25 as a share of
the best one's:

    score = meaning z + words b + share b / max b + sentence s + deep d,   z = (cosine - mean) / deviation

Standardising a cosine by all of the collection's makes the weights good for any model. ``s`` is the same
for the sentence of the passage that is most similar to the query, since the other sentences blur a passage.
It costs more, so only the best passages have one, and ``z`` stands for it in the others. ``d`` is the same
for the deep model, where there is one; ``z`` stands for it in passages that it has not embedded yet. Of a
passage in another language than the query's no words can be found, so its ``z``, ``s`` and ``d`` weigh more
by ``across``, ``sentence_across`` and ``deep_across``; and since a deep model may see the language before the
meaning, ``foreign`` is added. The weights, with and without a deep model, are fitted by
``python -m bench.fit_fusion``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from llama_demo.settings import ASSETS
from llama_demo.text.sentences import SentenceSpan, split_sentences

_STATEMENT = re.compile(r"[.。!！…;；]\W*$")

FUSION = ASSETS / "search" / "fusion.json"

_HALF = 10.0
"""BM25 that is shown as 0.5."""


@dataclass(frozen=True)
class Fusion:
    """Weights of the sum.

    Attributes:
        centre: the sum at which a passage is right with probability 0.5.
    """

    meaning: float
    words: float
    share: float
    across: float
    sentence: float
    sentence_across: float
    centre: float
    deep: float = 0.0
    deep_across: float = 0.0
    foreign: float = 0.0

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weights (9) of :func:`features`, in their order."""
        own = (self.meaning, self.words, self.share, self.across, self.sentence, self.sentence_across)
        return np.array([*own, self.deep, self.deep_across, self.foreign])


@dataclass(frozen=True)
class Spread:
    """Mean and standard deviation of the cosines of everything that was searched."""

    mean: float = 0.0
    deviation: float = 1.0

    def standardised(self, cosines: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cosines (...) as multiples of the deviation above the mean."""
        return (cosines - self.mean) / max(self.deviation, 1e-3)


@dataclass(frozen=True)
class SearchCandidate:
    """A passage that was found by meaning, by words, or by both.

    Attributes:
        number: of the passage.
        cosine: with the query; None without a model.
        bm25: 0 if it holds none of the query's words.
        foreign: whether it is in another language than the query.
        sentence: cosine of the sentence most similar to the query; None if it was not computed.
        deep: cosine with the query by the deep model; None without one, and as long as it has no vector.
    """

    number: int
    cosine: float | None
    bm25: float
    foreign: bool = False
    sentence: float | None = None
    deep: float | None = None


@dataclass(frozen=True)
class Ranked:
    """A passage with its scores, each from 0 to 1."""

    number: int
    score: float
    meaning: float
    words: float


@dataclass(frozen=True)
class Closest:
    """The sentence of a text that is most like a query.

    Attributes:
        start, end: of the most similar statement, if there is one: a heading or a question can be more
            similar to a question, but does not answer it.
        cosine: of the most similar sentence of any kind.
    """

    start: int
    end: int
    cosine: float


@cache
def fitted(*, deep: bool = False) -> Fusion:
    """The weights that ship with the program.

    Args:
        deep: those beside a deep model.
    """
    return Fusion(**json.loads(FUSION.read_text(encoding="utf-8"))["deep" if deep else "quick"])


def rank(
    candidates: Sequence[SearchCandidate],
    mode: str,
    *,
    mean: float = 0.0,
    deviation: float = 1.0,
    deep: Spread | None = None,
    most: int | None = None,
) -> list[Ranked]:
    """The candidates by ``meaning``, by ``words`` or by both (``hybrid``), best first.

    ``words`` leaves out those without a word of the query, ``meaning`` those without a cosine. Where there is
    a deep model, ``meaning`` is what it says of those that it has embedded, before all others.

    Args:
        mean, deviation: of the cosines of everything that was searched.
        deep: the same of the deep model; None without one.
        most: number of the best to return; None for all.
    """
    if mode == "hybrid":
        fusion = fitted(deep=deep is not None)
        sums = fused(candidates, fusion, mean=mean, deviation=deviation, deep=deep)
        order = np.argsort(-sums, kind="stable")[:most]
        scores = 1 / (1 + np.exp(fusion.centre - sums[order]))
        return [
            _ranked(candidates[place], score, deep)
            for place, score in zip(order.tolist(), scores.tolist(), strict=True)
        ]
    if mode == "words":
        found = sorted((one for one in candidates if one.bm25 > 0), key=lambda one: -one.bm25)
        return [_ranked(one, _shown(one.bm25), deep) for one in found[:most]]
    known = [one for one in candidates if one.cosine is not None or one.deep is not None]
    known.sort(key=_by_meaning, reverse=True)
    best = known[:most]
    falling = accumulate((_meaning(one, deep) for one in best), min)
    return [_ranked(one, score, deep) for one, score in zip(best, falling, strict=True)]


def fused(
    candidates: Sequence[SearchCandidate],
    fusion: Fusion,
    *,
    mean: float,
    deviation: float,
    deep: Spread | None = None,
) -> NDArray[np.float64]:
    """The weighted sums (n) of the candidates."""
    terms = features(candidates, mean=mean, deviation=deviation, deep=deep)
    sums: NDArray[np.float64] = terms @ fusion.weights
    return sums


def features(
    candidates: Sequence[SearchCandidate], *, mean: float, deviation: float, deep: Spread | None = None
) -> NDArray[np.float64]:
    """The terms of the sum (n, 9), in the order of :attr:`Fusion.weights`; without a deep model d is 0."""
    wholes = np.array([mean if one.cosine is None else one.cosine for one in candidates])
    parts = np.array([np.nan if one.sentence is None else one.sentence for one in candidates])
    deeper = np.array([np.nan if one.deep is None else one.deep for one in candidates])
    spread = Spread(mean, deviation)
    z, s = spread.standardised(wholes), spread.standardised(parts)
    s = np.where(np.isnan(s), z, s)
    d = np.zeros_like(z) if deep is None else deep.standardised(deeper)
    d = np.where(np.isnan(d), z, d)
    b = np.array([one.bm25 for one in candidates])
    foreign = np.array([one.foreign for one in candidates])
    own = [z, b, b / max(b.max(initial=0.0), 1e-6), z * foreign]
    return np.stack([*own, s, s * foreign, d, d * foreign, foreign], axis=1)


def closest_sentences(
    vectors: Callable[[Sequence[str]], NDArray[np.float32]],
    query: NDArray[np.float32],
    texts: Sequence[str],
) -> list[Closest | None]:
    """For each text the sentence whose meaning is nearest to the query's vector; None if it has none.

    Args:
        vectors: the vectors (texts, width) of passages.
    """
    sentences = [split_sentences(text) for text in texts]
    every = [sentence.text for each in sentences for sentence in each]
    if not every:
        return [None] * len(texts)
    cosines = vectors(every) @ query
    ends = np.cumsum([len(each) for each in sentences])
    return [
        _closest(each, cosines[end - len(each) : end]) if each else None
        for each, end in zip(sentences, ends.tolist(), strict=True)
    ]


def _closest(sentences: Sequence[SentenceSpan], cosines: NDArray[np.float32]) -> Closest:
    statements = [place for place, one in enumerate(sentences) if _STATEMENT.search(one.text)]
    best = max(statements or range(len(sentences)), key=cosines.__getitem__)
    return Closest(sentences[best].start, sentences[best].end, float(cosines.max()))


def flat(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The first two principal components of vectors (n, width): their mean (width) and the axes (width, 2).

    Pearson 1901. Fewer than three vectors span no plane; missing axes are zeros.
    """
    centre = vectors.mean(axis=0)
    _, variances, axes = np.linalg.svd(vectors - centre, full_matrices=False)
    plane = np.zeros((vectors.shape[1], 2), dtype=np.float32)
    found = min(2, int((variances > 1e-6).sum()))
    plane[:, :found] = axes[:found].T
    return centre, plane


def _ranked(candidate: SearchCandidate, score: float, deep: Spread | None) -> Ranked:
    return Ranked(candidate.number, score, _meaning(candidate, deep), _shown(candidate.bm25))


def _by_meaning(candidate: SearchCandidate) -> tuple[bool, float]:
    """What the deep model has embedded first, by its cosines; then the rest."""
    if candidate.deep is not None:
        return True, candidate.deep
    return False, -1.0 if candidate.cosine is None else candidate.cosine


def _meaning(candidate: SearchCandidate, deep: Spread | None) -> float:
    """The cosine, 0 to 1: the deep model's if there is one, less what unrelated texts have there."""
    cosine = candidate.cosine
    if candidate.deep is not None and deep is not None:
        cosine = (candidate.deep - deep.mean) / max(1 - deep.mean, 1e-3)
    return 0.0 if cosine is None else float(min(max(cosine, 0.0), 1.0))


def _shown(bm25: float) -> float:
    """BM25, which has no upper bound, mapped to 0 ... 1."""
    return float(bm25 / (bm25 + _HALF))
