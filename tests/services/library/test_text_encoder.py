"""The library is embedded and searched by a model of another server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from llama_demo.errors import DemoError
from llama_demo.hub import inference
from llama_demo.hub.inference import RemoteModel
from llama_demo.services.library.text_encoder import AT_ONCE, RemoteEncoder
from llama_demo.services.models import Models
from llama_demo.tasks.embed import embed
from tests.conftest import GENERATOR, ROOT
from tests.faulty_server import FaultyServer, Reply, failure, faulty_server
from tests.openai_api.conftest import api_of
from tests.services.libraries import ME, opened


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Models, str]]:
    """The bundled embedder on another server, and its address."""
    models = Models([GENERATOR, ROOT / "assets" / "models" / "embedder"], device="cpu")
    with api_of(models) as address:
        yield models, address


def encoder_at(address: str) -> RemoteEncoder:
    return RemoteEncoder(RemoteModel(address, "embedder"), name="embedder@elsewhere", seconds=5)


def test_vectors_are_those_of_the_model(served: tuple[Models, str]) -> None:
    """In the order of the texts, over several requests; zeros for what has no words, which is not sent."""
    texts = [f"{number} llamas" if number % 5 else " … " for number in range(AT_ONCE + 20)]
    found = encoder_at(served[1]).vectors(texts)
    own = embed(served[0].encoder(), texts).vectors
    wordly = [place for place in range(len(texts)) if place % 5]
    assert np.allclose(found[wordly], own[wordly], atol=1e-5)
    assert not found[::5].any()


def test_the_library_is_searched_by_meaning(served: tuple[Models, str], tmp_path: Path) -> None:
    """Documents are cut, embedded and found across languages, with no embedder on this machine."""
    with opened(tmp_path, None, remote=encoder_at(served[1])) as shelf:
        shelf.add(cat="A small cat sleeps on the sofa.", steel="The price of steel rose again.")
        results = shelf.search.search(ME, "一只小猫", "default", record=False)
        assert results.model == "embedder@elsewhere"
        assert results.hits[0].document == "cat.txt"


def vectors_of(server: FaultyServer) -> Any:
    return encoder_at(server.url).vectors(["a cat", "a dog"])


def answer(*vectors: object) -> Reply:
    data = [{"index": place, "embedding": vector} for place, vector in enumerate(vectors)]
    return Reply(lines=[json.dumps({"data": data})])


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (failure(401), "backend_key_refused"),
        (failure(500), "backend_failed"),
        (Reply(lines=["<html>"]), "backend_answer_broken"),
        (answer([1.0, 2.0]), "backend_answer_broken"),
        (answer([1.0, 2.0], [1.0]), "backend_answer_broken"),
        (answer([1.0, 2.0], ["x", "y"]), "backend_answer_broken"),
        (answer([1.0, 2.0], [float("nan"), 0.0]), "backend_answer_broken"),
        (answer(1.0, 2.0), "backend_answer_broken"),
        (answer([], []), "backend_answer_broken"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_vector_is_not_stored(reply: Reply, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search with such numbers would find anything."""
    monkeypatch.setattr(inference, "WAITS", (0.01,))
    with faulty_server(reply) as server, pytest.raises(DemoError) as caught:
        vectors_of(server)
    assert caught.value.key == key
