"""The result of a translation: sentence pairs, the growing text, its updates, and what the history keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.services.history.recording import RunRecording
from llama_demo.services.history.runs import Run
from llama_demo.services.translation.request import TranslationPlan
from llama_demo.services.translation.routes import Route
from llama_demo.span import Span
from llama_demo.tasks.glossary import Term
from llama_demo.tasks.translate_text import Rendering, is_unsure, least_sure
from llama_demo.text.agreement.doubts import DOUBTS, Doubt, all_doubts
from llama_demo.text.languages import Guess
from llama_demo.text.layout import LayoutSegment, between


@dataclass(frozen=True)
class PlacedTerm:
    """An applied glossary term; both spans are in the whole texts."""

    source: Span
    target: Span


@dataclass(frozen=True)
class SentencePair:
    """A sentence and its translation, as spans of the whole texts.

    Attributes:
        source: span in the source text.
        target: span in the translation.
        score: mean log-probability of the tokens, at most 0; None if the sentence was copied.
        unsure: whether the score is low enough that the translation should be checked.
        terms: glossary terms that were applied.
        missed: glossary terms of the sentence that its translation lacks.
        doubts: what may be wrong, by comparison with the sentence: ``number``, ``negation``, ...
    """

    source: Span
    target: Span
    score: float | None
    unsure: bool = False
    terms: tuple[PlacedTerm, ...] = ()
    missed: tuple[Term, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class TextTranslation:
    """The translation of one text, assembled sentence by sentence.

    Args:
        original: the whole source text.
        segments: its sentences to translate; what lies between them is copied.
        language: target language.

    Attributes:
        text: the translation so far; it only grows.
        pairs: the sentence pairs of ``text``, in order.
    """

    def __init__(self, original: str, segments: Sequence[LayoutSegment], language: str) -> None:
        self.text = ""
        self.pairs: list[SentencePair] = []
        self._original = original
        self._segments = segments
        self._language = language
        self._seen = 0  # characters of the original that the text covers
        self._finish_if_over()

    @property
    def over(self) -> bool:
        """Whether every sentence is translated."""
        return len(self.pairs) == len(self._segments)

    @property
    def score(self) -> float | None:
        """The lowest sentence score; None if nothing was translated."""
        return least_sure(pair.score for pair in self.pairs)

    @property
    def facts(self) -> tuple[str, float | None, tuple[Doubt, ...]]:
        """The translation, the lowest score, and the doubts about any sentence."""
        return self.text, self.score, all_doubts(pair.doubts for pair in self.pairs)

    def add(self, rendering: Rendering) -> None:
        """Append the translation of the next sentence."""
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


def _pair(segment: LayoutSegment, rendering: Rendering, begin: int) -> SentencePair:
    terms = tuple(
        PlacedTerm((segment.start + a, segment.start + b), (begin + c, begin + d))
        for (a, b), (c, d) in rendering.terms
    )
    return SentencePair(
        source=(segment.start, segment.end),
        target=(begin, begin + len(rendering.text)),
        score=round(rendering.score, 3),
        unsure=is_unsure(rendering.score),
        terms=terms,
        missed=rendering.missed,
        doubts=rendering.doubts,
    )


def pairs_to_json(pairs: Sequence[SentencePair]) -> list[dict[str, object]]:
    """Sentence pairs as JSON values, as a row of the history keeps them."""
    return [
        {
            "source": list(pair.source),
            "target": list(pair.target),
            "score": pair.score,
            **({"terms": [[*t.source, *t.target] for t in pair.terms]} if pair.terms else {}),
            **({"doubts": list(pair.doubts)} if pair.doubts else {}),
        }
        for pair in pairs
    ]


def pairs_from_json(values: object, source: str, target: str) -> tuple[SentencePair, ...]:
    """Sentence pairs of a row, which may have been imported; pairs that do not fit the texts are dropped."""
    found = (
        _pair_from_json(value, len(source), len(target))
        for value in (values if isinstance(values, list) else ())
    )
    return tuple(pair for pair in found if pair is not None)


def _pair_from_json(value: Any, source: int, target: int) -> SentencePair | None:
    if not isinstance(value, Mapping):
        return None
    spans = (_span(value.get("source"), source), _span(value.get("target"), target))
    score = value.get("score")
    if spans[0] is None or spans[1] is None or not isinstance(score, int | float | None):
        return None
    terms = []
    for edges in stored if isinstance(stored := value.get("terms"), list) else ():
        if isinstance(edges, list) and len(edges) == 4:
            ends = _span(edges[:2], source), _span(edges[2:], target)
            if ends[0] and ends[1]:
                terms.append(PlacedTerm(ends[0], ends[1]))
    stored = value.get("doubts")
    doubts = tuple(doubt for doubt in DOUBTS if isinstance(stored, list) and doubt in stored)
    return SentencePair(spans[0], spans[1], score, is_unsure(score), tuple(terms), doubts=doubts)


def _span(value: object, length: int) -> Span | None:
    if isinstance(value, list) and len(value) == 2 and all(type(place) is int for place in value):
        start, end = value
        if 0 <= start <= end <= length:
            return start, end
    return None


@dataclass(frozen=True)
class TranslationUpdate:
    """A translation in progress, or finished.

    Attributes:
        text: the translation so far; each update's text begins with that of the one before.
        pairs: the sentence pairs of ``text``, in order.
        done, total: sentences.
        info: the API response: ``source``, ``source_confidence``, ``target``, ``model``, ``via``,
            ``sentences`` (``source``, ``target``, ``score``, ``doubts``), ``doubts`` of all sentences.
        guess: the detected source language; None if the language was requested.
        route: None if nothing is translated.
        note: ``same_language``, ``other_language`` or ``nothing_to_translate`` if the text is returned
            unchanged; else empty.
        looks: the detected language, if another one was requested and the text contradicts it; else empty.
        finish_reason: ``end`` or ``stopped`` in the last update, else empty.
        run_id: id of the row in the history; None if the visit keeps none.
        warning: the error that kept the history from being written, if any.
    """

    text: str = ""
    pairs: tuple[SentencePair, ...] = ()
    done: int = 0
    total: int = 0
    info: dict[str, object] = field(default_factory=dict)
    guess: Guess | None = None
    route: Route | None = None
    note: str = ""
    looks: str = ""
    finish_reason: str = ""
    run_id: str | None = None
    warning: DemoError | None = None


def update_of(
    plan: TranslationPlan, result: TextTranslation, recording: RunRecording, total: int, reason: str = ""
) -> TranslationUpdate:
    """The update of a translation; ``reason`` is the finish reason of the last one."""
    pairs = tuple(result.pairs)
    return TranslationUpdate(
        result.text,
        pairs,
        done=len(pairs),
        total=total,
        info={**plan.facts, **_sentences(pairs, plan.request.text, result.text)},
        guess=plan.guess,
        route=plan.route,
        note=plan.note,
        looks=plan.looks,
        finish_reason=reason,
        run_id=recording.id,
        warning=recording.warning,
    )


def update_from_run(run: Run) -> TranslationUpdate:
    """The last update of a translation, restored from its row of the history."""
    stored = run.timings
    pairs = pairs_from_json(stored.get("pairs"), run.input, run.output)
    facts = {name: stored.get(name, "") for name in ("source", "source_confidence", "target", "model", "via")}
    total = stored.get("total")
    return TranslationUpdate(
        run.output,
        pairs,
        done=len(pairs),
        total=total if type(total) is int else len(pairs),
        info={**facts, **_sentences(pairs, run.input, run.output)},
        note=str(stored.get("note", "")),
        finish_reason="stopped" if run.status == "stopped" else "end",
        run_id=run.id,
    )


def _sentences(pairs: Sequence[SentencePair], source: str, target: str) -> dict[str, object]:
    """The sentences of the API response, and the doubts of all of them, each once."""
    sentences = [
        {
            "source": source[slice(*pair.source)],
            "target": target[slice(*pair.target)],
            "score": pair.score,
            "doubts": list(pair.doubts),
        }
        for pair in pairs
    ]
    return {
        "sentences": sentences,
        "doubts": list(all_doubts(pair.doubts for pair in pairs)),
    }
