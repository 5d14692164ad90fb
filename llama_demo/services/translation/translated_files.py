"""In-memory store of translated files until they are downloaded, each readable by its visitor alone.

Nothing is written to disk. A file is dropped an hour after its translation began, when its visitor has
more than :data:`MOST_OF_ONE`, or when all files together exceed :data:`MOST_BYTES`.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from llama_demo.errors import DocumentError, InputError
from llama_demo.services.visits import Visit

LIFETIME = 3600.0
"""Seconds."""

MOST_FILES = 64
MOST_OF_ONE = 4
"""Files of one visitor; the oldest is dropped first."""

MOST_BYTES = 128 * 2**20
"""Of all finished files; beyond it, the oldest of the visitor with most bytes is dropped first."""


@dataclass(frozen=True)
class TranslatedFile:
    """A translated file, ready to download.

    Attributes:
        language: of the translation.
        complete: whether all of it is translated; else the rest has its source text.
    """

    name: str
    data: bytes
    media_type: str
    language: str
    complete: bool


@dataclass
class _HeldFile:
    visitor: tuple[str | None, str]
    since: float
    make: Callable[[], TranslatedFile]
    size: int = 0


class TranslatedFileStore:
    """Files under unguessable ids."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._files: OrderedDict[str, _HeldFile] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, visit: Visit, make: Callable[[], TranslatedFile]) -> str:
        """Hold a file; ``make`` renders its current state on each call. Returns its id."""
        file_id = secrets.token_urlsafe(24)
        with self._lock:
            self._drop_old()
            own = self._of(_visitor(visit))
            for each in own[: max(0, len(own) - MOST_OF_ONE + 1)]:
                del self._files[each]
            self._files[file_id] = _HeldFile(_visitor(visit), self._clock(), make)
            while len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return file_id

    def finish(self, file_id: str) -> None:
        """Render a file for the last time, and keep its bytes only; a second call does nothing.

        Raises:
            DocumentError: it cannot be rendered; the file is dropped.
        """
        with self._lock:
            held = self._files.get(file_id)
        if held is None or held.size:
            return
        try:
            file = held.make()
        except DocumentError:
            with self._lock:
                self._files.pop(file_id, None)
            raise
        with self._lock:
            held.make, held.size = lambda: file, len(file.data)
            while sum(each.size for each in self._files.values()) > MOST_BYTES:
                del self._files[self._next_to_drop()]

    def get(self, visit: Visit, file_id: str) -> TranslatedFile:
        """The current state of a file.

        Raises:
            InputError: ``document_gone``, also for another visitor's file.
        """
        with self._lock:
            self._drop_old()
            held = self._files.get(file_id)
        if held is None or held.visitor != _visitor(visit):
            raise InputError("document_gone")
        return held.make()

    def discard(self, visit: Visit, file_id: str) -> None:
        """Drop the visitor's file of this id, if there is one."""
        with self._lock:
            held = self._files.get(file_id)
            if held is not None and held.visitor == _visitor(visit):
                del self._files[file_id]

    def discard_all(self, visit: Visit) -> None:
        """Drop all files of the visitor."""
        with self._lock:
            for file_id in self._of(_visitor(visit)):
                del self._files[file_id]

    def _of(self, visitor: tuple[str | None, str]) -> list[str]:
        """The ids of a visitor's files, oldest first."""
        return [file_id for file_id, held in self._files.items() if held.visitor == visitor]

    def _next_to_drop(self) -> str:
        """The id of the oldest finished file of the visitor with the most bytes."""
        most: dict[tuple[str | None, str], int] = {}
        for held in self._files.values():
            most[held.visitor] = most.get(held.visitor, 0) + held.size
        return next(each for each in self._of(max(most, key=most.__getitem__)) if self._files[each].size)

    def _drop_old(self) -> None:
        oldest = self._clock() - LIFETIME
        for file_id in [each for each, held in self._files.items() if held.since < oldest]:
            del self._files[file_id]


def _visitor(visit: Visit) -> tuple[str | None, str]:
    """The identity of a visitor: the owner, or the page for a visit without an owner."""
    return (visit.owner, "") if visit.owner is not None else (None, visit.page)
