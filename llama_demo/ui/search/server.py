"""Server functions of the Search tab: search, the map, and the documents of the library."""

from __future__ import annotations

from llama_demo.services.library.library import DEFAULT, SAMPLE
from llama_demo.services.library.result_files import written
from llama_demo.services.library.search import SearchMode, SearchResults
from llama_demo.ui.calls import Call
from llama_demo.ui.marks import pieces
from llama_demo.ui.schemas import PassageContext
from llama_demo.ui.search.schemas import (
    CollectionRequest,
    ContextRequest,
    DocumentsRequest,
    JobResponse,
    JobsRequest,
    LibraryResponse,
    MapRequest,
    MapResponse,
    PasteRequest,
    ProgressResponse,
    SavedResponse,
    SearchRequest,
    SearchResponse,
    SimilarityRequest,
    SimilarityResponse,
)
from llama_demo.ui.search.serializers import (
    serialize_document,
    serialize_map,
    serialize_progress,
    serialize_results,
)
from llama_demo.ui.server import serialize_collection
from llama_demo.ui.tab_context import Services

HITS, COMPARED = 10, 20
"""Results that are shown, and that each side of a comparison ranks."""

MOST_LISTED = 500
"""Documents in the list; further ones are searched but not listed."""


class SearchServer:
    """Search and the map."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._search = services.search

    def find(self, call: Call, request: SearchRequest) -> SearchResponse:
        """Search, or compare two searches."""
        if not request.compare or request.chunk is not None:
            found = self._found(call, request, request.mode, limit=HITS)
            return SearchResponse(found=serialize_results(found))
        by_words = serialize_results(self._found(call, request, "words", limit=COMPARED))
        if not self._models.entries("search"):
            return SearchResponse(words=by_words)
        by_meaning = self._found(call, request, "meaning", limit=COMPARED, second=True)
        return SearchResponse(words=by_words, meaning=serialize_results(by_meaning))

    def surroundings(self, call: Call, request: ContextRequest) -> PassageContext:
        """A passage with the text around it."""
        found = self._search.context(call.visit, request.chunk, request.query)
        return PassageContext(
            document=found.document.name,
            page=found.page,
            heading=found.heading,
            language=found.document.language,
            pieces=pieces(found.text, found.word_spans, found.sentence, found.span),
            whole=found.whole,
        )

    def points(self, call: Call, request: MapRequest) -> MapResponse:
        """The map of a collection, or the position of a query on it."""
        found = self._search.map(call.visit, request.collection, request.query)
        if request.points:
            return serialize_map(found)
        return MapResponse(points=[], groups=[], query=found.query, total=found.total)

    def similarities(self, _: Call, request: SimilarityRequest) -> SimilarityResponse:
        """Cosine similarities of sentences."""
        cosines = self._search.similarities(request.sentences)
        return SimilarityResponse(cosines=[[round(float(one), 3) for one in row] for row in cosines])

    def save(self, call: Call, request: SearchRequest) -> SavedResponse:
        """Results as a file."""
        found = self._found(call, request, request.mode, limit=HITS, second=True)
        file = written(found, request.form)
        return SavedResponse(name=file.name, type=file.media_type, text=file.data.decode("utf-8"))

    def _found(
        self, call: Call, request: SearchRequest, mode: SearchMode, *, limit: int, second: bool = False
    ) -> SearchResults:
        """One ranked list; ``second`` marks that of the comparison."""
        if request.chunk is not None:
            return self._search.more_like(call.visit, request.chunk, request.collection, limit=limit)
        return self._search.search(
            call.visit,
            request.query,
            request.collection,
            mode=mode,
            chunk_filter=request.filter(call.zone),
            limit=limit,
            debounce_key=f"search:{call.page}" if request.typed else "",
            record=not (second or request.again),
        )


class LibraryServer:
    """Documents and collections of the library, and indexing jobs."""

    def __init__(self, services: Services) -> None:
        self._library = services.library
        self._erasure = services.erasure

    def listing(self, call: Call, request: CollectionRequest) -> LibraryResponse:
        """The collections, the documents of one, and the visitor's indexing jobs."""
        collections = self._library.collections(call.visit)
        known = {one.name for one in collections} | {DEFAULT, SAMPLE}
        chosen = request.collection
        documents = self._library.documents(call.visit, chosen) if chosen in known else []
        running = self._library.running(call.visit)
        return LibraryResponse(
            collections=[serialize_collection(one) for one in collections],
            documents=[serialize_document(one) for one in documents[:MOST_LISTED]],
            total=len(documents),
            running=running.id if running else "",
        )

    def progress(self, call: Call, request: JobsRequest) -> ProgressResponse:
        """Progress of several jobs together."""
        jobs = [self._library.progress(call.visit, job) for job in request.jobs]
        return serialize_progress([job for job in jobs if job is not None])

    def stop(self, call: Call, request: JobsRequest) -> None:
        """Cancel jobs; indexed documents stay."""
        for job in request.jobs:
            self._library.stop(call.visit, job)

    def retry(self, call: Call, request: DocumentsRequest) -> JobResponse:
        """Retry failed documents."""
        return JobResponse(job=self._library.retry(call.visit, request.documents).id)

    def remove(self, call: Call, request: DocumentsRequest) -> None:
        """Delete documents."""
        self._erasure.delete_documents(call.visit, request.documents)

    def rename(self, call: Call, request: DocumentsRequest) -> None:
        """Rename a document."""
        self._library.rename(call.visit, request.documents[0] if request.documents else "", request.name)

    def rename_collection(self, call: Call, request: CollectionRequest) -> None:
        """Rename a collection."""
        self._library.rename_collection(call.visit, request.collection, request.name)

    def remove_collection(self, call: Call, request: CollectionRequest) -> None:
        """Delete a collection with its documents."""
        self._erasure.delete_collection(call.visit, request.collection)

    def add_text(self, call: Call, request: PasteRequest) -> JobResponse:
        """Add a pasted text as a document."""
        job = self._library.add_text(call.visit, request.collection, request.name, request.text)
        return JobResponse(job=job.id)
