"""Somebody looks for a passage: by its meaning, by its words, or by both."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from llama_demo.errors import InputError
from llama_demo.services.history.runs import Runs
from llama_demo.services.library.embedders import Embedder, Embedders
from llama_demo.services.library.highlights import Span, word_spans
from llama_demo.services.library.library import SAMPLE, Collection, Library
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit
from llama_demo.store.chunks import Chunk, ChunkStore, Narrowing
from llama_demo.store.library import Document
from llama_demo.tasks.embed import embed
from llama_demo.tasks.search import Candidate, Ranked, flat, most_similar_sentence, rank
from llama_demo.text.languages import detect_language

__all__ = ["MODES", "Context", "Hit", "Map", "Narrowing", "Point", "Results", "Searching"]

MODES = ("hybrid", "meaning", "words")
LONGEST_QUERY = 10_000
LONGEST_TEXT = 20_000
"""Characters of one of the texts that are embedded for programs."""
MOST_TEXTS, MOST_SENTENCES, MOST_HITS = 1_000, 8, 100

_READ = 1_000
"""Characters of a query by which its meaning is told; more say nothing new."""
_CANDIDATES = 200
"""Passages that are looked at more closely, found either way."""
_MAPPED = 2_000
"""Points of a map: more would lie on one another."""
_AROUND = 4
"""Chunks before and after one, to which its context reaches."""


@dataclass(frozen=True)
class Hit:
    """A passage that was found.

    Attributes:
        chunk: names the passage for :meth:`Searching.more_like` and :meth:`Searching.context`.
        document, document_id: the name of the file, and its id.
        place: in the document, from 0.
        page: from 1; None where there are no pages.
        heading: the headings above it, the widest first, with › between.
        score, meaning, words: from 0 to 1; ``score`` is what the hits are sorted by.
        word_spans: where words of the query stand in ``text``.
        sentence: the span of the sentence that is most like the query; None without a model.
        foreign: whether it is in another language than the query.
    """

    chunk: int
    document: str
    document_id: str
    collection: str
    place: int
    page: int | None
    heading: str
    text: str
    language: str
    score: float
    meaning: float
    words: float
    word_spans: tuple[Span, ...] = ()
    sentence: Span | None = None
    foreign: bool = False


@dataclass(frozen=True)
class Results:
    """What was found.

    Attributes:
        hits: best first.
        language: of the query; empty if nobody can tell.
        mode: by which was searched: ``words`` instead of ``hybrid`` if there is no model.
        searched: chunks in the collections.
        milliseconds: from the query to this.
        model: that understood the query; empty if none did.
        run_id: of the row in the history; None if nothing is kept.
    """

    query: str
    hits: tuple[Hit, ...]
    language: str
    mode: str
    searched: int
    milliseconds: float
    model: str = ""
    run_id: str | None = None


@dataclass(frozen=True)
class Context:
    """A passage where it stands.

    Attributes:
        text: the document's text around it.
        span: the passage in ``text``.
        sentence: the span of the sentence that is most like the query, in ``text``.
        whole: whether ``text`` is the whole document.
    """

    document: Document
    page: int | None
    heading: str
    text: str
    span: Span
    sentence: Span | None
    word_spans: tuple[Span, ...]
    whole: bool


@dataclass(frozen=True)
class Point:
    """A chunk on the map; ``x`` and ``y`` lie between -1 and 1."""

    chunk: int
    document: str
    document_id: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class Map:
    """Chunks of collections on the plane on which they lie widest apart.

    Attributes:
        query: where the query would lie; None without one.
        total: chunks that there are; of many, only some are points.
    """

    points: tuple[Point, ...]
    query: tuple[float, float] | None
    total: int


@dataclass
class _Found:
    """Passages found in some collections, before they are ranked."""

    candidates: dict[int, Candidate] = field(default_factory=dict)
    mean: float = 0.0
    deviation: float = 1.0
    vectors: dict[int, tuple[Embedder, NDArray[np.float32]]] = field(default_factory=dict)
    """Under a collection's number: the model that answers for it, and its vector of the query."""


