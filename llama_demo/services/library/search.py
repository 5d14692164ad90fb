"""Search of the library by meaning, by words, or by both."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from llama_demo.errors import DemoError, InputError
from llama_demo.services.history.runs import RunService
from llama_demo.services.library import collection_map
from llama_demo.services.library.collection_map import CollectionMap, MapPoint
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.highlights import word_spans
from llama_demo.services.library.library import SAMPLE, Collection, Library
from llama_demo.services.library.results import (
    ChunkContext,
    Hit,
    SearchResults,
    as_output,
    is_whole_document,
    text_around,
)
from llama_demo.services.library.retrieval import READ, ChunkRetriever, RetrievedChunks, differ
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.chunks import ChunkFilter, ChunkRow, ChunkStore
from llama_demo.store.library import DocumentRow
from llama_demo.tasks.embed import Embeddings, embed

__all__ = [
    "MODES",
    "ChunkContext",
    "ChunkFilter",
    "CollectionMap",
    "Hit",
    "MapPoint",
    "SearchMode",
    "SearchResults",
    "SearchService",
]

log = logging.getLogger(__name__)

SearchMode = Literal["hybrid", "meaning", "words"]
MODES: tuple[SearchMode, ...] = get_args(SearchMode)
LONGEST_QUERY = 10_000
LONGEST_TEXT = 20_000
"""Most characters of a text that is embedded for programs."""
MOST_TEXTS, MOST_SENTENCES, MOST_HITS = 1_000, 8, 100


class SearchService:
    """Searches the library for visitors."""

    def __init__(
        self, library: Library, chunks: ChunkStore, embedders: Embedders, models: Models, runs: RunService
    ) -> None:
        self._library = library
        self._chunks = chunks
        self._embedders = embedders
        self._models = models
        self._runs = runs
        self._finder = ChunkRetriever(chunks, embedders)

    def warm_up(self) -> None:
        """Search once in the background, so that models and vectors are loaded before the first request."""
        threading.Thread(target=self._warm_up, name="warming up", daemon=True).start()

    def _warm_up(self) -> None:
        visit = resolve(public=True)
        try:
            self.search(visit, "llama 羊驼", SAMPLE, record=False)
        except DemoError as exc:  # reported by the first search
            log.warning("the search could not be warmed up: %s", exc)

    def search(
        self,
        visit: Visit,
        query: str,
        collection: str | Sequence[str] = SAMPLE,
        *,
        mode: str = "hybrid",
        chunk_filter: ChunkFilter | None = None,
        limit: int = 10,
        debounce_key: str = "",
        record: bool = True,
    ) -> SearchResults:
        """Find passages.

        Args:
            collection: a name or several; empty for all that the visitor may search.
            mode: ``hybrid``, ``meaning`` or ``words``.
            chunk_filter: restricts the search to documents, a language, days.
            limit: hits at most, 1 to 100.
            debounce_key: of searches that start while the user types; see :meth:`RunService.record`.
            record: whether the search goes into the history of a visit that keeps one.

        Raises:
            InputError: ``search_empty``, ``query_too_long``, ``search_mode``, ``out_of_range``,
                ``collection_unknown``; ``model_missing`` for ``meaning`` without a model.
        """
        begun = time.monotonic()
        collections = self._checked(visit, query, collection, mode, limit)
        if not record:
            return self._search(visit, query, collections, mode, chunk_filter or ChunkFilter(), limit, begun)
        options = {
            "collection": collection if isinstance(collection, str) else list(collection),
            "mode": mode,
            "limit": limit,
            "narrowing": asdict(chunk_filter or ChunkFilter()),
        }
        model = self._embedders.active if mode != "words" else ""
        recording = self._runs.record(
            visit, task="search", model=model, input=query, options=options, debounce_key=debounce_key
        )
        with recording:
            results = self._search(
                visit, query, collections, mode, chunk_filter or ChunkFilter(), limit, begun
            )
            figures = {"hits": len(results.hits), "searched": results.searched, "ms": results.milliseconds}
            recording.finish("done", as_output(results), figures)
        return replace(results, run_id=recording.id)

    def more_like(
        self, visit: Visit, chunk: int, collection: str | Sequence[str] = SAMPLE, *, limit: int = 10
    ) -> SearchResults:
        """Passages similar in meaning to a passage, without that one.

        Raises:
            InputError: ``chunk_unknown``, ``model_missing``, ``collection_unknown``.
        """
        begun = time.monotonic()
        one = self._readable(visit, chunk)
        if not self._models.entries("search"):
            raise InputError("model_missing")
        there = self._library.named(visit, collection)
        found = self._search(visit, one.text[:READ], there, "meaning", ChunkFilter(), limit + 1, begun)
        hits = tuple(hit for hit in found.hits if hit.chunk != chunk)[:limit]
        return replace(found, query="", hits=tuple(replace(hit, word_spans=()) for hit in hits))

    def context(self, visit: Visit, chunk: int, query: str = "") -> ChunkContext:
        """A passage with the text of its document around it.

        Raises:
            InputError: ``chunk_unknown``.
        """
        one = self._readable(visit, chunk)
        document = self._library.document(visit, one.document)
        every = self._chunks.of_document(one.document, owner=visit.owner)
        if document is None or not every:
            raise InputError("chunk_unknown")
        text, begin = text_around(every, one)
        closest = self._finder.sentence(query, one)
        return ChunkContext(
            document=document,
            page=one.page,
            heading=one.heading,
            text=text,
            span=(begin, begin + len(one.text)),
            sentence=None if closest is None else (closest.start + begin, closest.end + begin),
            word_spans=tuple((start + begin, stop + begin) for start, stop in word_spans(query, one.text)),
            whole=is_whole_document(every, one),
        )

    def map(self, visit: Visit, collection: str = SAMPLE, query: str = "") -> CollectionMap:
        """The collection's chunks as points of a plane.

        Raises:
            InputError: ``collection_unknown``.
        """
        there = self._library.named(visit, collection)
        found = collection_map.sampled(self._embedders, there)
        if found is None:
            return CollectionMap((), None, 0)
        chunks = self._chunks.chunks(found.numbers.tolist(), owner=visit.owner)
        documents = self._documents(visit, chunks.values())
        return collection_map.drawn(found, chunks, documents, query.strip()[:READ])

    def similarities(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """The cosines (n, n) of two to eight sentences with one another.

        Raises:
            InputError: ``similarity_count``, ``similarity_too_long``, ``model_missing``.
        """
        kept = [sentence.strip() for sentence in sentences if sentence.strip()]
        if not 2 <= len(kept) <= MOST_SENTENCES:
            raise InputError("similarity_count", most=MOST_SENTENCES)
        if max(map(len, kept)) > LONGEST_TEXT:
            raise InputError("similarity_too_long", limit=LONGEST_TEXT)
        vectors = _unit(embed(self._models.encoder(), kept).vectors)
        cosines: NDArray[np.float32] = vectors @ vectors.T
        return cosines

    def vectors(self, texts: Sequence[str], model: str = "") -> NDArray[np.float32]:
        """The unit vectors (texts, width) of some texts; raises as :meth:`embeddings`."""
        return self.embeddings(texts, model).vectors

    def embeddings(self, texts: Sequence[str], model: str = "") -> Embeddings:
        """Some texts as unit vectors, zeros for one without words, and what was read of them.

        Raises:
            InputError: ``embed_too_many``, ``similarity_too_long``, ``model_missing``, ``model_unknown``.
        """
        if len(texts) > MOST_TEXTS:
            raise InputError("embed_too_many", count=len(texts), limit=MOST_TEXTS)
        if any(len(text) > LONGEST_TEXT for text in texts):
            raise InputError("similarity_too_long", limit=LONGEST_TEXT)
        found = embed(self._models.encoder(model), texts)
        return replace(found, vectors=_unit(found.vectors))

    def _checked(
        self, visit: Visit, query: str, collection: str | Sequence[str], mode: str, limit: int
    ) -> list[Collection]:
        if not query.strip():
            raise InputError("search_empty")
        if len(query) > LONGEST_QUERY:
            raise InputError("query_too_long", characters=len(query), longest=LONGEST_QUERY)
        if mode not in MODES:
            raise InputError("search_mode", name=mode[:40], known=", ".join(MODES))
        if not 1 <= limit <= MOST_HITS:
            raise InputError("out_of_range", name="limit", value=limit, low=1, high=MOST_HITS)
        if mode == "meaning" and not self._models.entries("search"):
            raise InputError("model_missing")
        self._library.wait_for_samples()
        return self._library.named(visit, collection)

    def _search(
        self,
        visit: Visit,
        query: str,
        collections: Sequence[Collection],
        mode: str,
        chunk_filter: ChunkFilter,
        limit: int,
        begun: float,
    ) -> SearchResults:
        found = self._finder.find(query, collections, mode, chunk_filter, limit, owner=visit.owner)
        if found.shallow:
            self._library.deepen()
        return SearchResults(
            query=query,
            hits=tuple(self._hits(visit, query, found, collections)),
            language=found.language,
            mode=found.mode,
            searched=sum(one.chunks for one in collections),
            milliseconds=round(1000 * (time.monotonic() - begun), 1),
            model=found.model,
        )

    def _hits(
        self, visit: Visit, query: str, found: RetrievedChunks, collections: Sequence[Collection]
    ) -> Iterator[Hit]:
        documents = self._documents(visit, [found.chunks[one.number] for one in found.ranked])
        names = {one.number: one.name for one in collections}
        for one in found.ranked:
            chunk, sentence = found.chunks[one.number], found.sentences.get(one.number)
            if chunk.document not in documents:
                continue  # deleted meanwhile
            yield Hit(
                chunk=chunk.number,
                document=documents[chunk.document].name,
                document_id=chunk.document,
                collection=names[chunk.collection],
                place=chunk.place,
                page=chunk.page,
                heading=chunk.heading,
                text=chunk.text,
                language=chunk.language,
                score=one.score,
                meaning=one.meaning,
                words=one.words,
                word_spans=word_spans(query, chunk.text),
                sentence=(sentence.start, sentence.end) if sentence else None,
                foreign=differ(found.language, chunk.language),
            )

    def _documents(self, visit: Visit, chunks: Iterable[ChunkRow]) -> Mapping[str, DocumentRow]:
        return self._library.some(visit, {chunk.document for chunk in chunks})

    def _readable(self, visit: Visit, chunk: int) -> ChunkRow:
        found = self._chunks.chunks([chunk], owner=visit.owner).get(chunk)
        if found is None:
            raise InputError("chunk_unknown")
        return found


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors (n, width) scaled to length 1; a zero vector stays."""
    unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
