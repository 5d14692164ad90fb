"""Which requests share the next forward pass, and which wait.

A request that *runs* holds memory for keys and values, so the number and the memory of these are limited; the
others wait. A *pass* takes a limited number of tokens, because all wait for its end. A request that runs
but has no room in a pass keeps its memory and takes part in a later one.

Both go by what each address, within an address each client, has been given: requests that run, and tokens
that were computed. A client's request with the fewest tokens to go comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, Protocol, TypeVar

from llama_demo.engine.fair_share import Client

GIBIBYTE = 2**30


class ScheduledJob(Protocol):
    """A request, as the scheduler sees it."""

    client: Client

    @property
    def memory(self) -> int:
        """Bytes that it holds while it runs."""

    @property
    def remaining(self) -> int:
        """Passes until it ends, at most."""

    def cost(self, chunk: int, /) -> int:
        """Tokens of its next pass, which reads a prompt in pieces of ``chunk`` tokens."""


JobT = TypeVar("JobT", bound=ScheduledJob)


@dataclass(frozen=True)
class BatchLimits:
    """What runs at once.

    Attributes:
        running: requests that run; as many again may for clients of whom none does.
        memory: bytes of their keys and values. A request that needs more runs alone.
        passed: requests that may start before an earlier one that has no room in memory; then the others
            wait until it has.
        tokens: of a pass at most; a request that needs more has a pass of its own.
        chunk: tokens of a prompt that a pass reads while others run, so that these go on.
        chunk_alone: tokens of a prompt that a pass reads for a request that runs alone.
    """

    running: int = 32
    memory: int = 2 * GIBIBYTE
    passed: int = 16
    tokens: int = 96
    chunk: int = 64
    chunk_alone: int = 256


class Scheduler(Generic[JobT]):
    """The requests of one model. Not thread-safe: its owner holds a lock."""

    def __init__(self, limits: BatchLimits) -> None:
        self.limits = limits
        self.waiting: list[JobT] = []
        self.running: list[JobT] = []
        self._used: dict[str | Client, int] = {}
        self._passed: dict[JobT, int] = {}
        self._ahead: dict[JobT, int] | None = None

    def add(self, job: JobT) -> None:
        """Let a request wait for its place."""
        self._enter(job.client)
        self.waiting.append(job)
        self._passed[job] = 0
        self._ahead = None

    def remove(self, job: JobT) -> None:
        """Forget a request that waits or runs."""
        for jobs in (self.waiting, self.running):
            if job in jobs:
                jobs.remove(job)
        self._passed.pop(job, None)
        self._forget()
        self._ahead = None

    def start(self) -> JobT | None:
        """Move the next request that has room to those that run; ``None`` if none has."""
        counts = self._counts()
        free = self.limits.memory - sum(job.memory for job in self.running)
        admitted = [job for job in self.waiting if self._has_place(job, counts)]
        ready = [job for job in admitted if job.memory <= free or not self.running]
        late = [job for job in admitted if self._passed[job] >= self.limits.passed]
        if not ready or any(job not in ready for job in late):
            return None
        job = _first(late or ready, counts)
        for earlier in self.waiting[: self.waiting.index(job)]:
            self._passed[earlier] += earlier.memory > free
        self._passed.pop(job)
        self.waiting.remove(job)
        self.running.append(job)
        self._ahead = None
        return job

    def ahead_of(self, job: JobT) -> int:
        """Requests that have to end before this one runs; 0 if it does."""
        if self._ahead is None:
            self._ahead = self._count_ahead()
        return self._ahead.get(job, 0)

    @property
    def chunk(self) -> int:
        """Tokens of a prompt that the next pass reads."""
        return self.limits.chunk if len(self.running) > 1 else self.limits.chunk_alone

    def select(self) -> list[JobT]:
        """The requests of the next pass, whose tokens are counted as used."""
        taken: list[JobT] = []
        tokens = 0
        for job in sorted(self.running, key=self._order):
            cost = job.cost(self.chunk)
            if taken and tokens + cost > self.limits.tokens:
                continue
            taken.append(job)
            tokens += cost
            for key in set(_keys(job.client)):
                self._used[key] += cost
        return taken

    def _order(self, job: JobT) -> tuple[int, int, int]:
        address, client = _keys(job.client)
        return self._used[address], self._used[client], job.remaining

    def _enter(self, client: Client) -> None:
        """Let a newcomer begin as if it had been given as much as the one present who was given least."""
        present = self._present()
        for place, key in enumerate(_keys(client)):
            given = [self._used[_keys(other)[place]] for other in present]
            self._used.setdefault(key, min(given, default=0))

    def _forget(self) -> None:
        present = set(chain.from_iterable(map(_keys, self._present())))
        self._used = {key: count for key, count in self._used.items() if key in present}

    def _present(self) -> set[Client]:
        return {job.client for job in chain(self.waiting, self.running)}

    def _counts(self) -> Counter[str | Client]:
        """Requests that run, of each address and client."""
        return Counter(chain.from_iterable(set(_keys(job.client)) for job in self.running))

    def _has_place(self, job: JobT, counts: Counter[str | Client]) -> bool:
        """Whether the number of those that run admits it."""
        return len(self.running) < self._places(job.client, counts)

    def _places(self, client: Client, counts: Counter[str | Client]) -> int:
        """How many requests may run once one of ``client`` is among them."""
        return self.limits.running if counts[client] else 2 * self.limits.running

    def _count_ahead(self) -> dict[JobT, int]:
        """How many requests are ahead of each that waits, if they end in the order in which they start."""
        counts, waiting, ahead = self._counts(), list(self.waiting), {}
        before = [job.memory for job in self.running]
        while waiting:
            job = _first(waiting, counts)
            waiting.remove(job)
            ended = max(0, len(before) + 1 - self._places(job.client, counts))
            needed = sum(before[ended:]) + job.memory
            while ended < len(before) and needed > self.limits.memory:
                needed -= before[ended]
                ended += 1
            ahead[job] = ended
            counts.update(set(_keys(job.client)))
            before.append(job.memory)
        return ahead


def _keys(client: Client) -> tuple[str | Client, Client]:
    """Those among whom is shared: addresses, or clients without one, and clients."""
    return client.address or client, client


def _first(waiting: Sequence[JobT], counts: Counter[str | Client]) -> JobT:
    """The request whose address, then whose client, has fewest running; of several the earliest."""
    return min(waiting, key=lambda job: [counts[key] for key in _keys(job.client)])
