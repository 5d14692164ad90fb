"""Whose turn at the models a call takes, and how many calls are answered at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from llama_demo.engine.fair_share import Owner, call_on_behalf_of, on_behalf_of
from llama_demo.errors import InputError
from llama_demo.services.visits import Visit

Item = TypeVar("Item")


@dataclass(frozen=True)
class CallLimits:
    """Calls that may be at work at the same time; 0 is no limit.

    Attributes:
        visitor: of one visitor.
        address: from one address, which a class or an office may share.
        total: of everybody.
    """

    visitor: int = 0
    address: int = 0
    total: int = 0


def owner_of(visit: Visit) -> Owner:
    """Who takes turns at the models for this visit."""
    return Owner(visit.address, visit.owner or visit.page)


def stream_for(visit: Visit, stream: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same stream, whose steps take the turns of this visit's owner at the models."""
    return on_behalf_of(owner_of(visit), stream)


def call_for(visit: Visit, function: Callable[..., Item], *arguments: Any) -> Item:
    """What the function returns; what it computes takes the turns of this visit's owner."""
    return call_on_behalf_of(owner_of(visit), function, *arguments)


class Admission:
    """Counts the calls at work."""

    def __init__(self, limits: CallLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._owners: Counter[Owner] = Counter()

    @contextmanager
    def admit(self, visit: Visit) -> Iterator[None]:
        """Let a call in for the length of the block.

        Raises:
            InputError: ``busy_visitor``, ``busy_address`` or ``busy_total``; nothing was begun.
        """
        owner = owner_of(visit)
        with self._lock:
            self._check(owner)
            self._owners[owner] += 1
        try:
            yield
        finally:
            with self._lock:
                self._owners[owner] -= 1
                self._owners += Counter()  # drops who has none left

    def _check(self, owner: Owner) -> None:
        limits, owners = self._limits, self._owners
        if 0 < limits.visitor <= owners[owner]:
            raise InputError("busy_visitor", limit=limits.visitor)
        neighbours = sum(calls for other, calls in owners.items() if other.address == owner.address)
        if owner.address and 0 < limits.address <= neighbours:
            raise InputError("busy_address", limit=limits.address)
        if 0 < limits.total <= owners.total():
            raise InputError("busy_total", limit=limits.total)
