"""Rankings of passages by one model: what is recorded of one that does not come to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.comparison.ranking import PassageRanking
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.visits import resolve
from tests.services.libraries import opened
from tests.static_embedder import made

ME = resolve(public=False)
TEMPORARY = resolve(public=False, save=False)


def test_a_ranking_that_does_not_end_is_recorded_as_it_went(tmp_path: Path) -> None:
    """Stopped or left it has no order; a temporary one, and one that is refused, leave nothing."""
    with opened(tmp_path / "data", made(tmp_path / "embedder")) as shelf:
        shelf.add(fox="A quick brown fox.")
        embedders = Embedders(shelf.models, shelf.chunks)
        ranking = PassageRanking(shelf.library, shelf.chunks, embedders, shelf.runs)
        assert not list(ranking.rank(ME, "a stopped one", "default", "embedder", lambda: True))
        left = ranking.rank(ME, "a left one", "default", "embedder", lambda: False)
        next(left)
        left.close()
        assert list(ranking.rank(TEMPORARY, "a temporary one", "default", "embedder", lambda: False))
        with pytest.raises(InputError, match="collection_unknown"):
            next(ranking.rank(ME, "a refused one", "nowhere", "embedder", lambda: False))
        runs = [(run.input, run.status, run.output) for run in shelf.runs.page(ME)]
        assert runs == [("a left one", "stopped", ""), ("a stopped one", "stopped", "")]
