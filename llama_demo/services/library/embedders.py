"""The sentence models in use, and the matrices of vectors in memory.

Up to two models embed each chunk. The quick one looks vectors up in a table, so that a document can be found
at once; the deep one is a network, which knows better what is meant and takes a hundred times longer. The
deep model is the one that was chosen, or else the one that came with the program; the quick one stays beside
it. Where there is only one model, it does what the quick one does, and nothing is deep.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.catalogue import search_models
from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.services.library.sample_vectors import SampleVectors
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

    def passages(self, texts: Sequence[str], *, urgent: bool = True) -> NDArray[np.float32]:
        """The vectors (texts, width) of passages.

        Args:
            urgent: whether a request waits for them, to which long work gives way.
        """
        return self.encoder.vectors(texts, "passage", urgent=urgent)


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
        samples: vectors of the sample documents, made in advance.
    """

    def __init__(
        self,
        models: Models,
        store: ChunkStore,
        remote: TextEncoder | None = None,
        samples: SampleVectors | None = None,
    ) -> None:
        self._models, self._remote = models, remote
        self._store = store
        self._samples = SampleVectors() if samples is None else samples
        self._turn = threading.Lock()
        self._following = threading.Lock()
        self._known: dict[str, Embedder] = {}
        self._made: dict[str, int] = {}
        self._mirrors: OrderedDict[tuple[int, bool], _Mirror] = OrderedDict()

    @property
    def active(self) -> str:
        """The name of the chosen model; empty if there is none."""
        if self._remote is not None:
            return self._remote.name
        return next((entry.name for entry in self._models.entries("search")), "")

    @property
    def quick(self) -> str:
        """The name of the model that embeds new chunks at once; empty if there is none."""
        return self._pair[0]

    @property
    def deep(self) -> str:
        """The name of the model that embeds them once more in the background; empty if there is none."""
        return self._pair[1]

    @property
    def _pair(self) -> tuple[str, str]:
        elsewhere = "" if self._remote is None else self._remote.name
        return search_models(self._models.entries("search"), elsewhere=elsewhere)

    def current(self) -> Embedder | None:
        """The quick model, loaded; None if there is none.

        Raises:
            CheckpointError, DeviceError, InputError: it cannot be loaded, or does not exist.
            BackendError: another server does not answer.
        """
        return self._named(self.quick)

    def current_deep(self) -> Embedder | None:
        """The deep model, loaded; None if there is none. Raises as :meth:`current`."""
        return self._named(self.deep)

    def expected_deep(self) -> Embedder | None:
        """The deep model under the number that it will probably have, not loaded if that is known."""
        name, number = self.deep, self.deep_number
        if not name or name in self._known or not number:
            return self._named(name)
        return Embedder(name, number, lambda: self.encoder(name))

    @property
    def deep_number(self) -> int:
        """The number that the deep model has, or probably has; 0 if that is not known before it is loaded."""
        name = self.deep
        if name in self._known:
            return self._known[name].number
        return (self._number_made(name) or self._store.newest_embedder(name) or 0) if name else 0

    def passages(self, embedder: Embedder, texts: Sequence[str]) -> NDArray[np.float32]:
        """The vectors (texts, width) of passages, those of samples as they were made in advance."""
        vectors = self.made(embedder, texts)
        unknown = [place for place, vector in enumerate(vectors) if vector is None]
        if unknown:
            computed = embedder.passages([texts[place] for place in unknown])
            for place, vector in zip(unknown, computed, strict=True):
                vectors[place] = vector
        return np.stack([vector for vector in vectors if vector is not None])

    def made(self, embedder: Embedder, texts: Sequence[str]) -> list[NDArray[np.float32] | None]:
        """The vectors (width) of passages that were made in advance; None for any other."""
        if self._number_made(embedder.name) != embedder.number:
            return [None] * len(texts)
        return self._samples.find(embedder.name, texts)

    def _number_made(self, name: str) -> int:
        """The number of a model as far as vectors were made in advance with it; 0 if none were."""
        probe = self._samples.probe(name)
        if probe is not None and name not in self._made:
            self._made[name] = self._store.embedder(name, probe)
        return self._made.get(name, 0)

    def _named(self, name: str) -> Embedder | None:
        """The model of this name, loaded; None without a name. Raises as :meth:`current`."""
        if not name:
            return None
        encoder = self.encoder("" if name == self.active else name)  # another one may serve
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

    def matrix(self, collection: int, *, deep: bool = False) -> tuple[Embedder, VectorMatrix] | None:
        """The model that answers for a collection, and the collection's vectors; None without any.

        While another model embeds the collection again, the former one answers, if it still exists.

        Args:
            deep: ask for the deep model in place of the quick one.

        Raises: as :meth:`current`.
        """
        current = self.current_deep() if deep else self.current()
        revision = self._store.revision(collection)
        with self._turn:
            mirror = self._mirrors.get((collection, deep))
        if current is None:
            return None
        if mirror is None or mirror.revision != revision or not self._serves(mirror.embedder):
            quick = self.current() if deep else None
            others = [row for row in self._store.models_of(collection) if not quick or row[0] != quick.number]
            embedder = self._answering(current, others)
            with self._following:
                mirror = self._followed(mirror, embedder, collection, revision)
                self._hold((collection, deep), mirror)
        return mirror.embedder, mirror.matrix

    def add_deep(
        self, embedder: Embedder, collection: int, numbers: Sequence[int], vectors: NDArray[np.float32]
    ) -> None:
        """Store vectors of the deep model, and add them to its matrix in memory.

        They come every few seconds for a long time, so the collection does not count as changed: its matrices
        need not be compared with the database after each of them.

        Raises:
            StoreError: such as ``disk_full``.
        """
        kept = self._store.add_vectors(embedder.number, collection, numbers, vectors, revised=False)
        with self._following:
            mirror = self._mirrors.get((collection, True))
            if mirror is not None and mirror.embedder.number == embedder.number:
                ids = np.array(numbers, dtype=np.int64)[kept]
                new = ~np.isin(ids, mirror.matrix.ids)
                mirror.matrix.add(ids[new], vectors[kept][new])

    def _serves(self, embedder: Embedder) -> bool:
        return embedder.name in self._names()

    def _answering(self, current: Embedder, seen: Sequence[tuple[int, str, int]]) -> Embedder:
        """The model in use if it has embedded as many chunks as any other, else that other.

        Args:
            seen: number, name and count of embedded chunks of each model.
        """
        most = max((count for _, _, count in seen), default=0)
        names = self._names()
        for number, _, count in seen:
            if number == current.number and count == most:
                return current
        for number, name, count in seen:
            if count == most and name in names:
                former = self._named(name)
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

    def _hold(self, key: tuple[int, bool], mirror: _Mirror) -> None:
        with self._turn:
            self._mirrors[key] = mirror
            self._mirrors.move_to_end(key)
            while len(self._mirrors) > 1 and self._memory() > MOST_MEMORY:
                self._mirrors.popitem(last=False)

    def _memory(self) -> int:
        return sum(mirror.matrix.bytes for mirror in self._mirrors.values())
