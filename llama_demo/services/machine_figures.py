"""What this machine and its models measure at this moment: for questions that people ask."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.devices import choose_device
from llama_demo.engine.request import Request, Sampling
from llama_demo.engine.throughput import multiply_adds_per_second
from llama_demo.services.models import Models
from llama_demo.tasks.language_model import LanguageModel

FRESH = 30.0
"""Seconds for which the figures are told again instead of measured."""

TOKENS = 24
"""Tokens that are written to measure the speed."""

HE, SHE = " he", " she"
PERSONS = {person: f"The {person} was tired, so" for person in ("farmer", "doctor", "nurse", "teacher")}
"""Texts about persons. They are English, because that is what most of the writer's stories are."""


@dataclass(frozen=True)
class PronounFigure:
    """How likely "he" and "she" are behind a text about a person.

    Attributes:
        he, she: probabilities of the next token.
    """

    person: str
    context: str
    he: float
    she: float


@dataclass(frozen=True)
class MachineFigures:
    """Figures of this machine.

    Attributes:
        multiply_adds: a second, of matrix products in float32.
        tokens_per_second: of the writing model, one request at a time.
        writer: the writing model.
        models: all of them.
        loaded: names of those in memory.
        pronouns: empty if the model has no token for the two words.
    """

    multiply_adds: float
    tokens_per_second: float
    writer: ModelEntry
    models: Sequence[ModelEntry]
    loaded: Sequence[str]
    pronouns: Sequence[PronounFigure]


class MachineFigureService:
    """Measures, at most twice a minute."""

    def __init__(self, models: Models, clock: Callable[[], float] = time.monotonic) -> None:
        self._models = models
        self._clock = clock
        self._lock = threading.Lock()
        self._figures: MachineFigures | None = None
        self._measured_at = 0.0

    def measure(self) -> MachineFigures:
        """The figures; callers at the same time wait for one measurement."""
        with self._lock:
            if self._figures is None or self._clock() - self._measured_at > FRESH:
                self._figures = self._measured()
                self._measured_at = self._clock()
            return self._figures

    def _measured(self) -> MachineFigures:
        writer = self._models.writer()
        entry = self._models.active
        multiply_adds = multiply_adds_per_second(choose_device(entry.device or "cpu"))
        loaded = [name for name, state in self._models.state().items() if state == "loaded"]
        return MachineFigures(
            multiply_adds,
            _tokens_per_second(writer),
            entry,
            self._models.entries(),
            loaded,
            _pronouns(writer),
        )


def _tokens_per_second(model: LanguageModel) -> float:
    ids = tuple(model.tokenizer.encode("Once upon a time"))
    room = max(1, min(TOKENS, model.engine.context - len(ids)))
    stream = model.engine.submit(Request(ids, Sampling(temperature=0.0), max_new_tokens=room))
    count = sum(1 for _ in stream)
    return (count - 1) / stream.seconds if stream.seconds > 0 else 0.0


def _pronouns(model: LanguageModel) -> list[PronounFigure]:
    encode, figures = model.tokenizer.encode, []
    for person, context in PERSONS.items():
        before = encode(context)
        ends = [encode(context + word)[len(before) :] for word in (HE, SHE)]
        if any(len(end) != 1 for end in ends):
            return []
        he, she = (math.exp(_next_logprobs(model, before)[end[0]]) for end in ends)
        figures.append(PronounFigure(person, context, he, she))
    return figures


def _next_logprobs(model: LanguageModel, ids: Sequence[int]) -> dict[int, float]:
    """Natural log-probabilities of all next tokens."""
    size = model.engine.model.config.vocab_size
    request = Request(tuple(ids), Sampling(temperature=0.0), max_new_tokens=1, alternatives=size)
    for step in model.engine.submit(request):
        return {one.id: one.logprob for one in step.alternatives}
    return {}
