"""Meaning and words together: how found passages are ranked, and what in them is most like the query.

A passage's score is a weighted sum of how far its cosine lies above chance, of its BM25, and of its BM25
beside the best one's:

    score = meaning z + words b + share b / max b,   z = (cosine - mean) / deviation

Standardising the cosine by all of the collection's makes the weights good for any model. Of a passage in
another language than the query's no words can be found, so it gets ``across`` more for each z. The weights
are fitted by ``python -m bench.fit_fusion``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from llama_demo.settings import ASSETS
from llama_demo.tasks.embed import SentenceEncoder, embed
from llama_demo.text.sentences import Sentence, split_sentences

_HALF = 10.0
"""BM25 that is shown as one half."""


@dataclass(frozen=True)
class Fusion:
    """Weights of the sum.

    Attributes:
        centre: the sum at which a passage is as likely right as not.
    """

    meaning: float
    words: float
    share: float
    across: float
    centre: float


@dataclass(frozen=True)
class Candidate:
    """A passage that was found one way or the other.

    Attributes:
        number: of the passage.
        cosine: with the query; None without a model.
        bm25: 0 if it holds none of the query's words.
        foreign: whether it is in another language than the query.
    """

    number: int
    cosine: float | None
    bm25: float
    foreign: bool = False


@dataclass(frozen=True)
class Ranked:
    """A passage with its scores, each from 0 to 1."""

    number: int
    score: float
    meaning: float
    words: float


@cache
def fitted() -> Fusion:
    """The weights that ship with the program."""
    return Fusion(**json.loads((ASSETS / "search" / "fusion.json").read_text(encoding="utf-8")))


def rank(
    candidates: Sequence[Candidate], mode: str, *, mean: float = 0.0, deviation: float = 1.0
) -> list[Ranked]:
    """The candidates by ``meaning``, by ``words`` or by both (``hybrid``), best first.

    Those that ``words`` does not find, or of which ``meaning`` knows nothing, are left out there.

    Args:
        mean, deviation: of the cosines of everything that was searched.
    """
    if mode == "words":
        ranked = [_ranked(one, _shown(one.bm25)) for one in candidates if one.bm25 > 0]
    elif mode == "meaning":
        ranked = [_ranked(one, _clipped(one.cosine)) for one in candidates if one.cosine is not None]
        return sorted(ranked, key=lambda one: -one.meaning)
    else:
        sums = fused(candidates, fitted(), mean=mean, deviation=deviation)
        scores = 1 / (1 + np.exp(fitted().centre - sums))
        order = np.argsort(-sums, kind="stable")
        return [_ranked(candidates[place], float(scores[place])) for place in order]
    return sorted(ranked, key=lambda one: -one.score)


def fused(
    candidates: Sequence[Candidate], fusion: Fusion, *, mean: float, deviation: float
) -> NDArray[np.float64]:
    """The weighted sum (n) of each candidate."""
    weights = np.array([fusion.meaning, fusion.words, fusion.share, fusion.across])
    sums: NDArray[np.float64] = features(candidates, mean=mean, deviation=deviation) @ weights
    return sums


def features(candidates: Sequence[Candidate], *, mean: float, deviation: float) -> NDArray[np.float64]:
    """What is summed up (n, 4): z, BM25, its share of the best, z if the language is another."""
    cosines = np.array([mean if one.cosine is None else one.cosine for one in candidates])
    z = (cosines - mean) / max(deviation, 1e-3)
    b = np.array([one.bm25 for one in candidates])
    foreign = np.array([one.foreign for one in candidates])
    return np.stack([z, b, b / max(b.max(initial=0.0), 1e-6), z * foreign], axis=1)


def most_similar_sentence(encoder: SentenceEncoder, query: NDArray[np.float32], text: str) -> Sentence | None:
    """The sentence of ``text`` whose meaning is nearest to the query's vector; None if there is none."""
    sentences = split_sentences(text)
    if len(sentences) < 2:
        return sentences[0] if sentences else None
    vectors = embed(encoder, [sentence.text for sentence in sentences], role="passage").vectors
    return sentences[int(np.argmax(vectors @ query))]


def flat(vectors: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The plane on which vectors (n, width) lie widest apart: their mean (width) and its axes (width, 2).

    Principal components, Pearson 1901. Fewer than three vectors span no plane: missing axes are zeros.
    """
    centre = vectors.mean(axis=0)
    _, variances, axes = np.linalg.svd(vectors - centre, full_matrices=False)
    plane = np.zeros((vectors.shape[1], 2), dtype=np.float32)
    found = min(2, int((variances > 1e-6).sum()))
    plane[:, :found] = axes[:found].T
    return centre, plane


def _ranked(candidate: Candidate, score: float) -> Ranked:
    return Ranked(candidate.number, score, _clipped(candidate.cosine), _shown(candidate.bm25))


def _clipped(cosine: float | None) -> float:
    return 0.0 if cosine is None else float(min(max(cosine, 0.0), 1.0))


def _shown(bm25: float) -> float:
    """BM25, which has no upper end, as a share of one."""
    return float(bm25 / (bm25 + _HALF))
