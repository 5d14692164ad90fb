"""Prepared subjects and forward passes, kept for the next look at the same text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from functools import partial
from typing import Any, Generic, TypeVar

from llama_demo.engine.inspection import ForwardTrace, SilencedHead
from llama_demo.errors import InputError
from llama_demo.services.inspection.subject import Inspectable, InspectionSubject, prepare
from llama_demo.services.models import Models

MOST_SUBJECTS = 64
MOST_BYTES = 150_000_000
"""Of the traces that are kept; the least recently used one goes first."""

Kept = TypeVar("Kept")


class _Cache(Generic[Kept]):
    """The most recently used values of a total size. Thread-safe."""

    def __init__(self, most: int, size: Callable[[Kept], int]) -> None:
        self._most, self._size = most, size
        self._values: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Kept]) -> Kept:
        """The value of a key, made if there is none."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > 1 and sum(map(self._size, self._values.values())) > self._most:
                self._values.popitem(last=False)
        return value


class Traces:
    """Subjects and their passes. What is looked at again, in another layer or head, is not computed again."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._subjects: _Cache[Inspectable] = _Cache(MOST_SUBJECTS, lambda _: 1)
        self._traces: _Cache[ForwardTrace] = _Cache(MOST_BYTES, lambda trace: trace.bytes)

    def subject(self, subject: InspectionSubject) -> Inspectable:
        """The subject as its model reads it; raises as :func:`~.subject.prepare`."""
        return self._subjects.get(subject, partial(prepare, self._models, subject))

    def trace(self, seen: Inspectable, silenced: Collection[SilencedHead] = ()) -> ForwardTrace:
        """The forward pass of a subject.

        Raises:
            InputError: ``inspection_no_layers``; the network only averages the vectors of tokens.
            DeviceError: there was not enough memory.
        """
        if seen.work is None:
            raise InputError("inspection_no_layers", model=seen.model)
        ids, heads = seen.texts[-1].ids, tuple(silenced)
        compute = seen.work

        def work(network: Any) -> ForwardTrace:
            return compute(network, ids, heads)

        return self._traces.get((seen.key, frozenset(silenced)), lambda: seen.run(work))
