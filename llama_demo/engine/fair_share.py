"""Turns at a model: owners of work take them one after the other, however much each of them has waiting.

What computes does not know for whom; the thread's context does. :func:`on_behalf_of` sets it at the edge of
the program, and :class:`FairLock` and the decoder's :class:`~llama_demo.engine.engine.Engine` ask for it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextvars import ContextVar, copy_context
from typing import Any, Literal, NamedTuple, TypeVar

Item = TypeVar("Item")

_REMEMBERED = 1_000
"""Owners whose last turn is kept in mind; one that is forgotten counts as new."""


class Owner(NamedTuple):
    """Whose work it is.

    Attributes:
        address: from which it comes: a visitor who makes up many names shares one turn with all of them.
        name: of the visitor there.
    """

    address: str = ""
    name: str = ""


_NOBODY = Owner()
_owner: ContextVar[Owner] = ContextVar("owner")


def owner() -> Owner:
    """Whose work this thread does."""
    return _owner.get(_NOBODY)


def call_on_behalf_of(owner: Owner, function: Callable[..., Item], *arguments: Any) -> Item:
    """What the function returns, as the work of ``owner``."""
    context = copy_context()
    context.run(_owner.set, owner)
    return context.run(function, *arguments)


def on_behalf_of(owner: Owner, stream: Generator[Item, None, None]) -> Generator[Item, None, None]:
    """The same stream; each of its steps is the work of ``owner``, whichever thread takes it."""
    context = copy_context()
    context.run(_owner.set, owner)
    try:
        while True:
            try:
                item = context.run(next, stream)
            except StopIteration:
                return
            yield item
    finally:
        context.run(stream.close)


class FairLock:
    """A lock that goes to the waiting owner whose last turn was longest ago.

    Addresses take turns first, then the visitors of an address, then what each of them has waiting, in order
    of arrival.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._held = False
        self._waiting: list[tuple[Owner, object]] = []
        self._turns = 0
        self._last: OrderedDict[str | Owner, int] = OrderedDict()

    def __enter__(self) -> None:
        own = (owner(), object())
        with self._changed:
            self._waiting.append(own)
            self._changed.wait_for(lambda: not self._held and self._next() is own)
            self._waiting.remove(own)
            self._held = True
            self._note(own[0])

    def __exit__(self, *_: object) -> Literal[False]:
        with self._changed:
            self._held = False
            self._changed.notify_all()
        return False

    @property
    def waiting(self) -> int:
        """How many threads want it."""
        with self._changed:
            return len(self._waiting)

    def _next(self) -> tuple[Owner, object]:
        last = self._last
        return min(self._waiting, key=lambda one: (last.get(one[0].address, 0), last.get(one[0], 0)))

    def _note(self, owner: Owner) -> None:
        self._turns += 1
        for key in (owner.address, owner):
            self._last[key] = self._turns
            self._last.move_to_end(key)
        while len(self._last) > 2 * _REMEMBERED:
            self._last.popitem(last=False)
