"""The result of a translation: sentence pairs, the growing text, its updates, and what the history keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.services.history.recording import Recording
from llama_demo.services.history.runs import Run
from llama_demo.services.translation.request import TranslationPlan
from llama_demo.services.translation.routes import Route
from llama_demo.tasks.glossary import Span, Term
from llama_demo.tasks.translate_text import Rendering, is_unsure, least_sure
from llama_demo.text.languages import Guess
from llama_demo.text.layout import Segment, between


@dataclass(frozen=True)
class PlacedTerm:
    """A glossary term at work; both spans are in the whole texts."""

    source: Span
    target: Span


@dataclass(frozen=True)
class SentencePair:
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


class TextTranslation:
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
        self.pairs: list[SentencePair] = []
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


def _pair(segment: Segment, rendering: Rendering, begin: int) -> SentencePair:
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
    )


def stored(pairs: Sequence[SentencePair]) -> list[dict[str, object]]:
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


def from_stored(values: object, source: str, target: str) -> tuple[SentencePair, ...]:
    """Pairs of a row, which may have been imported: what does not fit the two texts is left out."""
    found = (_read(value, len(source), len(target)) for value in (values if isinstance(values, list) else ()))
    return tuple(pair for pair in found if pair is not None)


def _read(value: Any, source: int, target: int) -> SentencePair | None:
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
    return SentencePair(spans[0], spans[1], score, is_unsure(score), tuple(terms))


def _span(value: object, length: int) -> Span | None:
    if isinstance(value, list) and len(value) == 2 and all(type(place) is int for place in value):
        start, end = value
        if 0 <= start <= end <= length:
            return start, end
    return None


@dataclass(frozen=True)
class TranslationUpdate:
    """How far a translation has come.

    Attributes:
        text: the translation so far; each one begins with the one before.
        pairs: the sentences of ``text`` in order.
        done, total: sentences.
        info: the programs' contract: ``source``, ``source_confidence``, ``target``, ``model``, ``via``,
            ``sentences`` (``source``, ``target``, ``score``).
        guess: of the source's language, if it was to be detected.
        route: None if nothing is translated.
        note: ``same_language``, ``other_language`` or ``nothing_to_translate`` if the text is given back as
            it is.
        looks: the language that the text looks like, if another one was asked for; else empty.
        finish_reason: ``end`` or ``stopped`` in the last one, else empty.
        run_id: of its row in the history; None if nothing is kept.
        warning: why the history could not be written, if so.
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
    plan: TranslationPlan, pane: TextTranslation, recording: Recording, total: int, reason: str = ""
) -> TranslationUpdate:
    """The pane now; ``reason`` is the finish reason of the last one."""
    pairs = tuple(pane.pairs)
    return TranslationUpdate(
        pane.text,
        pairs,
        done=len(pairs),
        total=total,
        info={**plan.facts, "sentences": _sentences(pairs, plan.asked.text, pane.text)},
        guess=plan.guess,
        route=plan.route,
        note=plan.note,
        looks=plan.looks,
        finish_reason=reason,
        run_id=recording.id,
        warning=recording.warning,
    )


def update_before(run: Run) -> TranslationUpdate:
    """What came of a translation, from its row, sentences and places included."""
    told = run.timings
    pairs = from_stored(told.get("pairs"), run.input, run.output)
    facts = {name: told.get(name, "") for name in ("source", "source_confidence", "target", "model", "via")}
    total = told.get("total")
    return TranslationUpdate(
        run.output,
        pairs,
        done=len(pairs),
        total=total if type(total) is int else len(pairs),
        info={**facts, "sentences": _sentences(pairs, run.input, run.output)},
        note=str(told.get("note", "")),
        finish_reason="stopped" if run.status == "stopped" else "end",
        run_id=run.id,
    )


def _sentences(pairs: Sequence[SentencePair], source: str, target: str) -> list[dict[str, object]]:
    return [
        {
            "source": source[slice(*pair.source)],
            "target": target[slice(*pair.target)],
            "score": pair.score,
        }
        for pair in pairs
    ]
