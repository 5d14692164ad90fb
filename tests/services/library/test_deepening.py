"""Two models, one library: what the quick one found at once, the deep one embeds in the background."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from llama_demo.engine.precedence import REQUESTS
from llama_demo.services.library.chunking import readable
from llama_demo.services.library.deepening import Deepening
from llama_demo.services.library.embedders import PROBE, Embedders
from llama_demo.services.library.retrieval import ChunkRetriever
from llama_demo.services.library.sample_vectors import (
    SampleVectors,
    read_sample_vectors,
    write_sample_vectors,
)
from llama_demo.services.library.text_encoder import LocalEncoder
from llama_demo.services.models import Models
from llama_demo.store.chunks import ChunkFilter, ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import Collection, LibraryStore
from llama_demo.tasks.embed import load_sentence_encoder
from tests import deep_embedder, static_embedder
from tests.services.libraries import GENERATOR, ME, TIMEOUT, Shelf, opened

TEXTS = {
    "refund": "The refund is paid within thirty days. Ask the office for the form.",
    "wool": "羊驼的毛很暖和。织工喜欢用它织布。",
    "grass": "Llamas eat grass in the morning and rest at noon.",
    "river": "The river carries stones from the mountains to the sea.",
    "office": "The office is closed on Sundays.",
    "tea": "Tea is drunk hot, with milk or without.",
}


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that looks vectors up."""
    return static_embedder.made(tmp_path_factory.mktemp("models") / "embedder")


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network."""
    return deep_embedder.made(tmp_path_factory.mktemp("models") / "deep")


def eventually(true: Callable[[], bool]) -> None:
    """Wait for the thread in the background."""
    end = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def mine(shelf: Shelf) -> list[Collection]:
    return [one for one in shelf.library.collections(ME) if not one.shared]


def is_deep(shelf: Shelf) -> bool:
    progress = shelf.library.deep_progress(mine(shelf))
    return 0 < progress.total == progress.done


def models_of(shelf: Shelf) -> dict[str, int]:
    """Chunks that each model has embedded."""
    [one] = mine(shelf)
    return {name: count for _, name, count in shelf.chunks.models_of(one.number)}


@dataclass
class Unindexed:
    """The library of a data folder without the thread that embeds."""

    chunks: ChunkStore
    embedders: Embedders
    collections: list[Collection]


@contextmanager
def unindexed(folder: Path, *models: Path) -> Iterator[Unindexed]:
    database = Database(folder / "llama_demo.db")
    try:
        chunks = ChunkStore(database)
        embedders = Embedders(Models([GENERATOR, *models], device="cpu"), chunks)
        yield Unindexed(chunks, embedders, LibraryStore(database).collections(owner=ME.owner))
    finally:
        database.close()


def test_documents_are_found_at_once_and_embedded_deeply_afterwards(
    tmp_path: Path, quick: Path, deep: Path
) -> None:
    """Both models' vectors are kept, and by meaning the deep one ranks what it has seen completely."""
    with opened(tmp_path, quick, deep=deep) as shelf:
        shelf.add(ME, **TEXTS)
        assert len(shelf.found("wool", mode="meaning")) == len(TEXTS)
        eventually(lambda: is_deep(shelf))
        assert models_of(shelf) == {"embedder": 6, "deep": 6}
        encoder = LocalEncoder(load_sentence_encoder(deep, device="cpu"))
        query = encoder.vectors(["Where does the river go?"], "query")[0]
        cosines = encoder.vectors(list(TEXTS.values()), "passage") @ query
        wanted = [f"{list(TEXTS)[place]}.txt" for place in np.argsort(-cosines)]
        assert shelf.found("Where does the river go?", mode="meaning") == wanted
        results = shelf.search.search(ME, "Where does the river go?", "default", record=False)
        assert results.model == "deep"
        assert all(hit.sentence is not None for hit in results.hits)


def test_an_older_library_is_embedded_deeply_and_goes_on_after_a_restart(
    tmp_path: Path, quick: Path, deep: Path
) -> None:
    """What the deep model made before the end of the program is not made again."""
    with opened(tmp_path, quick) as shelf:
        shelf.add(ME, **TEXTS)
        assert shelf.library.deep_progress(mine(shelf)).total == 0
    with unindexed(tmp_path, quick, deep) as library:
        begun = Deepening(library.chunks, library.embedders)
        begun.begin()
        begun.step()
        begun.store()
        number = library.embedders.deep_number
        [one] = library.collections
        done = library.chunks.counted(number, one.number)
        assert 0 < done < len(TEXTS)
    with opened(tmp_path, quick, deep=deep) as shelf:
        eventually(lambda: is_deep(shelf))
        assert models_of(shelf) == {"embedder": 6, "deep": 6}
        [one] = mine(shelf)
        assert shelf.chunks.counted(number, one.number) == len(TEXTS)


def test_a_search_embeds_the_best_itself_as_long_as_the_deep_model_has_not(
    tmp_path: Path, quick: Path, deep: Path
) -> None:
    """Its vectors are stored, and those who may not read a passage have nothing of it embedded."""
    with opened(tmp_path, quick) as shelf:
        shelf.add(ME, **TEXTS)
    with unindexed(tmp_path, quick, deep) as library:
        finder = ChunkRetriever(library.chunks, library.embedders)

        def found(mode: str, owner: str | None) -> tuple[list[int], bool]:
            result = finder.find("the office", library.collections, mode, ChunkFilter(), 10, owner=owner)
            return [one.number for one in result.ranked], result.shallow

        assert found("meaning", "another") == ([], True)
        [one] = library.collections
        assert library.chunks.counted(library.embedders.deep_number, one.number) == 0
        first = found("meaning", ME.owner)
        assert first[1]
        assert library.chunks.counted(library.embedders.deep_number, one.number) > 0
        begun = Deepening(library.chunks, library.embedders)
        begun.begin()
        while begun.pending:
            begun.step()
        complete = found("meaning", ME.owner)
        assert not complete[1]
        assert sorted(first[0]) == sorted(complete[0])
        assert set(found("hybrid", ME.owner)[0]) == set(complete[0])


