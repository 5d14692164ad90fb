"""The second embedding of chunks: by the deep model, in small batches between all other work."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.precedence import REQUESTS
from llama_demo.errors import DemoError
from llama_demo.services.library.chunking import readable
from llama_demo.services.library.embedders import Embedder, Embedders
from llama_demo.store.chunks import ChunkRow, ChunkStore

log = logging.getLogger(__name__)

_BATCH = 4
"""Chunks that are embedded at once, some tenths of a second, for which a request may have to wait."""

_STORED = 32
"""Chunks whose vectors are stored at once, some seconds of work."""

RETRY = 60.0
"""Seconds after which what failed may be tried again."""


@dataclass(frozen=True)
class DeepProgress:
    """How far the deep model has come with a collection.

    Attributes:
        done, total: passages that it has embedded, and all of them.
        failed: whether it gave up, because the model cannot be loaded or its server does not answer.
    """

    done: int = 0
    total: int = 0
    failed: bool = False


class Deepening:
    """Embeds what has no vector of the deep model, step by step, on the caller's thread."""

    def __init__(self, chunks: ChunkStore, embedders: Embedders) -> None:
        self._chunks = chunks
        self._embedders = embedders
        self._embedder: Embedder | None = None
        self._pending, self._again = False, False
        self._after = 0
        self._rows: Sequence[ChunkRow] = ()
        self._vectors: list[NDArray[np.float32]] = []
        self._failed_at = float("-inf")
        self.failed = False

    @property
    def pending(self) -> bool:
        """Whether something may be left to do."""
        return self._pending

    @property
    def wanted(self) -> bool:
        """Whether a search that misses vectors should have it begin: idle, and not just failed."""
        return not self._pending and time.monotonic() - self._failed_at > RETRY

    def begin(self) -> None:
        """Look for chunks without a vector, also for those that appear while it runs."""
        self._again = True
        self._pending = True

    def step(self) -> float:
        """Embed a few chunks. Returns the seconds to wait before the next step: requests come first."""
        begun = time.perf_counter()
        try:
            if not self._rows and not self._next_rows():
                return 0.0
            embedder = self._embedder
            assert embedder is not None
            done = sum(map(len, self._vectors))
            texts = [readable(chunk) for chunk in self._rows[done : done + _BATCH]]
            self._vectors.append(embedder.passages(texts, urgent=False))
            if done + len(texts) == len(self._rows):
                self.store()
            self.failed = False
        except DemoError as exc:
            log.warning("the library could not be embedded by the deep model: %s", exc)
            self.give_up()
        return REQUESTS.pause_after(time.perf_counter() - begun)

    def give_up(self) -> None:
        """Leave the rest until it is begun again."""
        self.failed, self._failed_at = True, time.monotonic()
        self._end()

    def store(self) -> None:
        """Store what was embedded so far, such as at the end of the program."""
        rows = self._rows[: sum(map(len, self._vectors))]
        if rows and self._embedder is not None:
            _store(self._embedders, self._embedder, rows, np.concatenate(self._vectors))
            self._after = rows[-1].number
        self._rows, self._vectors = (), []

    def _next_rows(self) -> bool:
        """Fetch further chunks; False if the model has embedded them all, or there is none."""
        if self._again:
            self._again, self._after = False, 0
            self._embedder = self._embedders.expected_deep()
        if self._embedder is None:
            self._end()
            return False
        rows = self._unknown(self._embedder)
        if rows:
            loaded = self._embedders.current_deep()
            if loaded is None or loaded.number != self._embedder.number:  # it is another model than expected
                self._again = True
                return False
        elif not self._again:
            self._finish(self._embedder)
        self._rows = rows
        return bool(rows)

    def _unknown(self, embedder: Embedder) -> list[ChunkRow]:
        """The next chunks to embed; vectors that were made in advance are stored."""
        while rows := self._chunks.without_vector(embedder.number, after=self._after, most=_STORED):
            made = self._embedders.made(embedder, [readable(chunk) for chunk in rows])
            there = [(row, vector) for row, vector in zip(rows, made, strict=True) if vector is not None]
            if there:
                _store(
                    self._embedders, embedder, [row for row, _ in there], np.stack([one for _, one in there])
                )
            unknown = [row for row, vector in zip(rows, made, strict=True) if vector is None]
            if unknown:
                return unknown
            self._after = rows[-1].number
        return []

    def _finish(self, embedder: Embedder) -> None:
        """Remove the vectors of other models than the two that are at work."""
        quick = self._embedders.current()
        if quick is not None and not self._chunks.without_vector(quick.number, most=1):
            self._chunks.keep_only([quick.number, embedder.number])
        self._end()

    def _end(self) -> None:
        self._pending, self._again = False, False
        self._rows, self._vectors = (), []


def _store(
    embedders: Embedders, embedder: Embedder, rows: Sequence[ChunkRow], vectors: NDArray[np.float32]
) -> None:
    places = np.array([chunk.collection for chunk in rows])
    for collection in sorted(set(places.tolist())):
        mine = np.flatnonzero(places == collection).tolist()
        embedders.add_deep(embedder, collection, [rows[place].number for place in mine], vectors[mine])
