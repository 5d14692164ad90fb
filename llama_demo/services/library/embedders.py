"""The sentence model in use, and the matrices of vectors in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.services.models import Models
from llama_demo.store.chunks import ChunkStore
from llama_demo.tasks.embed import SentenceEncoder, embed, knows

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
    find: Callable[[], SentenceEncoder]

    @property
    def encoder(self) -> SentenceEncoder:
        """The model; loaded if necessary."""
        return self.find()

    def query(self, text: str) -> NDArray[np.float32]:
        """The vector (width) of a query."""
        vector: NDArray[np.float32] = embed(self.encoder, [text], role="query").vectors[0]
        return vector

    def knows(self, text: str) -> bool:
        """Whether the model knows any word of a query."""
        return knows(self.encoder, text)

    def passages(self, texts: list[str]) -> NDArray[np.float32]:
        """The vectors (texts, width) of passages."""
        return embed(self.encoder, texts, role="passage").vectors


@dataclass
class _Mirror:
    """A collection's vectors in memory, at one of its revisions."""

    embedder: Embedder
    matrix: VectorMatrix
    revision: int


class Embedders:
    """Sentence models and matrices, loaded when first needed."""

    def __init__(self, models: Models, store: ChunkStore) -> None:
        self._models = models
        self._store = store
        self._turn = threading.Lock()
        self._known: dict[str, Embedder] = {}
        self._mirrors: OrderedDict[int, _Mirror] = OrderedDict()

    def current(self, name: str = "") -> Embedder | None:
        """The model that embeds new chunks, or the one called ``name``; None if there is none.

        Raises:
            CheckpointError, DeviceError, InputError: it cannot be loaded, or does not exist.
        """
        if not self._models.entries("search"):
            return None
        encoder = self._models.encoder(name)
        with self._turn:
            known = self._known.get(encoder.name)
            if known is None:
                probe = embed(encoder, [PROBE]).vectors[0]
                number = self._store.embedder(encoder.name, probe)
                known = Embedder(encoder.name, number, partial(self._models.encoder, encoder.name))
                self._known[encoder.name] = known
        return known

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
        return any(entry.name == embedder.name for entry in self._models.entries("search"))

    def _answering(self, collection: int) -> Embedder | None:
        """The model in use if it has embedded as many chunks as any other, else that other."""
        current = self.current()
        if current is None:
            return None
        seen = self._store.models_of(collection)
        most = max((count for _, _, count in seen), default=0)
        names = {entry.name for entry in self._models.entries("search")}
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
            engine = embedder.encoder.engine
            mirror = _Mirror(embedder, VectorMatrix(engine.width, device=engine.device), revision)
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
