"""Live training for visitors: one at a time, stopped on demand, and when the visitor leaves."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from llama_demo.engine.fair_share import FairLock
from llama_demo.engine.precedence import REQUESTS, Precedence
from llama_demo.errors import BusyError, InputError
from llama_demo.page_languages import PageLanguageCode
from llama_demo.services.admission import of_same_visitor
from llama_demo.services.background import in_background
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.live_training.trained_models import TrainedModelStore
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.visits import Visit
from llama_demo.settings import ASSETS
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.training.live.archive import archive
from llama_demo.training.live.corpus import LiveCorpus, build_corpus, checked_text, clean
from llama_demo.training.live.training import LiveRecipe, LiveStep, LiveTraining

SAMPLES = ASSETS / "training"
"""Texts to train on, a file for each language."""

WAITING = 8
"""Trainings that may wait for the one that runs."""

ADDRESS_TRAININGS = 2
"""Trainings of one network address that may run and wait, where addresses are limited."""

PUBLIC_SECONDS = 30.0
"""Longest training in public mode."""

SAMPLE_PROMPTS = {"en": "Once upon a time", "zh": "明月"}
"""What is continued while the sample is learned."""

OWN_PROMPT = 12
"""Tokens of the beginning of another text that are continued if no prompt is given."""

LONGEST_PROMPT = 40
"""Tokens of a prompt; the end of a longer one is used."""

_TICK = 0.5
# Seconds between two updates: ten a second look continuous.
_UPDATE = 0.1
# Seconds that a training pauses for requests at most before it looks again whether it is stopped.
_LONGEST_PAUSE = 0.5


TrainingState = Literal["waiting", "running", "done", "stopped"]


@dataclass(frozen=True)
class TrainingPlan:
    """What is about to be trained.

    Attributes:
        id: under which the model can be used.
        prompt: that is continued at each snapshot.
        uniform_loss: ``ln V``, the cross-entropy of a uniform guess, in nats.
        passage: characters whose losses the snapshots tell.
    """

    id: str
    corpus: LiveCorpus
    recipe: LiveRecipe
    prompt: str
    parameters: int
    uniform_loss: float
    passage: tuple[str, ...]


@dataclass(frozen=True)
class TrainingUpdate:
    """How far a training has come.

    Attributes:
        state: ``waiting``, ``running``, ``done`` (all steps, or the time is over) or ``stopped``.
        plan: in the first update of a training that runs.
        steps: those since the last update.
    """

    state: TrainingState
    plan: TrainingPlan | None = None
    steps: Sequence[LiveStep] = field(default_factory=tuple)


@dataclass(frozen=True)
class TrainingRequest:
    """A request to train.

    Attributes:
        text: to learn; the sample of the visitor's language if it is empty.
        prompt: to continue; if it is empty, the beginning of the text, or the prompt of the sample.
        overfit: whether to train on the beginning of the text alone.
        seed: 0 or more.
    """

    text: str = ""
    prompt: str = ""
    overfit: bool = False
    seed: int = 1


@cache
def sample_text(language: PageLanguageCode) -> str:
    """The text that is trained on where a visitor gives none: tales in English, quatrains in Chinese."""
    path = SAMPLES / f"{language}.txt"
    return (path if path.exists() else SAMPLES / "en.txt").read_text(encoding="utf-8")


class LiveTrainingService:
    """Trains tiny models, one at a time, and holds the latest of each visitor in memory.

    Args:
        public: whether many visitors share the server, who then train for half as long.
        address_trainings: trainings of one address that may run and wait; 0 is no limit.
    """

    def __init__(
        self,
        *,
        public: bool = False,
        address_trainings: int = 0,
        recipe: LiveRecipe | None = None,
        store: TrainedModelStore | None = None,
    ) -> None:
        recipe = recipe or LiveRecipe()
        self._recipe = replace(recipe, seconds=min(PUBLIC_SECONDS, recipe.seconds)) if public else recipe
        self._models = store or TrainedModelStore()
        self._queue = BoundedQueue(at_once=1, waiting=WAITING, full="training_busy")
        self._stops = StopRegistry()
        self._address_trainings = address_trainings
        self._training: list[Visit] = []  # of the visitors who train or wait
        self._lock = threading.Lock()
        self._turn = FairLock()

    def train(
        self, visit: Visit, request: TrainingRequest, *, key: str = ""
    ) -> Generator[TrainingUpdate, None, None]:
        """Train a model once the queue admits it. Closing the iterator ends the training within a step.

        Args:
            key: names this training for :meth:`stop`.

        Raises:
            InputError: ``training_too_short``; ``training_yours`` if the visitor has a training already.
            BusyError: ``training_busy`` if the queue is full, ``training_address`` if others at the address
                have as many trainings as it may have.
        """
        stop = threading.Event()
        text = checked_text(request.text or sample_text(visit.language))
        with (
            self._stops.register(key, stop.set),
            self._only(visit),
            self._queue.place() as is_admitted,
        ):
            while not is_admitted(_TICK):
                if stop.is_set():
                    yield TrainingUpdate("stopped")
                    return
                yield TrainingUpdate("waiting")
            corpus = build_corpus(text, overfit=request.overfit)
            yield from self._trained(visit, corpus, request, stop)

    def stop(self, key: str) -> bool:
        """Stop the training that was begun under ``key``; returns whether there was one."""
        return self._stops.stop(key)

    def continue_text(
        self, visit: Visit, model_id: str, prompt: str, *, temperature: float, seed: int
    ) -> str:
        """What the visitor's model writes behind a prompt, up to the end of its context.

        Raises:
            InputError: ``training_gone``; ``prompt_empty`` if none of the prompt can be read.
        """
        training = self._models.get(visit, model_id).training
        ids = _prompt_ids(training.corpus, prompt)
        if not ids:
            raise InputError("prompt_empty")
        with self._turn:
            return training.continuation(ids, temperature=temperature, seed=seed)

    def writer(self, visit: Visit, model_id: str) -> LanguageModel:
        """The visitor's model as the generating tasks use it.

        Raises:
            InputError: ``training_gone``, also for another visitor's model.
        """
        return self._models.get(visit, model_id).writer()

    def archive(self, visit: Visit, model_id: str) -> bytes:
        """The visitor's model as a ZIP file.

        Raises:
            InputError: ``training_gone``.
        """
        held = self._models.get(visit, model_id)
        return archive(held.training.model, held.training.corpus.vocabulary, steps=held.steps)

    def discard_all(self, visit: Visit) -> None:
        """Drop the models of this visitor."""
        self._models.discard_all(visit)

    def _trained(
        self, visit: Visit, corpus: LiveCorpus, request: TrainingRequest, stop: threading.Event
    ) -> Generator[TrainingUpdate, None, None]:
        recipe = replace(self._recipe, seed=request.seed)
        given = request.prompt or ("" if request.text else SAMPLE_PROMPTS.get(visit.language, ""))
        prompt = _prompt_ids(corpus, given) or tuple(corpus.training[:OWN_PROMPT].tolist())
        training = LiveTraining(corpus, recipe, prompt)
        model_id, held = self._models.hold(visit, training)
        yield TrainingUpdate("running", _plan(model_id, training))

        def work(ended: Callable[[], bool]) -> Iterator[LiveStep]:
            return _giving_way(training.run(lambda: ended() or stop.is_set()))

        with closing(in_background(work, threading.Event())) as batches:
            for steps in _paced(batches):
                if steps:
                    held.steps = steps[-1].step
                yield TrainingUpdate("running", steps=steps)
        yield TrainingUpdate("stopped" if stop.is_set() else "done")

    @contextmanager
    def _only(self, visit: Visit) -> Iterator[None]:
        """Admit one training of a visitor at a time, and as many of an address as it may have."""
        most = self._address_trainings
        with self._lock:
            if any(of_same_visitor(other, visit) for other in self._training):
                raise InputError("training_yours")
            neighbours = sum(other.address == visit.address for other in self._training)
            if visit.address and 0 < most <= neighbours:
                raise BusyError("training_address", limit=most)
            self._training.append(visit)
        try:
            yield
        finally:
            with self._lock:
                self._training.remove(visit)


def _prompt_ids(corpus: LiveCorpus, prompt: str) -> tuple[int, ...]:
    return tuple(corpus.tokenizer.encode(clean(prompt))[-LONGEST_PROMPT:])


def _plan(model_id: str, training: LiveTraining) -> TrainingPlan:
    tokenizer = training.corpus.tokenizer
    return TrainingPlan(
        id=model_id,
        corpus=training.corpus,
        recipe=training.recipe,
        prompt=tokenizer.decode(list(training.prompt)),
        parameters=training.parameters,
        uniform_loss=math.log(tokenizer.size),
        passage=tuple(tokenizer.decode([one]) for one in training.passage.tolist()),
    )


def _giving_way(
    steps: Iterator[LiveStep], precedence: Precedence = REQUESTS, wait: Callable[[float], None] = time.sleep
) -> Iterator[LiveStep]:
    """The steps, with a pause behind each while models compute for requests."""
    while True:
        began = time.perf_counter()
        step = next(steps, None)
        if step is None:
            return
        yield step
        if pause := precedence.pause_after(time.perf_counter() - began):
            wait(min(pause, _LONGEST_PAUSE))


def _paced(
    batches: Generator[list[LiveStep], None, None], clock: Callable[[], float] = time.monotonic
) -> Iterator[list[LiveStep]]:
    """The steps of several batches together, at most ten times a second."""
    gathered: list[LiveStep] = []
    since = clock() - _UPDATE
    for steps in batches:
        gathered += steps
        if clock() - since >= _UPDATE:
            yield gathered
            gathered, since = [], clock()
    if gathered:
        yield gathered
