"""Passages of a collection ranked for a query by the cosines of one model alone."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.errors import InputError
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.library import Library
from llama_demo.services.library.retrieval import READ
from llama_demo.services.library.search import LONGEST_QUERY
from llama_demo.services.library.text_encoder import TextEncoder
from llama_demo.services.visits import Visit
from llama_demo.store.chunks import ChunkRow, ChunkStore
from llama_demo.store.library import Collection

MOST_PASSAGES = 2_000
"""Passages that are embedded for a comparison."""

SHOWN = 10
"""Passages of a ranking that are shown."""

_BATCH = 16
_HELD = 6
"""Collections whose vectors by one model are held in memory."""


@dataclass(frozen=True)
class RankedPassage:
    """A passage of a ranking.

    Attributes:
        chunk: its number, the same in every ranking.
        page: from 1; None for a document without pages.
        cosine: of its vector and the query's.
    """

    chunk: int
    document: str
    page: int | None
    text: str
    cosine: float


@dataclass(frozen=True)
class RankingUpdate:
    """How far a ranking has come.

    Attributes:
        done, total: passages that are embedded, and all of them.
        passages: best first; empty until the end.
    """

    done: int
    total: int
    passages: tuple[RankedPassage, ...] = ()


class PassageRanking:
    """Ranks passages by any model, also one that does not embed the library.

    Its vectors are held in memory for the next query, until the collection changes.
    """

    def __init__(self, library: Library, chunks: ChunkStore, embedders: Embedders) -> None:
        self._library, self._chunks, self._embedders = library, chunks, embedders
        self._held: OrderedDict[tuple[str, int, int], NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, visit: Visit, collection: str, query: str) -> list[Collection]:
        """The collection of this name.

        Raises:
            InputError: ``query_too_long``, ``collection_unknown``, ``compare_collection_empty``,
                ``compare_collection_large``.
        """
        if len(query) > LONGEST_QUERY:
            raise InputError("query_too_long", characters=len(query), longest=LONGEST_QUERY)
        self._library.wait_for_samples()
        found = self._library.named(visit, collection)
        passages = sum(one.chunks for one in found)
        if not passages:
            raise InputError("compare_collection_empty")
        if passages > MOST_PASSAGES:
            raise InputError("compare_collection_large", passages=passages, limit=MOST_PASSAGES)
        return found

    def rank(
        self, visit: Visit, query: str, collection: str, model: str, stopped: Callable[[], bool]
    ) -> Generator[RankingUpdate, None, None]:
        """Rank the passages of a collection; what was embedded when ``stopped`` becomes true is lost.

        Raises:
            InputError: as :meth:`check`.
            DemoError: the model cannot be loaded, or its server does not answer.
        """
        encoder = self._embedders.encoder(model)
        found: list[tuple[ChunkRow, float]] = []
        asked = encoder.vectors([query[:READ]], "query")[0]
        for one in self.check(visit, collection, query):
            chunks = self._chunks.of_collection(one.number, owner=visit.owner)
            if not chunks:
                continue
            vectors = yield from self._vectors(encoder, one.number, chunks, stopped)
            if vectors is None:
                return
            found += zip(chunks, (_unit(vectors) @ _unit(asked)).tolist(), strict=True)
        best = sorted(found, key=lambda pair: -pair[1])[:SHOWN]
        documents = self._library.some(visit, {chunk.document for chunk, _ in best})
        passages = tuple(
            RankedPassage(chunk.number, documents[chunk.document].name, chunk.page, chunk.text, cosine)
            for chunk, cosine in best
            if chunk.document in documents  # else it was deleted meanwhile
        )
        yield RankingUpdate(len(found), len(found), passages)

    def _vectors(
        self, encoder: TextEncoder, collection: int, chunks: Sequence[ChunkRow], stopped: Callable[[], bool]
    ) -> Generator[RankingUpdate, None, NDArray[np.float32] | None]:
        """The vectors (chunks, width) of a collection; None if it was stopped."""
        key = (encoder.name, collection, self._chunks.revision(collection))
        with self._lock:
            held = self._held.get(key)
        if held is not None and len(held) == len(chunks):
            return held
        batches: list[NDArray[np.float32]] = []
        for begin in range(0, len(chunks), _BATCH):
            if stopped():
                return None
            yield RankingUpdate(begin, len(chunks))
            texts = [chunk.text for chunk in chunks[begin : begin + _BATCH]]
            batches.append(encoder.vectors(texts, "passage"))
        vectors = np.concatenate(batches)
        with self._lock:
            self._held[key] = vectors
            while len(self._held) > _HELD:
                self._held.popitem(last=False)
        return vectors


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors (..., width) scaled to length 1; a zero vector stays."""
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
