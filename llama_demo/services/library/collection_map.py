"""Maps of collections: chunks as points of a plane, close ones with similar meanings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from llama_demo.services.library.embedders import Embedder, Embedders
from llama_demo.store.chunks import ChunkRow
from llama_demo.store.library import Collection, DocumentRow
from llama_demo.tasks.search import flat

_MOST = 2_000
"""Most points of a map; more would overlap."""


@dataclass(frozen=True)
class MapPoint:
    """A chunk on the map; ``x`` and ``y`` lie between -1 and 1."""

    chunk: int
    document: str
    document_id: str
    text: str
    x: float
    y: float


@dataclass(frozen=True)
class CollectionMap:
    """Chunks of collections on the plane of their first two principal components.

    Attributes:
        query: point of the query; None without a query of which the model knows a word.
        total: chunks of the collections; of many, only a sample is drawn.
    """

    points: tuple[MapPoint, ...]
    query: tuple[float, float] | None
    total: int


@dataclass(frozen=True)
class MapSample:
    """A sample of chunks that one model has embedded, and the number of all of them.

    Attributes:
        numbers, rows: of the chunks (n), and their vectors (n, width).
    """

    numbers: NDArray[np.int64]
    rows: NDArray[np.float32]
    embedder: Embedder
    total: int


def sampled(embedders: Embedders, collections: Sequence[Collection]) -> MapSample | None:
    """A sample of the chunks of some collections; None if none is embedded."""
    here = [found for one in collections if (found := embedders.matrix(one.number)) is not None]
    if not here:
        return None
    embedder = here[0][0]
    alike = [matrix for other, matrix in here if other.number == embedder.number]
    parts = [matrix.sample(_MOST // len(alike)) for matrix in alike]
    numbers, rows = (np.concatenate(each) for each in zip(*parts, strict=True))
    return MapSample(numbers, rows, embedder, sum(map(len, alike))) if len(numbers) else None


def drawn(
    found: MapSample, chunks: Mapping[int, ChunkRow], documents: Mapping[str, DocumentRow], query: str
) -> CollectionMap:
    """The map of chunks whose documents are known, with the point of the query."""
    centre, axes = flat(found.rows)
    places = (found.rows - centre) @ axes
    reach = max(float(np.abs(places).max()), 1e-6)
    points = [
        MapPoint(number, documents[one.document].name, one.document, one.text, *_on_map(place, reach))
        for number, place in zip(found.numbers.tolist(), places, strict=True)
        if (one := chunks.get(number)) is not None and one.document in documents
    ]
    known = query and found.embedder.knows(query)
    here = _on_map((found.embedder.query(query) - centre) @ axes, reach) if known else None
    return CollectionMap(tuple(points), here, found.total)


def _on_map(place: NDArray[np.floating], reach: float) -> tuple[float, float]:
    """A point of the plane, scaled and clipped to the map."""
    x, y = np.clip(place / reach, -1.0, 1.0).tolist()
    return round(x, 4), round(y, 4)
