"""A whole library for tests: the real database, the real parser, a sentence model made on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import IncomingFile, Library, UploadLimits
from llama_demo.services.library.sample_vectors import SampleVectors
from llama_demo.services.library.search import SearchService
from llama_demo.services.library.text_encoder import TextEncoder
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import LibraryStore
from llama_demo.store.runs import RunStore

GENERATOR = Path(__file__).parents[2] / "assets" / "models" / "generator"
ME = resolve(public=False)
TIMEOUT = 120.0


@dataclass
class Shelf:
    """A library with the search in it."""

    database: Database
    library: Library
    search: SearchService
    chunks: ChunkStore
    runs: RunService
    models: Models

    def add(self, visit: Visit = ME, collection: str = "default", **texts: str) -> None:
        """Add texts under their names, ``.txt`` appended, and wait until they can be found."""
        files = [IncomingFile(f"{name}.txt", text.encode()) for name, text in texts.items()]
        assert self.library.add(visit, collection, files).wait(TIMEOUT)

    def found(self, query: str, collection: str = "default", mode: str = "words") -> list[str]:
        """The names of the documents that a query finds, best first."""
        hits = self.search.search(ME, query, collection, mode=mode, record=False).hits
        return [hit.document for hit in hits]


@contextmanager
def opened(
    folder: Path,
    embedder: Path | None,
    *,
    samples: Path | None = None,
    limits: UploadLimits | None = None,
    remote: TextEncoder | None = None,
    deep: Path | None = None,
    vectors: SampleVectors | None = None,
) -> Iterator[Shelf]:
    """The library of a data folder, as the app opens it.

    Args:
        deep: a model that came with the program, beside the embedder.
        vectors: of the samples, made in advance.
    """
    database = Database(folder / "llama_demo.db")
    bundled = [GENERATOR] if deep is None else [GENERATOR, deep]
    models = Models(bundled, chosen=[embedder] if embedder else [], device="cpu")
    chunks, store, runs = ChunkStore(database), LibraryStore(database), RunService(RunStore(database))
    embedders = Embedders(models, chunks, remote, vectors)
    library = Library(store, Indexing(store, chunks, embedders), limits, samples or folder / "no samples")
    library.open()
    library.wait_for_samples(TIMEOUT)
    try:
        search = SearchService(library, chunks, embedders, models, runs)
        yield Shelf(database, library, search, chunks, runs, models)
    finally:
        library.close()
        database.close()
