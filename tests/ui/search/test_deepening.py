"""What the page is told of the deep model's work."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from llama_demo.ui.calls import Call
from llama_demo.ui.schemas import CollectionsRequest
from llama_demo.ui.server import CollectionsServer
from tests import deep_embedder, static_embedder
from tests.services.libraries import ME, opened
from tests.services.library.test_deepening import eventually


def test_a_page_learns_how_far_each_collection_is(tmp_path: Path) -> None:
    """Of the chosen one, of all, and of one that does not exist: a page at rest has nothing to tell."""
    quick, deep = static_embedder.made(tmp_path / "embedder"), deep_embedder.made(tmp_path / "deep")
    call = Call(ME, "page", UTC, {}, 1)
    with opened(tmp_path / "data", quick, deep=deep) as shelf:
        services: Any = SimpleNamespace(models=shelf.models, library=shelf.library)
        server = CollectionsServer(services)

        def told(collection: str) -> tuple[int, int, bool]:
            item = server.deepening(call, CollectionsRequest(collection=collection))
            return item.done, item.total, item.failed

        shelf.add(ME, "one", a="Llamas eat grass.", b="The river carries stones.")
        shelf.add(ME, "two", c="Tea is drunk hot.")
        eventually(lambda: told("") == (3, 3, False))
        assert told("one") == (2, 2, False)
        assert told("none") == (0, 0, False)
        about = server.about(call, CollectionsRequest(collection="two"))
        assert (about.deep.done, about.deep.total) == (1, 1)
    with opened(tmp_path / "data", quick) as shelf:
        services = SimpleNamespace(models=shelf.models, library=shelf.library)
        item = CollectionsServer(services).deepening(call, CollectionsRequest(collection="one"))
        assert item.total == 0
