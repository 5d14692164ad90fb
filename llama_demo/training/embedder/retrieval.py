"""Finding texts by words and by meaning, as the published figures measure it."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.tasks.search import Fusion

Scores = NDArray[np.float32]

_WORD = re.compile(r"[a-z0-9]+(?:['-][a-z0-9]+)*")
_HAN = re.compile(r"[㐀-鿿]+")
# Robertson's constants for how soon more of a word stops counting, and how much a text's length does.
_K1, _B = 1.2, 0.75


def words(text: str) -> list[str]:
    """Words of an alphabet in small letters, and each two neighbouring Chinese characters."""
    runs = _HAN.findall(text)
    pairs = [run[i : i + 2] for run in runs for i in range(max(1, len(run) - 1))]
    return [*_WORD.findall(text.lower()), *pairs]


def by_words(queries: Sequence[str], texts: Sequence[str]) -> Scores:
    """BM25 (Robertson and Zaragoza 2009) of every text for every query (queries, texts)."""
    holders: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    lengths = np.zeros(len(texts))
    for number, text in enumerate(texts):
        counts = Counter(words(text))
        lengths[number] = counts.total()
        for word, count in counts.items():
            holders[word].append((number, count))
    norms = _K1 * (1 - _B + _B * lengths / max(lengths.mean(), 1.0))
    scores = np.zeros((len(queries), len(texts)), dtype=np.float32)
    for row, query in zip(scores, queries, strict=True):
        for word in set(words(query)):
            found = holders.get(word, [])
            rarity = math.log(1 + (len(texts) - len(found) + 0.5) / (len(found) + 0.5))
            for number, count in found:
                row[number] += rarity * count * (_K1 + 1) / (count + norms[number])
    return scores


def fused(words: Scores, meaning: Scores, fusion: Fusion) -> Scores:
    """Both kinds of scores (queries, texts), summed as the app does where it has not looked at sentences."""
    deviation = np.maximum(meaning.std(axis=1, keepdims=True), 1e-3)
    z = (meaning - meaning.mean(axis=1, keepdims=True)) / deviation
    share = words / np.maximum(words.max(axis=1, keepdims=True), 1e-6)
    sums: Scores = (fusion.meaning + fusion.sentence) * z + fusion.words * words + fusion.share * share
    return sums


@dataclass(frozen=True)
class Ranking:
    """Top-1 and top-5 accuracy, in percent."""

    first: float
    first_five: float


def rank(scores: Scores, right: Sequence[int]) -> Ranking:
    """Ranking figures for the ``right`` text of each query; a text without a score ranks last."""
    own = scores[np.arange(len(right)), right][:, None]
    # A text of the same score stands before the right one, so that ties help nobody.
    places = (scores >= own).sum(axis=1) - 1
    return Ranking(*(float(100 * (places < most).mean()) for most in (1, 5)))
