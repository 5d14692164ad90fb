"""The sentences of a written answer: which passages each of them names, and whether any bears it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import regex

from llama_demo.services.asking.update import Claim
from llama_demo.store.chunk_words import telling_words
from llama_demo.store.words import words
from llama_demo.tasks.embed import SentenceEncoder, embed
from llama_demo.text.sentences import split_sentences

# What a passage that says the same has at least: so many of a sentence's telling words, or a sentence with
# this cosine. Chosen by hand.
_SAME, _NEAR = 0.6, 0.6

_CITATION = regex.compile(r"[\[［【]\s*(\d{1,3}(?:\s*[,，、;；]\s*\d{1,3})*)\s*[\]］】]")
_NUMBER = regex.compile(r"\d+(?:[.,:]\d+)*")


def claims_of(answer: str, passages: Sequence[str], encoder: SentenceEncoder | None = None) -> list[Claim]:
    """Each sentence of ``answer``, held against the passages, which count from 1.

    A sentence is supported if all of its numbers stand in one passage, and most of its telling words or a
    sentence of near meaning do; one that says nothing, such as "Yes.", is too.

    Args:
        encoder: tells what is near; without one only words count.
    """
    spoken = _CITATION.sub(lambda found: " " * len(found[0]), answer)
    sentences = split_sentences(spoken)
    support = _Support(passages, encoder)
    claims = []
    for place, sentence in enumerate(sentences):
        end = sentences[place + 1].start if place + 1 < len(sentences) else len(answer)
        cites = tuple(one for one in _cited(answer[sentence.start : end]) if 1 <= one <= len(passages))
        end = sentence.start + len(answer[sentence.start : end].rstrip())
        claims.append(Claim(sentence.start, end, cites, support.of(sentence.text)))
    return claims


def _cited(sentence: str) -> Iterator[int]:
    for found in _CITATION.finditer(sentence):
        yield from dict.fromkeys(map(int, regex.findall(r"\d+", found[1])))


class _Support:
    """What the passages say, ready to be compared with many sentences."""

    def __init__(self, passages: Sequence[str], encoder: SentenceEncoder | None) -> None:
        self._words = [frozenset(words(passage)) for passage in passages]
        self._numbers = [frozenset(_NUMBER.findall(passage)) for passage in passages]
        self._encoder = encoder
        said = [(place, each.text) for place, text in enumerate(passages) for each in split_sentences(text)]
        self._owners = np.array([place for place, _ in said], dtype=np.int64)
        if encoder is not None and said:
            self._vectors = embed(encoder, [text for _, text in said], role="passage").vectors

    def of(self, sentence: str) -> bool:
        """Whether one of the passages says something like it."""
        wanted, numbers = telling_words(sentence), set(_NUMBER.findall(sentence))
        if not [word for word in wanted if len(word) > 1 or not word.isascii()]:
            return True
        near = self._near(sentence)
        for place, there in enumerate(self._words):
            if not numbers <= self._numbers[place]:
                continue
            share = sum(word in there for word in wanted) / len(wanted)
            if share >= _SAME or near[place] >= _NEAR:
                return True
        return False

    def _near(self, sentence: str) -> list[float]:
        """For each passage the cosine with the most similar of its sentences."""
        best = [0.0] * len(self._words)
        if self._encoder is not None and len(self._owners):
            vector = embed(self._encoder, [sentence], role="query").vectors[0]
            for owner, cosine in zip(self._owners.tolist(), (self._vectors @ vector).tolist(), strict=True):
                best[owner] = max(best[owner], cosine)
        return best
