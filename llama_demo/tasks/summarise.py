"""Extractive summaries: the most central sentences of a text, without a model.

It quotes and does not write, and the caller should say so.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import regex
from numpy.typing import NDArray

from llama_demo.errors import InputError
from llama_demo.text.sentences import SentenceSpan, split_sentences

LONGEST_TEXT = 200_000  # characters
MOST_SENTENCES = 1_000  # each is compared with each other
# Damping of LexRank: with the rest of the probability the walk jumps to any sentence.
_FOLLOW = 0.85
_ROUNDS = 50
# A sentence as similar as this to one that is already quoted adds nothing.
_REPEATS = 0.6
_WORD = regex.compile(r"\p{Han}|[\p{L}\p{N}]+(?:['’]\p{L}+)?")
_HAN = regex.compile(r"\p{Han}")


def summarise(text: str, *, sentences: int = 3) -> list[SentenceSpan]:
    """Quote the ``sentences`` most central sentences of ``text``, in its order.

    A sentence is central if it is similar to many that are central themselves (LexRank, Erkan & Radev
    2004, arXiv:1109.2128): similarity is the cosine of word counts weighted by rarity, where Chinese
    counts in pairs of characters. One that repeats another is left out for the next. Sentences
    beyond :data:`MOST_SENTENCES` are not read.

    Raises:
        InputError: the text is empty, or longer than :data:`LONGEST_TEXT`.
    """
    if not text.strip():
        raise InputError("prompt_empty")
    if len(text) > LONGEST_TEXT:
        raise InputError("prompt_too_large", characters=len(text), limit=LONGEST_TEXT)
    found = split_sentences(text)[:MOST_SENTENCES]
    vectors = _weighted([Counter(_words(sentence.text)) for sentence in found])
    similarity = vectors @ vectors.T  # (sentences, sentences)
    chosen: list[int] = []
    for index in np.argsort(-_centrality(similarity), kind="stable"):
        if len(chosen) == sentences:
            break
        if all(similarity[index, other] < _REPEATS for other in chosen):
            chosen.append(int(index))
    return [found[index] for index in sorted(chosen)]


def _words(text: str) -> list[str]:
    """Lower-case words; Chinese characters in overlapping pairs, which approximate words."""
    words, before = [], ""
    for word in _WORD.findall(text.lower()):
        words.append(before + word if _HAN.match(word) and _HAN.match(before) else word)
        before = word
    return words


def _weighted(counts: list[Counter[str]]) -> NDArray[np.float32]:
    """A unit vector of word counts for each sentence, rare words weighing more: (sentences, words)."""
    column = {word: number for number, word in enumerate({word for count in counts for word in count})}
    vectors = np.zeros((len(counts), max(1, len(column))), dtype=np.float32)
    for row, count in enumerate(counts):
        for word, times in count.items():
            vectors[row, column[word]] = times
    holding = (vectors > 0).sum(axis=0)
    vectors *= np.log1p(len(counts) / np.maximum(holding, 1))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return unit


def _centrality(similarity: NDArray[np.float32]) -> NDArray[np.float32]:
    """The stationary distribution (sentences) of a walk between similar sentences, by power iteration."""
    # Without self-similarity: a sentence similar to no other would keep all probability that reaches it.
    similarity = similarity * (1 - np.eye(len(similarity), dtype=np.float32))
    follow = similarity / np.maximum(similarity.sum(axis=1, keepdims=True), 1e-9)
    rank = np.full(len(similarity), 1 / len(similarity), dtype=np.float32)
    for _ in range(_ROUNDS):
        rank = (1 - _FOLLOW) / len(similarity) + _FOLLOW * (rank @ follow)
    return rank
