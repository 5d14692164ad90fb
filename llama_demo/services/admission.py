"""Limits on the calls that run at the same time, and the client whose turns at the models a call takes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from llama_demo.engine.fair_share import Client, call_on_behalf_of, on_behalf_of
from llama_demo.errors import BusyError
from llama_demo.services.visits import Visit

Item = TypeVar("Item")


@dataclass(frozen=True)
class CallLimits:
    """Limits on calls that run at the same time; 0 is no limit.

    Attributes:
        visitor: calls of one visitor.
        address: calls from one address, which a class or an office may share.
        total: all calls.
    """

    visitor: int = 0
    address: int = 0
    total: int = 0


def client_of(visit: Visit) -> Client:
    """The client of a visit: the visitor, or the page of one without a secret, at an address."""
    return Client(visit.address, visit.owner or visit.page)


def visitor_of(visit: Visit) -> Client:
    """The visitor, the same at every address; without a secret or an account the page at its address."""
    return Client("" if visit.owner else visit.address, visit.owner or visit.page)


def of_same_visitor(earlier: Visit, visit: Visit) -> bool:
    """Whether both calls are of one visitor, at whatever address.

    An earlier call without a secret or an account was of the page at its address, which may have got a secret
    since, as it does when the visitor turns the history on.
    """
    if earlier.owner is not None:
        return earlier.owner == visit.owner
    return (earlier.page, earlier.address) == (visit.page, visit.address)


def stream_for(visit: Visit, stream: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same stream; its steps take the turns of the visit's client at the models."""
    return on_behalf_of(client_of(visit), stream)


def call_for(visit: Visit, function: Callable[..., Item], *arguments: Any) -> Item:
    """Call the function; its computations take the turns of the visit's client at the models."""
    return call_on_behalf_of(client_of(visit), function, *arguments)


class Admission:
    """Counts running calls and refuses those beyond the limits."""

    def __init__(self, limits: CallLimits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._calls: Counter[Client] = Counter()

    @contextmanager
    def admit(self, visit: Visit) -> Iterator[None]:
        """Count a call during the block.

        Raises:
            BusyError: ``busy_visitor``, ``busy_address`` or ``busy_total``.
        """
        client = client_of(visit)
        with self._lock:
            self._check(client)
            self._calls[client] += 1
        try:
            yield
        finally:
            with self._lock:
                self._calls[client] -= 1
                self._calls += Counter()  # drops clients without calls

    def _check(self, client: Client) -> None:
        limits, calls = self._limits, self._calls
        if 0 < limits.visitor <= calls[client]:
            raise BusyError("busy_visitor", limit=limits.visitor)
        neighbours = sum(count for other, count in calls.items() if other.address == client.address)
        if client.address and 0 < limits.address <= neighbours:
            raise BusyError("busy_address", limit=limits.address)
        if 0 < limits.total <= calls.total():
            raise BusyError("busy_total", limit=limits.total)
