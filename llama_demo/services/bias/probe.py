"""The bias probe for visitors: measures sentence pairs with the writer, the encoder or the translator."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from typing import Literal

import numpy as np

from llama_demo.errors import InputError
from llama_demo.services.bias.intervals import Interval, by_template, centred, grand_mean, mean_intervals
from llama_demo.services.bias.templates import (
    MinimalPair,
    compared_pairs,
    filled_pairs,
    lines_of,
    translated_pairs,
)
from llama_demo.services.models import Models
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.tasks.embed import embed
from llama_demo.tasks.score import score_texts, score_translations

ProbedTask = Literal["generate", "search", "translate"]

PAIRS_PER_TURN = 8
"""Pairs that are measured before Stop is looked at again."""

Scores = Iterator[tuple[MinimalPair, float, float]]


@dataclass(frozen=True)
class ProbeLimits:
    """The most that a probe may have: lines of each kind; characters of a line or of a filled sentence."""

    templates: int = 40
    attributes: int = 40
    characters: int = 400


PUBLIC_LIMITS = ProbeLimits(templates=12, attributes=12, characters=120)


@dataclass(frozen=True)
class ProbeRequest:
    """What is to be measured.

    Attributes:
        templates, attributes: as :mod:`~llama_demo.services.bias.templates` reads them, one a line.
        source, target: languages of a translation (ISO 639-1).
    """

    task: ProbedTask
    templates: str
    attributes: str
    source: str = "zh"
    target: str = "en"


@dataclass(frozen=True)
class MeasuredPair:
    """A pair with the score of each sentence: a log-probability in nats, or a cosine."""

    pair: MinimalPair
    first: float
    second: float

    @property
    def difference(self) -> float:
        """Above zero where the first sentence is likelier, or closer."""
        return self.first - self.second

    @property
    def share(self) -> float:
        """The share of the first sentence of the probability of both, if the scores are log-probabilities."""
        return 1 / (1 + exp(min(-self.difference, 700)))


@dataclass(frozen=True)
class ProbeRow:
    """The differences of an attribute.

    Attributes:
        difference: their mean.
        centred: the same as a deviation from the mean of all attributes.
        share: mean of the shares of the first sentences; ``None`` for cosines.
    """

    attribute: str
    difference: Interval
    centred: Interval
    share: float | None


@dataclass(frozen=True)
class ProbeResult:
    """What was measured.

    Attributes:
        model: its name.
        rows: one for each attribute, in their order.
        mean: over all templates and attributes.
        templates: how many there are.
        first_words, second_words: of the two groups, in the order of the templates.
    """

    model: str
    rows: Sequence[ProbeRow]
    mean: Interval
    pairs: Sequence[MeasuredPair]
    templates: int
    first_words: Sequence[str]
    second_words: Sequence[str]


class BiasProbe:
    """Measures sentence pairs. Thread-safe; a few pairs are measured at each turn of the current client.

    Args:
        public: whether many visitors share the server, whose probes are then shorter.
    """

    def __init__(self, models: Models, *, public: bool = False) -> None:
        self._models = models
        self.limits = PUBLIC_LIMITS if public else ProbeLimits()
        self._stops = StopRegistry()

    def measure(self, request: ProbeRequest, *, key: str = "") -> ProbeResult:
        """The differences of all pairs.

        Lines that are there twice count once.

        Args:
            key: names this probe for :meth:`stop`; an earlier one of the same key is stopped.

        Raises:
            InputError: ``bias_empty``, ``bias_too_many``, ``bias_too_long``; a template cannot be read;
                ``stopped``; a sentence is too long for the model.
        """
        templates = self._lines(request.templates, "templates", self.limits.templates)
        attributes = self._lines(request.attributes, "attributes", self.limits.attributes)
        stop = threading.Event()
        with self._stops.register(key, stop.set, alone=True):
            measured = list(self._measured(request, templates, attributes, stop))
        return _result(self._name(request.task), request.task, measured)

    def stop(self, key: str) -> bool:
        """End the probe that was begun under ``key``; returns whether there was one."""
        return self._stops.stop(key)

    def _lines(self, text: str, kind: str, most: int) -> list[str]:
        lines = lines_of(text)
        if not lines:
            raise InputError("bias_empty", kind=kind)
        if len(lines) > most:
            raise InputError("bias_too_many", lines=len(lines), most=most)
        if (longest := max(map(len, lines))) > self.limits.characters:
            raise InputError("bias_too_long", characters=longest, most=self.limits.characters)
        return lines

    def _checked(self, pairs: Iterator[MinimalPair]) -> Iterator[MinimalPair]:
        for pair in pairs:
            longest = max(map(len, (pair.first, pair.second, pair.source)))
            if longest > self.limits.characters:
                raise InputError("bias_sentence_too_long", characters=longest, most=self.limits.characters)
            yield pair

    def _measured(
        self, request: ProbeRequest, templates: list[str], attributes: list[str], stop: threading.Event
    ) -> Iterator[MeasuredPair]:
        make, scores = self._kind(request)
        pairs = list(self._checked(make(templates, attributes)))
        for start in range(0, len(pairs), PAIRS_PER_TURN):
            if stop.is_set():
                raise InputError("stopped")
            for pair, first, second in scores(pairs[start : start + PAIRS_PER_TURN]):
                yield MeasuredPair(pair, first, second)

    def _kind(
        self, request: ProbeRequest
    ) -> tuple[
        Callable[[Sequence[str], Sequence[str]], Iterator[MinimalPair]],
        Callable[[Sequence[MinimalPair]], Scores],
    ]:
        """How pairs of a task are made, and how they are scored."""
        if request.task == "generate":
            return filled_pairs, self._likelihoods
        if request.task == "search":
            return compared_pairs, self._similarities
        return translated_pairs, lambda pairs: self._translations(pairs, request.source, request.target)

    def _likelihoods(self, pairs: Sequence[MinimalPair]) -> Scores:
        texts = [text for pair in pairs for text in (pair.first, pair.second)]
        scores = score_texts(self._models.writer(), texts)
        yield from zip(pairs, scores[::2], scores[1::2], strict=True)

    def _similarities(self, pairs: Sequence[MinimalPair]) -> Scores:
        texts = [text for pair in pairs for text in (pair.first, pair.second, pair.attribute)]
        vectors = embed(self._models.encoder(), texts).vectors
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        for pair, (first, second, attribute) in zip(pairs, vectors.reshape(len(pairs), 3, -1), strict=True):
            yield pair, float(first @ attribute), float(second @ attribute)

    def _translations(self, pairs: Sequence[MinimalPair], source: str, target: str) -> Scores:
        translator = self._models.translator()
        for pair in pairs:
            first, second = score_translations(
                translator, pair.source, [pair.first, pair.second], source=source, target=target
            )
            yield pair, first, second

    def _name(self, task: ProbedTask) -> str:
        return self._models.entries(task)[0].name


def _result(model: str, task: ProbedTask, measured: Sequence[MeasuredPair]) -> ProbeResult:
    attributes = list(dict.fromkeys(one.pair.attribute for one in measured))
    values = [(one.pair.template, one.pair.attribute, one.difference) for one in measured]
    shares = [(one.pair.template, one.pair.attribute, one.share) for one in measured]
    found = by_template(values, attributes)
    mean_shares: list[float] = by_template(shares, attributes).mean(axis=0).tolist()
    rows = [
        ProbeRow(attribute, difference, deviation, None if task == "search" else share)
        for attribute, difference, deviation, share in zip(
            attributes, mean_intervals(found), centred(found), mean_shares, strict=True
        )
    ]
    groups = zip(*(one.pair.groups for one in measured), strict=True)
    first_words, second_words = (tuple(dict.fromkeys(words)) for words in groups)
    return ProbeResult(model, rows, grand_mean(found), measured, len(found), first_words, second_words)
