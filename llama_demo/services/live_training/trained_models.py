"""In-memory store of the models that visitors have trained, each usable by its visitor alone.

Nothing is written to disk. A model is dropped an hour after its training, when its visitor trains another, or
when there are more than :data:`MOST_MODELS`.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.services.admission import client_of
from llama_demo.services.visits import Visit
from llama_demo.training.live.training import LiveTraining

LIFETIME = 3600.0
"""Seconds."""

MOST_MODELS = 32


@dataclass
class TrainedModel:
    """A model that was trained for a visitor.

    Attributes:
        steps: that it was trained for so far.
    """

    training: LiveTraining
    steps: int = 0


@dataclass(frozen=True)
class _HeldModel:
    visitor: object
    since: float
    model: TrainedModel


class TrainedModelStore:
    """Models under unguessable ids."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._models: OrderedDict[str, _HeldModel] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, visit: Visit, training: LiveTraining) -> tuple[str, TrainedModel]:
        """Hold a model in place of the visitor's former one; returns its id with it."""
        model, model_id = TrainedModel(training), secrets.token_urlsafe(24)
        with self._lock:
            self._drop(visit)
            self._models[model_id] = _HeldModel(client_of(visit), self._clock(), model)
            while len(self._models) > MOST_MODELS:
                self._models.popitem(last=False)
        return model_id, model

    def get(self, visit: Visit, model_id: str) -> TrainedModel:
        """The visitor's model of this id.

        Raises:
            InputError: ``training_gone``, also for another visitor's model.
        """
        oldest = self._clock() - LIFETIME
        with self._lock:
            for each in [each for each, held in self._models.items() if held.since < oldest]:
                del self._models[each]
            held = self._models.get(model_id)
        if held is None or held.visitor != client_of(visit):
            raise InputError("training_gone")
        return held.model

    def discard_all(self, visit: Visit) -> None:
        """Drop all models of the visitor."""
        with self._lock:
            self._drop(visit)

    def _drop(self, visit: Visit) -> None:
        visitor = client_of(visit)
        for each in [each for each, held in self._models.items() if held.visitor == visitor]:
            del self._models[each]
