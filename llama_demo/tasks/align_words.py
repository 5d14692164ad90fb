"""Word alignment: the source words that a model attended to for each word of its translation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from llama_demo.span import Span
from llama_demo.tasks.translation_hops import SequenceHop, translate_through
from llama_demo.text.layout import on_one_line
from llama_demo.unicode import replace_lone_surrogates

_WORD = regex.compile(
    r"(?P<unspaced>[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]+)|[\p{L}\p{M}\p{N}]+(?:(?:['’-]|\p{Cf}+)[\p{L}\p{M}]+)*"
)
# Links with a smaller share of a word's attention are noise.
WEAKEST, MOST_LINKS = 0.2, 3


@dataclass(frozen=True)
class Link:
    """A word of the translation and a word of the source that the model attended to for it.

    Attributes:
        source, target: spans of the words in their texts.
        weight: 0 to 1, this word's share of the attention of the translation's word.
    """

    source: Span
    target: Span
    weight: float


@dataclass(frozen=True)
class WordAlignment:
    """Attention from word to word.

    Attributes:
        weights: (target words, source words); rows sum to 1, or to 0 behind what the model can read at once.
        whole: whether it could read the whole translation at once.
    """

    source: tuple[Span, ...]
    target: tuple[Span, ...]
    weights: NDArray[np.float32]
    whole: bool = True

    def links(self) -> tuple[Link, ...]:
        """The strongest links of each word of the translation."""
        found = []
        for span, row in zip(self.target, self.weights, strict=True):
            for place in np.argsort(-row)[:MOST_LINKS]:
                if row[place] >= WEAKEST:
                    found.append(Link(self.source[place], span, round(float(row[place]), 3)))
        return tuple(found)

    def target_of(self, span: Span) -> Span | None:
        """The span of the translation that a part of the source became; None if no word attends to it."""
        chosen = [i for i, word in enumerate(self.source) if word[0] < span[1] and span[0] < word[1]]
        if not chosen or not len(self.target):
            return None
        shares = self.weights[:, chosen].sum(axis=1)
        best = int(shares.argmax())
        if shares[best] < len(chosen) / len(self.source):
            return None
        first = last = best
        enough = max(0.5, 0.6 * float(shares[best]))
        while first > 0 and shares[first - 1] >= enough:
            first -= 1
        while last + 1 < len(shares) and shares[last + 1] >= enough:
            last += 1
        return self.target[first][0], self.target[last][1]


UNALIGNED = WordAlignment((), (), np.zeros((0, 0), dtype=np.float32))
"""Of a translation that nothing is known of."""


def align_words(hops: Sequence[SequenceHop], sentence: str, translation: str) -> WordAlignment:
    """Attention from word to word when the model is made to write this translation.

    With two hops the sentence is translated into the language between anew, and the two alignments are
    multiplied. Of a translation that is too long to be read at once the beginning is aligned.

    Raises:
        InputError: ``prompt_empty``; ``sentence_too_long`` for a sentence that the model cannot read at once:
            it was translated in parts.
    """
    *before, last = hops
    if not before:
        return _aligned(last, sentence, translation)
    intermediate = translate_through(before, [sentence], beams=1, stopped=lambda: False)
    assert intermediate is not None, "no stop was requested"
    first, second = (
        align_words(before, sentence, intermediate[0].text),
        _aligned(last, intermediate[0].text, translation),
    )
    weights = _normal(second.weights @ first.weights)
    return WordAlignment(first.source, second.target, weights, first.whole and second.whole)


def _aligned(hop: SequenceHop, sentence: str, translation: str) -> WordAlignment:
    vocabulary = hop.translator.vocabulary
    sentence, translation = (on_one_line(replace_lone_surrogates(text)) for text in (sentence, translation))
    [source] = vocabulary.encode([sentence], source=hop.source, target=hop.target)
    target, prefix = vocabulary.encode_target(translation), vocabulary.prefix(hop.target)
    # What is cut off changes nothing for what stands before it: the decoder sees none of it.
    read = target.cut(0, hop.translator.engine.longest_source - len(prefix))
    rows = hop.translator.engine.attend(source.ids, read.ids, prefix=prefix)
    source_words, target_words = words(sentence, source.offsets), words(translation, target.offsets)
    weights = _members(target_words, read.offsets) @ rows.mean(axis=(0, 1))  # (target words, source pieces)
    weights = weights @ _members(source_words, source.offsets).T
    whole = len(read) == len(target)
    return WordAlignment(tuple(source_words), tuple(target_words), _normal(weights), whole)


def words(text: str, pieces: Sequence[Span]) -> list[Span]:
    """The words of a text; where writing has no blanks, the vocabulary's pieces stand for them."""
    found: list[Span] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        cuts = {start, end}
        if match["unspaced"]:
            cuts |= {place for piece in pieces for place in piece if start < place < end}
        places = sorted(cuts)
        found += pairwise(places)
    return found


def _members(spans: Sequence[Span], pieces: Sequence[Span]) -> NDArray[np.float32]:
    """(words, pieces): 1 where a piece has characters of a word."""
    shared = [[float(max(a, c) < min(b, d)) for c, d in pieces] for a, b in spans]
    return np.array(shared, dtype=np.float32).reshape(len(spans), len(pieces))


def _normal(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    if not weights.size:
        return weights
    normal: NDArray[np.float32] = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return normal