def test_another_model_takes_the_place_of_the_deep_one(tmp_path: Path, quick: Path, deep: Path) -> None:
    """The quick one stays beside it; of the former deep one nothing is left once it is done."""
    other = deep_embedder.made(tmp_path / "other", seed=5)
    with opened(tmp_path / "data", quick, deep=deep) as shelf:
        shelf.add(ME, **TEXTS)
        eventually(lambda: is_deep(shelf))
        shelf.models.add(other)
        shelf.models.activate("other")
        shelf.library.embed_anew()
        assert len(shelf.found("wool", mode="meaning")) == len(TEXTS)
        eventually(lambda: models_of(shelf) == {"embedder": 6, "other": 6})
        shelf.models.activate("embedder")
        shelf.library.embed_anew()
        eventually(lambda: models_of(shelf) == {"embedder": 6, "deep": 6})


def test_a_deep_model_that_cannot_be_loaded_stops_nothing(tmp_path: Path, quick: Path) -> None:
    """The page is told, and the search goes on with what there is."""
    broken = deep_embedder.made(tmp_path / "broken")
    config = json.loads((broken / "config.json").read_text())
    (broken / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 2}))
    with opened(tmp_path / "data", quick, deep=broken) as shelf:
        shelf.add(ME, **TEXTS)
        eventually(lambda: shelf.library.deep_progress(mine(shelf)).failed)
        assert shelf.found("refund", mode="hybrid")[0] == "refund.txt"
        assert len(shelf.found("refund", mode="meaning")) == len(TEXTS)


def test_requests_come_first(tmp_path: Path, quick: Path, deep: Path) -> None:
    """While one is computed, each step is followed by a pause that is longer than itself."""
    with opened(tmp_path, quick) as shelf:
        shelf.add(ME, **TEXTS)
    with unindexed(tmp_path, quick, deep) as library:
        begun = Deepening(library.chunks, library.embedders)
        begun.begin()
        with REQUESTS.computing():
            assert begun.step() > 0


def test_the_samples_come_with_their_vectors(tmp_path: Path, quick: Path, deep: Path) -> None:
    """Neither model embeds a passage at the first start, and the vectors are those that they would give."""
    samples = tmp_path / "samples"
    samples.mkdir()
    for name, text in TEXTS.items():
        (samples / f"{name}.txt").write_text(text, encoding="utf-8")
    encoders = {path.name: LocalEncoder(load_sentence_encoder(path, device="cpu")) for path in (quick, deep)}
    texts = list(TEXTS.values())
    file = tmp_path / "vectors.npz"
    write_sample_vectors(
        file,
        texts,
        {name: (one.vectors([PROBE])[0], one.vectors(texts, "passage")) for name, one in encoders.items()},
    )
    vectors = read_sample_vectors(file)
    with opened(tmp_path / "data", quick, deep=deep, samples=samples, vectors=vectors) as shelf:
        [one] = shelf.library.collections(ME)
        eventually(lambda: shelf.library.deep_progress([one]).done == len(texts))
        assert shelf.models.state()["deep"] == "available"
        for number, name, count in shelf.chunks.models_of(one.number):
            chunks = shelf.chunks.of_collection(one.number, owner=None)
            assert count == len(texts)
            expected = encoders[name].vectors([readable(chunk) for chunk in chunks], "passage")
            np.testing.assert_allclose(shelf.chunks.vectors(number, one.number)[1], expected, atol=1e-3)


def test_vectors_of_another_model_or_a_broken_file_are_not_used(
    tmp_path: Path, quick: Path, deep: Path
) -> None:
    """The library is then embedded as if there were none."""
    (tmp_path / "broken.npz").write_bytes(b"PK junk")
    assert read_sample_vectors(tmp_path / "broken.npz") == SampleVectors()
    assert read_sample_vectors(tmp_path / "missing.npz") == SampleVectors()
    encoder = LocalEncoder(load_sentence_encoder(deep_embedder.made(tmp_path / "old", seed=9), device="cpu"))
    texts = list(TEXTS.values())
    made = (encoder.vectors([PROBE])[0], encoder.vectors(texts, "passage"))
    write_sample_vectors(tmp_path / "old.npz", texts, {"deep": made})
    with opened(tmp_path, quick, deep=deep, vectors=read_sample_vectors(tmp_path / "old.npz")) as shelf:
        shelf.add(ME, **TEXTS)
        current = LocalEncoder(load_sentence_encoder(deep, device="cpu"))
        shelf.found("river", mode="meaning")
        eventually(lambda: is_deep(shelf) and models_of(shelf) == {"embedder": 6, "deep": 6})
        [one] = mine(shelf)
        number = max(number for number, name, _ in shelf.chunks.models_of(one.number) if name == "deep")
        expected = current.vectors(
            [readable(chunk) for chunk in shelf.chunks.of_collection(one.number, owner=ME.owner)], "passage"
        )
        np.testing.assert_allclose(shelf.chunks.vectors(number, one.number)[1], expected, atol=1e-3)