class Searching:
    """Searches the library for visitors."""

    def __init__(
        self, library: Library, chunks: ChunkStore, embedders: Embedders, models: Models, runs: Runs
    ) -> None:
        self._library = library
        self._chunks = chunks
        self._embedders = embedders
        self._models = models
        self._runs = runs

    def search(
        self,
        visit: Visit,
        query: str,
        collection: str | Sequence[str] = SAMPLE,
        *,
        mode: str = "hybrid",
        narrowing: Narrowing | None = None,
        limit: int = 10,
        box: str = "",
        record: bool = True,
    ) -> Results:
        """Find passages.

        Args:
            collection: a name or several; empty for all that the visitor may search.
            mode: ``hybrid``, ``meaning`` or ``words``.
            narrowing: to documents, a language, days.
            limit: hits at most, 1 to 100.
            box: names the box that is searched from as one types, as :meth:`Runs.record` has it.
            record: whether the search goes into the history of a visit that keeps one.

        Raises:
            InputError: ``search_empty``, ``query_too_long``, ``search_mode``, ``out_of_range``,
                ``collection_unknown``; ``model_missing`` for ``meaning`` without a model.
        """
        begun = time.monotonic()
        collections = self._checked(visit, query, collection, mode, limit)
        if not record:
            return self._search(visit, query, collections, mode, narrowing or Narrowing(), limit, begun)
        options = {
            "collection": collection if isinstance(collection, str) else list(collection),
            "mode": mode,
            "limit": limit,
            "narrowing": asdict(narrowing or Narrowing()),
        }
        entries = self._models.entries("search")
        model = entries[0].name if entries and mode != "words" else ""
        recording = self._runs.record(
            visit, task="search", model=model, input=query, options=options, box=box
        )
        with recording:
            results = self._search(visit, query, collections, mode, narrowing or Narrowing(), limit, begun)
            told = {"hits": len(results.hits), "searched": results.searched, "ms": results.milliseconds}
            recording.finish("done", as_text(results), told)
        return replace(results, run_id=recording.id)

    def more_like(
        self, visit: Visit, chunk: int, collection: str | Sequence[str] = SAMPLE, *, limit: int = 10
    ) -> Results:
        """Passages whose meaning is like a passage's, without it.

        Raises:
            InputError: ``chunk_unknown``, ``model_missing``, ``collection_unknown``.
        """
        begun = time.monotonic()
        one = self._readable(visit, chunk)
        if not self._models.entries("search"):
            raise InputError("model_missing")
        there = self._library.named(visit, collection)
        found = self._search(visit, one.text[:_READ], there, "meaning", Narrowing(), limit + 1, begun)
        hits = tuple(hit for hit in found.hits if hit.chunk != chunk)[:limit]
        return replace(found, query="", hits=tuple(replace(hit, word_spans=()) for hit in hits))

    def context(self, visit: Visit, chunk: int, query: str = "") -> Context:
        """A passage with the text of its document around it.

        Raises:
            InputError: ``chunk_unknown``.
        """
        one = self._readable(visit, chunk)
        document = self._library.document(visit, one.document)
        every = self._chunks.of_document(one.document, owner=visit.owner)
        if document is None or not every:
            raise InputError("chunk_unknown")
        near = [each for each in every if abs(each.place - one.place) <= _AROUND]
        text, begin = _joined(near, one)
        end = begin + len(one.text)
        sentence = self._sentence(one, query)
        moved = None if sentence is None else (sentence[0] + begin, sentence[1] + begin)
        spans = tuple((start + begin, stop + begin) for start, stop in word_spans(query, one.text))
        whole = len(near) == len(every)
        return Context(document, one.page, one.heading, text, (begin, end), moved, spans, whole)

    def map(self, visit: Visit, collection: str = SAMPLE, query: str = "") -> Map:
        """The collection's chunks as points of a plane.

        Raises:
            InputError: ``collection_unknown``.
        """
        numbers, rows, embedder, total = self._sampled(self._library.named(visit, collection))
        if embedder is None or not len(numbers):
            return Map((), None, 0)
        centre, axes = flat(rows)
        places = (rows - centre) @ axes
        reach = max(float(np.abs(places).max()), 1e-6)
        chunks = self._chunks.chunks(numbers.tolist(), owner=visit.owner)
        documents = self._documents(visit, chunks.values())
        points = [
            Point(number, documents[one.document].name, one.document, one.text, *_on_map(place, reach))
            for number, place in zip(numbers.tolist(), places, strict=True)
            if (one := chunks.get(number)) is not None and one.document in documents
        ]
        asked = query.strip()[:_READ]
        here = _on_map((embedder.query(asked) - centre) @ axes, reach) if asked else None
        return Map(tuple(points), here, total)

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
        vectors = embed(self._models.encoder(), kept).vectors
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        cosines: NDArray[np.float32] = vectors @ vectors.T
        return cosines

    def vectors(self, texts: Sequence[str], model: str = "") -> NDArray[np.float32]:
        """The unit vectors (texts, width) of some texts; zeros for one in which there is nothing to read.

        Raises:
            InputError: ``embed_too_many``, ``similarity_too_long``, ``model_missing``, ``model_unknown``.
        """
        if len(texts) > MOST_TEXTS:
            raise InputError("embed_too_many", count=len(texts), limit=MOST_TEXTS)
        if any(len(text) > LONGEST_TEXT for text in texts):
            raise InputError("similarity_too_long", limit=LONGEST_TEXT)
        vectors = embed(self._models.encoder(model), texts).vectors
        unit: NDArray[np.float32] = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit

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
        narrowing: Narrowing,
        limit: int,
        begun: float,
    ) -> Results:
        embedder = None if mode == "words" else self._embedders.current()
        mode = mode if embedder is not None else "words"
        language = detect_language(query[:_READ]).language
        most = max(_CANDIDATES, 2 * limit) if mode == "hybrid" else 2 * limit
        found = self._found(query, collections, mode, narrowing, most)
        chunks = self._chunks.chunks(list(found.candidates), owner=visit.owner)
        candidates = [
            replace(found.candidates[number], foreign=_differ(language, chunk.language))
            for number, chunk in chunks.items()
        ]
        ranked = rank(candidates, mode, mean=found.mean, deviation=found.deviation)[:limit]
        hits = self._hits(visit, query, language, ranked, chunks, found, collections)
        return Results(
            query=query,
            hits=tuple(hits),
            language=language,
            mode=mode,
            searched=sum(one.chunks for one in collections),
            milliseconds=round(1000 * (time.monotonic() - begun), 1),
            model="" if embedder is None else embedder.encoder.name,
        )

    def _found(
        self, query: str, collections: Sequence[Collection], mode: str, narrowing: Narrowing, most: int
    ) -> _Found:
        """What is near by meaning or holds words of the query; of each, both scores."""
        found = _Found()
        numbers = [one.number for one in collections]
        among = self._chunks.among(narrowing, numbers)
        if mode != "meaning" and numbers:
            for chunk, bm25 in self._chunks.best_by_words(query, numbers, most=most, among=among):
                found.candidates[chunk] = Candidate(chunk, None, bm25)
        if mode != "words":
            allowed = None if among is None else np.array(among, dtype=np.int64)
            for number in numbers:
                self._add_nearest(found, query[:_READ], number, most, allowed)
        return found

    def _add_nearest(
        self, found: _Found, query: str, collection: int, most: int, among: NDArray[np.int64] | None
    ) -> None:
        here = self._embedders.matrix(collection)
        if here is None or not len(here[1]):
            return
        embedder, matrix = here
        known = [vector for other, vector in found.vectors.values() if other.number == embedder.number]
        vector = known[0] if known else embedder.query(query)
        first = not found.vectors
        found.vectors[collection] = (embedder, vector)
        nearest = matrix.nearest(vector, most, among=among)
        by_words = np.array(sorted(set(found.candidates) - set(nearest.ids.tolist())), dtype=np.int64)
        ids = np.concatenate([nearest.ids, by_words])
        cosines = np.concatenate([nearest.scores, matrix.scores(vector, by_words)])
        for chunk, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
            if cosine == cosine:  # a chunk of another collection has none here
                former = found.candidates.get(chunk, Candidate(chunk, None, 0.0))
                found.candidates[chunk] = replace(former, cosine=cosine)
        if first or nearest.deviation > found.deviation:
            found.mean, found.deviation = nearest.mean, nearest.deviation

    def _hits(
        self,
        visit: Visit,
        query: str,
        language: str,
        ranked: Sequence[Ranked],
        chunks: dict[int, Chunk],
        found: _Found,
        collections: Sequence[Collection],
    ) -> list[Hit]:
        documents = self._documents(visit, [chunks[one.number] for one in ranked])
        names = {one.number: one.name for one in collections}
        hits = []
        for one in ranked:
            chunk = chunks[one.number]
            if chunk.document not in documents:
                continue  # deleted a moment ago
            vector = found.vectors.get(chunk.collection)
            sentence = most_similar_sentence(vector[0].encoder, vector[1], chunk.text) if vector else None
            hits.append(
                Hit(
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
                    foreign=_differ(language, chunk.language),
                )
            )
        return hits

    def _documents(self, visit: Visit, chunks: Iterable[Chunk]) -> dict[str, Document]:
        ids = dict.fromkeys(chunk.document for chunk in chunks)
        found = {one: self._library.document(visit, one) for one in ids}
        return {one: document for one, document in found.items() if document is not None}

    def _readable(self, visit: Visit, chunk: int) -> Chunk:
        found = self._chunks.chunks([chunk], owner=visit.owner).get(chunk)
        if found is None:
            raise InputError("chunk_unknown")
        return found

    def _sentence(self, chunk: Chunk, query: str) -> Span | None:
        embedder = self._embedders.current() if query.strip() else None
        if embedder is None:
            return None
        found = most_similar_sentence(embedder.encoder, embedder.query(query[:_READ]), chunk.text)
        return None if found is None else (found.start, found.end)

    def _sampled(
        self, collections: Sequence[Collection]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32], Embedder | None, int]:
        """Numbers (n) and vectors (n, width) of the points of a map, the model, and all there are."""
        here = [found for one in collections if (found := self._embedders.matrix(one.number)) is not None]
        if not here:
            return np.empty(0, np.int64), np.empty((0, 0), np.float32), None, 0
        embedder = here[0][0]
        alike = [matrix for other, matrix in here if other.number == embedder.number]
        parts = [matrix.sample(_MAPPED // len(alike)) for matrix in alike]
        numbers, rows = (np.concatenate(each) for each in zip(*parts, strict=True))
        return numbers, rows, embedder, sum(map(len, alike))


def as_text(results: Results) -> str:
    """What was found, for the history and for reading: a numbered list."""
    return "\n\n".join(
        f"{number}. {source(hit)}\n{hit.text}" for number, hit in enumerate(results.hits, start=1)
    )


def source(hit: Hit) -> str:
    """Where a passage comes from, in one line."""
    page = f" ({hit.page})" if hit.page is not None else ""
    return " · ".join(part for part in (f"{hit.document}{page}", hit.heading) if part)


def _differ(query: str, passage: str) -> bool:
    return bool(query and passage) and query != passage


def _on_map(place: NDArray[np.floating], reach: float) -> tuple[float, float]:
    """A place on the plane, kept within the map's edges."""
    x, y = np.clip(place / reach, -1.0, 1.0).tolist()
    return round(x, 4), round(y, 4)


def _joined(chunks: Sequence[Chunk], one: Chunk) -> tuple[str, int]:
    """The text of chunks that follow one another, what they repeat only once, and where ``one`` begins."""
    text, end, begin = "", chunks[0].start, 0
    for chunk in chunks:
        gap = chunk.start - end
        if text:
            text += "\n\n" if gap > 1 else " " * max(gap, 0)
        if chunk.number == one.number:
            begin = len(text) + min(gap, 0)
        text += chunk.text[max(0, -gap) :]
        end = max(end, chunk.end)
    return text, begin
