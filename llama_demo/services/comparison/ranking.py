"""Passages of a collection ranked for a query by the cosines of one model alone."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.errors import DemoError, InputError
from llama_demo.services.history.runs import RunRecording, RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.library import Library
from llama_demo.services.library.retrieval import READ
from llama_demo.services.library.search import LONGEST_QUERY
from llama_demo.services.library.text_encoder import TextEncoder
from llama_demo.services.visits import Visit
from llama_demo.store.chunks import ChunkFilter, ChunkRow, ChunkStore
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
        warning: why the history could not be written.
    """

    done: int
    total: int
    passages: tuple[RankedPassage, ...] = ()
    warning: DemoError | None = None


class PassageRanking:
    """Ranks passages by any model, also one that does not embed the library.

    A ranking is recorded in the history as a search by meaning. Its vectors are held in memory for the next
    query, until the collection changes.
    """

    def __init__(self, library: Library, chunks: ChunkStore, embedders: Embedders, runs: RunService) -> None:
        self._library, self._chunks, self._embedders, self._runs = library, chunks, embedders, runs
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
        there, encoder = self.check(visit, collection, query), self._embedders.encoder(model)
        options = {
            "collection": collection,
            "mode": "meaning",
            "limit": SHOWN,
            "narrowing": asdict(ChunkFilter()),
        }
        recording = self._runs.record(visit, task="search", model=model, input=query, options=options)
        with recording:
            yield from self._ranked(visit, query, there, encoder, stopped, recording)

    def _ranked(
        self,
        visit: Visit,
        query: str,
        collections: Sequence[Collection],
        encoder: TextEncoder,
        stopped: Callable[[], bool],
        recording: RunRecording,
    ) -> Generator[RankingUpdate, None, None]:
        begun, found = time.monotonic(), list[tuple[ChunkRow, float]]()
        asked = encoder.vectors([query[:READ]], "query")[0]
        for one in collections:
            chunks = self._chunks.of_collection(one.number, owner=visit.owner)
            if not chunks:
                continue
            vectors = yield from self._vectors(encoder, one.number, chunks, stopped)
            if vectors is None:
                recording.finish("stopped", "", {})
                return
            found += zip(chunks, (_unit(vectors) @ _unit(asked)).tolist(), strict=True)
        best = sorted(found, key=lambda pair: -pair[1])[:SHOWN]
        documents = self._library.some(visit, {chunk.document for chunk, _ in best})
        passages = tuple(
            RankedPassage(chunk.number, documents[chunk.document].name, chunk.page, chunk.text, cosine)
            for chunk, cosine in best
            if chunk.document in documents  # else it was deleted meanwhile
        )
        milliseconds = round(1000 * (time.monotonic() - begun), 1)
        figures = {"hits": len(passages), "searched": len(found), "ms": milliseconds}
        recording.finish("done", _as_output(passages), figures)
        yield RankingUpdate(len(found), len(found), passages, recording.warning)

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


def _as_output(passages: Sequence[RankedPassage]) -> str:
    """The sources as the history lists those of a search; no text, which would outlive its document."""
    lines = []
    for number, one in enumerate(passages, start=1):
        page = "" if one.page is None else f" ({one.page})"
        lines.append(f"{number}. {one.document}{page} · {one.cosine:.2f}")
    return "\n".join(lines)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors (..., width) scaled to length 1; a zero vector stays."""
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)
    return unit
