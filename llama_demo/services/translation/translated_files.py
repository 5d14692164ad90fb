"""Translated files until they are fetched: in memory alone, each for the visitor who had it made.

Nothing of them is ever written to the disk. A file goes an hour after it was begun, when its visitor
makes more of them than are held, or when all of them need more memory than there is for them.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.services.visits import Visit

LIFETIME = 3600.0
"""Seconds."""

MOST_FILES = 64
MOST_OF_ONE = 4
"""Files of one visitor; the oldest goes first."""

MOST_BYTES = 128 * 2**20
"""Of all files that are finished; beyond it the oldest of whoever has most goes first."""


@dataclass(frozen=True)
class TranslatedFile:
    """A file to fetch.

    Attributes:
        language: of the translation.
        complete: whether all of it is translated; else the rest has its original text.
    """

    name: str
    data: bytes
    media_type: str
    language: str
    complete: bool


@dataclass
class _Held:
    whose: tuple[str | None, str]
    since: float
    make: Callable[[], TranslatedFile]
    size: int = 0


class TranslatedFileStore:
    """Files by unguessable ids."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._files: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, visit: Visit, make: Callable[[], TranslatedFile]) -> str:
        """Take a file in; ``make`` writes it as it is at the time. Returns its id."""
        file_id = secrets.token_urlsafe(24)
        with self._lock:
            self._drop_old()
            own = self._of(_whose(visit))
            for each in own[: max(0, len(own) - MOST_OF_ONE + 1)]:
                del self._files[each]
            self._files[file_id] = _Held(_whose(visit), self._clock(), make)
            while len(self._files) > MOST_FILES:
                self._files.popitem(last=False)
        return file_id

    def finish(self, file_id: str) -> None:
        """Keep the bytes of a file alone, and no longer what it was made from: nothing is added any more."""
        with self._lock:
            held = self._files.get(file_id)
        if held is None:
            return
        file = held.make()
        with self._lock:
            held.make, held.size = lambda: file, len(file.data)
            while sum(each.size for each in self._files.values()) > MOST_BYTES:
                del self._files[self._to_go()]

    def get(self, visit: Visit, file_id: str) -> TranslatedFile:
        """The file as it is now.

        Raises:
            InputError: ``document_gone``, for another visitor's file too.
        """
        with self._lock:
            self._drop_old()
            held = self._files.get(file_id)
        if held is None or held.whose != _whose(visit):
            raise InputError("document_gone")
        return held.make()

    def discard(self, visit: Visit, file_id: str) -> None:
        """Forget the visitor's file of this id, if there is one."""
        with self._lock:
            held = self._files.get(file_id)
            if held is not None and held.whose == _whose(visit):
                del self._files[file_id]

    def _of(self, whose: tuple[str | None, str]) -> list[str]:
        """The ids of a visitor's files, the oldest first."""
        return [file_id for file_id, held in self._files.items() if held.whose == whose]

    def _to_go(self) -> str:
        """The oldest finished file of the visitor with the most bytes."""
        most: dict[tuple[str | None, str], int] = {}
        for held in self._files.values():
            most[held.whose] = most.get(held.whose, 0) + held.size
        return next(each for each in self._of(max(most, key=most.__getitem__)) if self._files[each].size)

    def _drop_old(self) -> None:
        oldest = self._clock() - LIFETIME
        for file_id in [each for each, held in self._files.items() if held.since < oldest]:
            del self._files[file_id]


def _whose(visit: Visit) -> tuple[str | None, str]:
    """A visitor by the owner, or one of whom nothing is kept by the page."""
    return (visit.owner, "") if visit.owner is not None else (None, visit.page)
