"""The sentence model in use, and the matrices of vectors in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.services.library.text_encoder import LocalEncoder, TextEncoder
from llama_demo.services.models import Models
from llama_demo.store.chunks import ChunkStore

PROBE = "The kettle sings while it snows. 下雪的时候，水壶在唱歌。"
"""The sentence whose vector identifies a model."""

MOST_MEMORY = 800_000_000
"""Bytes of all matrices; the least recently searched one is dropped first."""


@dataclass(frozen=True)
class Embedder:
    """A model and the number under which its vectors are stored.

    Attributes:
        find: gives the model, which is not held here, so that it can be unloaded.
    """

    name: str
    number: int
    find: Callable[[], TextEncoder]

    @property
    def encoder(self) -> TextEncoder:
        """The model; loaded if necessary."""
        return self.find()

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector (width) of a query."""
        vector: NDArray[np.float32] = self.encoder.vectors([text], "query")[0]
        return vector

    def knows(self, text: str) -> bool:
        """Whether the model knows any word of a query."""
        return self.encoder.knows(text)

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors (texts, width) of passages."""
        return self.encoder.vectors(texts, "passage")


@dataclass
class _Mirror:
    """A collection's vectors in memory, at one of its revisions."""

    embedder: Embedder
    matrix: VectorMatrix
    revision: int


class Embedders:
    """Sentence models and matrices, loaded when first needed.

    Args:
        remote: of another server, which embeds in place of the active model of this machine.
    """

    def __init__(self, models: Models, store: ChunkStore, remote: TextEncoder | None = None) -> None:
        self._models, self._remote = models, remote
        self._store = store
        self._turn = threading.Lock()
        self._known: dict[str, Embedder] = {}
        self._mirrors: OrderedDict[int, _Mirror] = OrderedDict()

    @property
    def active(self) -> str:
        """The name of the model that embeds new chunks; empty if there is none."""
        if self._remote is not None:
            return self._remote.name
        return next((entry.name for entry in self._models.entries("search")), "")

    def current(self, name: str = "") -> Embedder | None:
        """The model that embeds new chunks, or the one called ``name``; None if there is none.

        Raises:
            CheckpointError, DeviceError, InputError: it cannot be loaded, or does not exist.
            BackendError: another server does not answer.
        """
        if not self.active:
            return None
        encoder = self.encoder(name)
        with self._turn:
            known = self._known.get(encoder.name)
            if known is None:
                number = self._store.embedder(encoder.name, encoder.vectors([PROBE])[0])
                known = Embedder(encoder.name, number, lambda: self.encoder(encoder.name))
                self._known[encoder.name] = known
        return known

    def encoder(self, name: str) -> TextEncoder:
        """The model called ``name``, loaded if necessary; raises as :meth:`current`."""
        if self._remote is not None and name in ("", self._remote.name):
            return self._remote
        return LocalEncoder(self._models.encoder(name))

    def _names(self) -> set[str]:
        return {self.active, *(entry.name for entry in self._models.entries("search"))}

    def matrix(self, collection: int) -> tuple[Embedder, VectorMatrix] | None:
        """The model that answers for a collection, and the collection's vectors; None without any.

        While another model embeds the collection again, the former one answers, if it still exists.
        """
        revision = self._store.revision(collection)
        with self._turn:
            mirror = self._mirrors.get(collection)
        if mirror is None or mirror.revision != revision or not self._serves(mirror.embedder):
            embedder = self._answering(collection)
            if embedder is None:
                return None
            mirror = self._followed(mirror, embedder, collection, revision)
            self._hold(collection, mirror)
        return mirror.embedder, mirror.matrix

    def _serves(self, embedder: Embedder) -> bool:
        return embedder.name in self._names()

    def _answering(self, collection: int) -> Embedder | None:
        """The model in use if it has embedded as many chunks as any other, else that other."""
        current = self.current()
        if current is None:
            return None
        seen = self._store.models_of(collection)
        most = max((count for _, _, count in seen), default=0)
        names = self._names()
        for number, _, count in seen:
            if number == current.number and count == most:
                return current
        for number, name, count in seen:
            if count == most and name in names:
                former = self.current(name)
                if former is not None and former.number == number:
                    return former
        return current

    def _followed(
        self, mirror: _Mirror | None, embedder: Embedder, collection: int, revision: int
    ) -> _Mirror:
        """A mirror of the collection at its present revision; an earlier mirror is updated."""
        if mirror is None or mirror.embedder.number != embedder.number:
            encoder = embedder.encoder
            mirror = _Mirror(embedder, VectorMatrix(encoder.width, device=encoder.device), revision)
        here = np.sort(mirror.matrix.ids)
        there = self._store.vector_numbers(embedder.number, collection)
        gone = np.setdiff1d(here, there, assume_unique=True)
        if len(gone):
            mirror.matrix.remove(gone)
        new = np.setdiff1d(there, here, assume_unique=True)
        after = int(new[0]) - 1 if len(new) else -1
        while after >= 0:
            numbers, vectors = self._store.vectors(embedder.number, collection, after=after)
            fresh = np.isin(numbers, new, assume_unique=True)
            if fresh.any():
                mirror.matrix.add(numbers[fresh], vectors[fresh])
            after = int(numbers[-1]) if len(numbers) and numbers[-1] < new[-1] else -1
        return _Mirror(embedder, mirror.matrix, revision)

    def _hold(self, collection: int, mirror: _Mirror) -> None:
        with self._turn:
            self._mirrors[collection] = mirror
            self._mirrors.move_to_end(collection)
            while len(self._mirrors) > 1 and self._memory() > MOST_MEMORY:
                self._mirrors.popitem(last=False)

    def _memory(self) -> int:
        return sum(mirror.matrix.bytes for mirror in self._mirrors.values())
