"""Prepared subjects and forward passes, kept for the next look of the same client at the same text.

They hold texts of visitors: they are dropped when they were not used for :data:`LIFETIME`, and when their
visitor deletes everything.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from llama_demo.delayed_call import DelayedCall
from llama_demo.engine.beam_search import Stopped
from llama_demo.engine.fair_share import Client, current_client
from llama_demo.engine.inspection import ForwardTrace, SilencedHead
from llama_demo.errors import InputError
from llama_demo.services.admission import client_of
from llama_demo.services.inspection.subject import Inspectable, InspectionSubject, prepare
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit

MOST_SUBJECTS = 64
MOST_BYTES = 150_000_000
"""Of the traces that are kept; the least recently used one goes first."""

LIFETIME = 600.0
"""Seconds that a subject or a trace is kept after its last use."""

Kept = TypeVar("Kept")


@dataclass
class _Entry(Generic[Kept]):
    value: Kept
    used: float


class _Cache(Generic[Kept]):
    """The most recently used values of a total size, apart for each client. Thread-safe.

    Args:
        most: total size.
        size: of a value.
        clock: seconds.
        lifetime: seconds after its last use.
    """

    def __init__(
        self, most: int, size: Callable[[Kept], int], clock: Callable[[], float], lifetime: float
    ) -> None:
        self._most, self._size = most, size
        self._clock, self._lifetime = clock, lifetime
        self._entries: OrderedDict[tuple[Client, Hashable], _Entry[Kept]] = OrderedDict()
        self._lock = threading.Lock()
        self._expiry = DelayedCall(lifetime, self._drop_expired)

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """The value of this name for the current client, made if there is none."""
        key = (current_client(), name)
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
                self._entries[key].used = self._clock()
                return self._entries[key].value
        value = make()
        with self._lock:
            self._entries[key] = _Entry(value, self._clock())
            self._entries.move_to_end(key)
            while len(self._entries) > 1 and self._total() > self._most:
                self._entries.popitem(last=False)
        self._expiry.schedule()
        return value

    def discard_all(self, visit: Visit) -> None:
        """Drop the values of a visitor, at whatever address they were made."""
        client = client_of(visit)
        with self._lock:
            for key in list(self._entries):
                if key[0] == client or (visit.owner and key[0].name == visit.owner):
                    del self._entries[key]

    def _total(self) -> int:
        return sum(self._size(entry.value) for entry in self._entries.values())

    def _drop_expired(self) -> bool:
        """Drop what was not used for long; returns whether anything is left."""
        oldest = self._clock() - self._lifetime
        with self._lock:
            for key in [key for key, entry in self._entries.items() if entry.used <= oldest]:
                del self._entries[key]
            return bool(self._entries)


class Traces:
    """Subjects and their passes. What is looked at again, in another layer or head, is not computed again."""

    def __init__(
        self, models: Models, *, lifetime: float = LIFETIME, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._models = models
        self._subjects: _Cache[Inspectable] = _Cache(MOST_SUBJECTS, lambda _: 1, clock, lifetime)
        self._traces: _Cache[ForwardTrace] = _Cache(MOST_BYTES, lambda trace: trace.bytes, clock, lifetime)

    def __len__(self) -> int:
        return len(self._subjects) + len(self._traces)

    def subject(self, subject: InspectionSubject, stopped: Stopped = lambda: False) -> Inspectable:
        """The subject as its model reads it; raises as :func:`~.subject.prepare`."""
        # The digest of a long text is kept, not the text.
        digest = hashlib.sha256(repr(subject).encode("utf-8", "surrogatepass")).digest()
        return self._subjects.get(digest, partial(prepare, self._models, subject, stopped))

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

    def discard_all(self, visit: Visit) -> None:
        """Drop what was made for a visitor."""
        self._subjects.discard_all(visit)
        self._traces.discard_all(visit)
