"""In-memory store of the models that visitors have trained, each usable by its visitor alone.

Nothing is written to disk. A model is dropped an hour after its training began, and when its visitor trains
another. If there are more than :data:`MOST_MODELS`, the oldest one of the address that has most is dropped.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from llama_demo.delayed_call import DelayedCall
from llama_demo.engine.engine import Engine
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.errors import InputError
from llama_demo.services.admission import of_same_visitor
from llama_demo.services.visits import Visit
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.training.live.archive import FOLDER
from llama_demo.training.live.training import LiveTraining

LIFETIME = 3600.0
"""Seconds."""

MOST_MODELS = 32


@dataclass
class TrainedModel:
    """A model that is trained for a visitor.

    Attributes:
        steps: that it was trained for so far.
    """

    training: LiveTraining
    steps: int = 0
    _closed: bool = field(default=False, init=False)
    _writer: LanguageModel | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def writer(self) -> LanguageModel:
        """The model as the generating tasks use it, with an engine of its own.

        Raises:
            InputError: ``training_gone`` once it is closed.
        """
        with self._lock:
            if self._closed:
                raise InputError("training_gone")
            if self._writer is None:
                # Its weights change with every step, and what was read before would no longer fit.
                engine = Engine(self.training.model, limits=BatchLimits(running=1), prefix_memory=0)
                self._writer = LanguageModel(FOLDER, engine, self.training.corpus.tokenizer)
            return self._writer

    def close(self) -> None:
        """End its engine, and so every text that it is writing."""
        with self._lock:
            self._closed = True
            if self._writer is not None:
                self._writer.engine.close()


@dataclass(frozen=True)
class _HeldModel:
    visit: Visit
    since: float
    model: TrainedModel


class TrainedModelStore:
    """Models under unguessable ids. Thread-safe.

    Args:
        clock: seconds.
        lifetime: seconds that a model is held.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, lifetime: float = LIFETIME) -> None:
        self._clock, self._lifetime = clock, lifetime
        self._models: OrderedDict[str, _HeldModel] = OrderedDict()
        self._lock = threading.Lock()
        self._expiry = DelayedCall(lifetime, self._expire)

    def __len__(self) -> int:
        return len(self._models)

    def hold(self, visit: Visit, training: LiveTraining) -> tuple[str, TrainedModel]:
        """Hold a model in place of the visitor's former one; returns its id with it."""
        model, model_id = TrainedModel(training), secrets.token_urlsafe(24)
        with self._lock:
            dropped = [*self._take_expired(), *self._take(visit)]
            self._models[model_id] = _HeldModel(visit, self._clock(), model)
            while len(self._models) > MOST_MODELS:
                dropped.append(self._take_oldest())
        _close(dropped)
        self._expiry.schedule()
        return model_id, model

    def get(self, visit: Visit, model_id: str) -> TrainedModel:
        """The visitor's model of this id.

        Raises:
            InputError: ``training_gone``, also for another visitor's model.
        """
        with self._lock:
            expired = self._take_expired()
            held = self._models.get(model_id)
        _close(expired)
        if held is None or not of_same_visitor(held.visit, visit):
            raise InputError("training_gone")
        return held.model

    def discard_all(self, visit: Visit) -> None:
        """Drop all models of the visitor."""
        with self._lock:
            dropped = self._take(visit)
        _close(dropped)

    def _take(self, visit: Visit) -> list[TrainedModel]:
        """Take out the models of the visitor."""
        return self._take_where(lambda held: of_same_visitor(held.visit, visit))

    def _take_oldest(self) -> TrainedModel:
        """Take out the oldest model of the address that has most of them."""
        counts = Counter(held.visit.address for held in self._models.values())
        most = max(counts.values())
        oldest = next(each for each, held in self._models.items() if counts[held.visit.address] == most)
        return self._models.pop(oldest).model

    def _take_expired(self) -> list[TrainedModel]:
        oldest = self._clock() - self._lifetime
        return self._take_where(lambda held: held.since <= oldest)

    def _take_where(self, wanted: Callable[[_HeldModel], bool]) -> list[TrainedModel]:
        places = [each for each, held in self._models.items() if wanted(held)]
        return [self._models.pop(each).model for each in places]

    def _expire(self) -> bool:
        """Drop the models that are too old; returns whether any is left."""
        with self._lock:
            expired, left = self._take_expired(), bool(self._models)
        _close(expired)
        return left


def _close(models: Iterable[TrainedModel]) -> None:
    """End the engines of models that were taken out, without the store's lock, since it waits for a pass."""
    for model in models:
        model.close()
