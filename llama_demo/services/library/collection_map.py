"""Collections as points of a plane: what lies close together means something alike."""

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
"""Points of a map: more would lie on one another."""


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
    """Chunks of collections on the plane on which they lie widest apart.

    Attributes:
        query: where the query would lie; None without one of which the model knows a word.
        total: chunks that there are; of many, only some are points.
    """

    points: tuple[MapPoint, ...]
    query: tuple[float, float] | None
    total: int


@dataclass(frozen=True)
class MapSample:
    """Chunks of collections that one model has seen, and how many of those there are in all.

    Attributes:
        numbers, rows: of the chunks (n), and their vectors (n, width).
    """

    numbers: NDArray[np.int64]
    rows: NDArray[np.float32]
    embedder: Embedder
    total: int


def sampled(embedders: Embedders, collections: Sequence[Collection]) -> MapSample | None:
    """What can be drawn of some collections; None if no model has seen anything of them."""
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
    """The map of chunks whose documents are known, with the place of the query if there is one."""
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
    """A place on the plane, kept within the map's edges."""
    x, y = np.clip(place / reach, -1.0, 1.0).tolist()
    return round(x, 4), round(y, 4)
