"""How fast search is in a large library: ``python -m bench.search [CHUNKS] [VECTORS]``.

Indexes 100,000 generated chunks, Chinese and English, with the bundled embedder, without parsing, and
prints how many a second; then how long a query takes from its text to its ten results, by meaning and by
both, embedding and highlights included: by the clock, and in processor time, which other work does not
change. Then a million random unit vectors of 384 numbers: memory, recall and time of the matrix beside
NumPy and FAISS over the same vectors in float32.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from bench.contest import Contestant, compete, report
from bench.history import stories
from bench.peers import INSTALL
from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.visits import LOCAL_OWNER, resolve
from llama_demo.settings import ASSETS
from llama_demo.store.chunks import ChunkRow, ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import DocumentRow, LibraryStore
from llama_demo.store.runs import RunStore

try:
    import faiss
except ModuleNotFoundError:  # a peer that may be absent
    faiss = None  # type: ignore[assignment]

CHUNKS, VECTORS, WIDTH = 100_000, 1_000_000, 384
A_DOCUMENT, QUERIES = 200, 60
HOME = resolve(public=False)


def main() -> None:
    """Measure and print."""
    chunks, vectors = [int(argument) for argument in sys.argv[1:3]] or [CHUNKS, VECTORS]
    torch.set_num_threads(2)
    with library(chunks) as search:
        queries(search)
    contestants, absent = matrices(vectors)
    report("search", "queries/s", compete(contestants, rounds=3), absent=absent)


@contextmanager
def library(count: int) -> Iterator[SearchService]:
    """A collection of so many chunks; prints how fast it was indexed."""
    with tempfile.TemporaryDirectory() as folder:
        bundled = [ASSETS / "models" / name for name in ("generator", "embedder")]
        models = Models(bundled, device="cpu")
        database = Database(Path(folder) / "bench.db")
        store, chunks = LibraryStore(database), ChunkStore(database)
        embedders = Embedders(models, chunks)
        fill(store, chunks, embedders, count)
        made = Library(store, Indexing(store, chunks, embedders), samples=Path(folder) / "none")
        made.open()
        yield SearchService(made, chunks, embedders, models, RunService(RunStore(database)))
        made.close()
        database.close()


def fill(store: LibraryStore, chunks: ChunkStore, embedders: Embedders, count: int) -> None:
    """Embed and store generated documents of 200 chunks each."""
    embedder = embedders.current()
    assert embedder is not None
    number = store.make_collection("large", owner=LOCAL_OWNER)
    texts = stories(random.Random(1))
    spent = 0.0
    for begin in range(0, count, A_DOCUMENT):
        now = datetime.now(UTC)
        document = DocumentRow(store.new_id(now), number, f"{begin}.txt", str(begin), 0, now, language="en")
        store.begin(document, owner=LOCAL_OWNER)
        these = [next(texts) for _ in range(A_DOCUMENT)]
        started = time.perf_counter()
        cut = [ChunkRow(text, place, 0, len(text), language="en") for place, text in enumerate(these)]
        vectors = embedder.passages(these)
        chunks.store(document, cut, vectors, embedder.number, texts=these, owner=LOCAL_OWNER)
        spent += time.perf_counter() - started
    print(f"indexing {count:,} chunks of 120 words or characters: {count / spent:,.0f} chunks/s")


def queries(search: SearchService) -> None:
    """Time queries of one to eight words, such as people type."""
    dice, texts = random.Random(2), stories(random.Random(3))
    asked = []
    for number in range(QUERIES):
        text, length = next(texts), dice.randint(1, 8)
        words = text.split() if " " in text else list(text)
        begin = dice.randrange(len(words) - length)
        asked.append((" " if " " in text else "").join(words[begin : begin + length + (" " not in text)]))
        assert asked[number]
    for mode in ("meaning", "words", "hybrid"):
        walls, busy = [], []
        search.search(HOME, asked[0], "large", mode=mode, record=False)
        for query in asked:
            started, spent = time.perf_counter(), time.process_time()
            search.search(HOME, query, "large", mode=mode, record=False)
            busy.append(1000 * (time.process_time() - spent))
            walls.append(1000 * (time.perf_counter() - started))
        print(f"{mode}: {spread(walls)}; of the processor {spread(busy)}", flush=True)


def spread(times: list[float]) -> str:
    """Middle and end of some times in milliseconds."""
    end = sorted(times)[int(0.95 * len(times))]
    return f"median {statistics.median(times):.1f} ms, 95th percentile {end:.1f} ms"


def matrices(count: int, *, flat: bool = True) -> tuple[list[Contestant], list[str]]:
    """The matrix and float32 over the same vectors, each of which answers some queries; prints their recall.

    Args:
        flat: whether FAISS takes part.

    Returns:
        The ways, and those that are not installed.
    """
    dice = np.random.default_rng(0)
    matrix = VectorMatrix(WIDTH)
    whole = np.empty((count, WIDTH), dtype=np.float32)
    for begin in range(0, count, 50_000):
        part = unit(dice.standard_normal((min(50_000, count - begin), WIDTH), dtype=np.float32))
        whole[begin : begin + len(part)] = part
        matrix.add(np.arange(begin, begin + len(part)), part)
    asked = unit(dice.standard_normal((50, WIDTH), dtype=np.float32))
    ways: dict[str, Callable[[NDArray[np.float32]], NDArray[np.int64]]] = {
        "engine": lambda query: matrix.nearest(query, 10).ids,
        "NumPy": lambda query: best(whole @ query),
    }
    if flat and faiss is not None:
        faiss.omp_set_num_threads(torch.get_num_threads())
        index = faiss.IndexFlatIP(WIDTH)
        index.add(whole)
        ways["FAISS"] = lambda query: index.search(query[None], 10)[1][0]
    exact = [set(best(whole @ query).tolist()) for query in asked]
    print(f"{count:,} vectors of {WIDTH}: {matrix.bytes / 1e6:,.0f} MB")
    for name, way in ways.items():
        found = sum(len(right & set(way(q).tolist())) for q, right in zip(asked, exact, strict=True))
        print(f"{name}: recall of the first ten {found / (10 * len(asked)):.3f}")

    def rate(way: Callable[[NDArray[np.float32]], NDArray[np.int64]]) -> float:
        began = time.perf_counter()
        for query in asked:
            way(query)
        return len(asked) / (time.perf_counter() - began)

    precision = {"engine": ""}
    contestants = [
        Contestant(name, precision.get(name, "float32"), partial(rate, way)) for name, way in ways.items()
    ]
    return contestants, [f"faiss: {INSTALL['faiss']}"] if flat and faiss is None else []


def best(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The ten largest, in order."""
    ten = np.argpartition(-scores, 10)[:10]
    return ten[np.argsort(-scores[ten])]


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of length 1."""
    scaled: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


if __name__ == "__main__":
    main()
