"""Fair scheduling of a model between clients, however many requests each of them has.

The computing code is not told for which client it runs; the thread's context says so. :func:`on_behalf_of`
sets the client where a call enters the program; :class:`FairLock` and the requests of a
:class:`~llama_demo.engine.batch_runner.BatchRunner` read it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextvars import Context, ContextVar, copy_context
from typing import Any, Literal, NamedTuple, TypeVar

Item = TypeVar("Item")

_REMEMBERED = 2_000
"""Addresses and clients whose last turn is remembered."""


class Client(NamedTuple):
    """The party that a computation is for.

    Attributes:
        address: network address; all clients of an address share its turns. Empty if unknown.
        name: distinguishes the clients of an address.
    """

    address: str = ""
    name: str = ""


_NOBODY = Client()
_client: ContextVar[Client] = ContextVar("client")


def current_client() -> Client:
    """The client of the current context; one without address and name unless set."""
    return _client.get(_NOBODY)


def call_on_behalf_of(client: Client, function: Callable[..., Item], *arguments: Any) -> Item:
    """Call the function with ``client`` as the current client."""
    return _context_of(client).run(function, *arguments)


def on_behalf_of(client: Client, stream: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same stream, each step with ``client`` as the current client, on whichever thread it is taken."""
    context = _context_of(client)
    try:
        while True:
            try:
                item = context.run(next, stream)
            except StopIteration:
                return
            yield item
    finally:
        context.run(stream.close)


def _context_of(client: Client) -> Context:
    """A copy of the current context with ``client`` as its client."""
    context = copy_context()
    context.run(_client.set, client)
    return context


class Turns:
    """The last turns of addresses and clients, for round robin among both. Not thread-safe.

    A newcomer counts as if it had its last turn just before it arrived, so that neither many new clients nor
    the many requests of an old one can keep another from its turn.
    """

    def __init__(self) -> None:
        self._turns = 0
        self._last: OrderedDict[str | Client, int] = OrderedDict()

    def enter(self, client: Client) -> None:
        """Let a client wait for a turn."""
        for key in (client.address, client):
            self._last.setdefault(key, self._turns - 1)

    def last(self, client: Client) -> tuple[int, int]:
        """The last turn of its address and its own; who has the lowest is next."""
        return self._last.get(client.address, 0), self._last.get(client, 0)

    def take(self, client: Client) -> None:
        """Count a turn of a client."""
        self._turns += 1
        for key in (client.address, client):
            self._last[key] = self._turns
            self._last.move_to_end(key)
        while len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)


class FairLock:
    """A lock that is granted round robin: to addresses, within an address to clients, then by arrival."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._held = False
        self._waiting: list[tuple[Client, object]] = []
        self._turns = Turns()

    def __enter__(self) -> None:
        client = current_client()
        own = (client, object())
        with self._changed:
            self._turns.enter(client)
            self._waiting.append(own)
            self._changed.wait_for(lambda: not self._held and self._next() is own)
            self._waiting.remove(own)
            self._held = True
            self._turns.take(client)

    def __exit__(self, *_: object) -> Literal[False]:
        with self._changed:
            self._held = False
            self._changed.notify_all()
        return False

    @property
    def waiting(self) -> int:
        """Number of threads that wait."""
        with self._changed:
            return len(self._waiting)

    def _next(self) -> tuple[Client, object]:
        return min(self._waiting, key=lambda one: self._turns.last(one[0]))
