"""A text beside its translation, growing sentence by sentence, and as the history keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llama_demo.tasks.glossary import Span, Term
from llama_demo.tasks.translate_text import Rendering, is_unsure, least_sure
from llama_demo.text.layout import Segment, between


@dataclass(frozen=True)
class PlacedTerm:
    """A glossary term at work; both spans are in the whole texts."""

    source: Span
    target: Span


@dataclass(frozen=True)
class Pair:
    """A sentence and its translation, as places in the whole texts.

    Attributes:
        source: in the text that was asked for.
        target: in its translation.
        score: mean log-probability of its tokens, nearer to 0 is surer; None for what was copied.
        unsure: whether the score is so low that a reader should look twice.
        terms: where the glossary was kept to.
        missed: terms of the glossary that could not be placed in this sentence.
    """

    source: Span
    target: Span
    score: float | None
    unsure: bool = False
    terms: tuple[PlacedTerm, ...] = ()
    missed: tuple[Term, ...] = ()


class Pane:
    """The translation of one text, as far as it has come.

    Args:
        original: the whole text.
        segments: its sentences.
        language: of the translation.

    Attributes:
        text: begins with what it was before.
        pairs: the sentences of ``text``.
    """

    def __init__(self, original: str, segments: Sequence[Segment], language: str) -> None:
        self.text = ""
        self.pairs: list[Pair] = []
        self._original = original
        self._segments = segments
        self._language = language
        self._seen = 0  # characters of the original that stand in the text
        self._finish_if_over()

    @property
    def over(self) -> bool:
        """Whether every sentence is there."""
        return len(self.pairs) == len(self._segments)

    @property
    def score(self) -> float | None:
        """Of the sentence that is least sure; None if nothing was translated."""
        return least_sure(pair.score for pair in self.pairs)

    def add(self, rendering: Rendering) -> None:
        """Put the next sentence behind the others."""
        segment = self._segments[len(self.pairs)]
        gap = self._original[self._seen : segment.start]
        if self.pairs:
            gap = between(gap, self.text, rendering.text, self._language)
        begin = len(self.text) + len(gap)
        self.text += gap + rendering.text
        self._seen = segment.end
        self.pairs.append(_pair(segment, rendering, begin))
        self._finish_if_over()

    def _finish_if_over(self) -> None:
        if self.over:
            self.text += self._original[self._seen :]


def _pair(segment: Segment, rendering: Rendering, begin: int) -> Pair:
    terms = tuple(
        PlacedTerm((segment.start + a, segment.start + b), (begin + c, begin + d))
        for (a, b), (c, d) in rendering.terms
    )
    return Pair(
        source=(segment.start, segment.end),
        target=(begin, begin + len(rendering.text)),
        score=round(rendering.score, 3),
        unsure=is_unsure(rendering.score),
        terms=terms,
        missed=rendering.missed,
    )


def stored(pairs: Sequence[Pair]) -> list[dict[str, object]]:
    """Pairs as JSON, for the history."""
    return [
        {
            "source": list(pair.source),
            "target": list(pair.target),
            "score": pair.score,
            **({"terms": [[*t.source, *t.target] for t in pair.terms]} if pair.terms else {}),
        }
        for pair in pairs
    ]


def from_stored(values: object, source: str, target: str) -> tuple[Pair, ...]:
    """Pairs of a row, which may have been imported: what does not fit the two texts is left out."""
    found = (_read(value, len(source), len(target)) for value in (values if isinstance(values, list) else ()))
    return tuple(pair for pair in found if pair is not None)


def _read(value: Any, source: int, target: int) -> Pair | None:
    if not isinstance(value, Mapping):
        return None
    spans = (_span(value.get("source"), source), _span(value.get("target"), target))
    score = value.get("score")
    if spans[0] is None or spans[1] is None or not isinstance(score, int | float | None):
        return None
    terms = []
    for four in told if isinstance(told := value.get("terms"), list) else ():
        if isinstance(four, list) and len(four) == 4:
            ends = _span(four[:2], source), _span(four[2:], target)
            if ends[0] and ends[1]:
                terms.append(PlacedTerm(ends[0], ends[1]))
    return Pair(spans[0], spans[1], score, is_unsure(score), tuple(terms))


def _span(value: object, length: int) -> Span | None:
    if isinstance(value, list) and len(value) == 2 and all(type(place) is int for place in value):
        start, end = value
        if 0 <= start <= end <= length:
            return start, end
    return None
