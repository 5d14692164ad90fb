"""Two models side by side: real ones, small."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from llama_demo.errors import DemoError, InputError
from llama_demo.services.backend import BackendService
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.comparison.ranking import PassageRanking
from llama_demo.services.comparison.request import (
    ComparedTask,
    ComparisonEnd,
    ComparisonRequest,
    ComparisonStart,
    ComparisonUpdate,
    SideUpdate,
)
from llama_demo.services.comparison.service import ComparisonService
from llama_demo.services.comparison.votes import VoteService
from llama_demo.services.generation import GenerationService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.visits import Visit, resolve
from llama_demo.services.writers import Writers
from llama_demo.store.votes import VoteStore
from tests.conftest import GENERATOR
from tests.endless import without_end
from tests.instructed import write_instructed
from tests.openai_api.conftest import api_of
from tests.services.libraries import Shelf, opened
from tests.static_embedder import made
from tests.translators import write_translator

ME = resolve(public=False, page="mine")
VISITOR = resolve(public=True, secret="v" * 64, save=True, page="theirs")
PLENTY = 10**12


@dataclass
class Bench:
    """What a comparison needs, on a machine with so many free bytes."""

    shelf: Shelf
    backend: BackendService
    service: ComparisonService
    votes: VoteService
    free: list[int]

    def compare(
        self, task: ComparedTask, first: str, second: str, text: str, visit: Visit = ME, **more: object
    ) -> list[ComparisonUpdate]:
        """All updates of a comparison."""
        request = ComparisonRequest(task, text, first, second, **more)  # type: ignore[arg-type]
        return list(self.service.compare(visit, request, key=visit.page))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """The bundled writer, and a copy of it that was found on the machine."""
    with opened(tmp_path / "data", made(tmp_path / "embedder")) as shelf:
        shutil.copytree(GENERATOR, tmp_path / "other")
        shelf.models.add(tmp_path / "other")
        free, backend = [PLENTY], BackendService()
        writers = Writers(shelf.models, backend=backend)
        loading = ModelLoading(shelf.models, free=lambda: free[0], precision=lambda _: "float32")
        votes = VoteService(VoteStore(shelf.database))
        service = ComparisonService(
            shelf.models,
            writers,
            loading,
            GenerationService(writers, shelf.runs, Moderation()),
            TranslationService(shelf.models, shelf.runs),
            PassageRanking(shelf.library, shelf.chunks, Embedders(shelf.models, shelf.chunks), shelf.runs),
            votes,
        )
        yield Bench(shelf, backend, service, votes, free)


def ends(updates: list[ComparisonUpdate]) -> list[SideUpdate]:
    """The last update of each side, left and right."""
    last = {one.side: one for one in updates if isinstance(one, SideUpdate) and one.end}
    return [last[0], last[1]]


def test_both_write_with_their_figures_and_are_recorded(bench: Bench) -> None:
    """The same model with the same seed writes the same text on both sides; the second is loaded for it."""
    assert bench.shelf.models.state()["other"] == "available"
    updates = bench.compare("generate", "generator", "other", "Once upon a time")
    first, last = updates[0], updates[-1]
    assert isinstance(first, ComparisonStart)
    assert isinstance(last, ComparisonEnd)
    assert first.names == last.names == ("generator", "other")
    assert (first.asked, last.can_vote) == (False, False)
    left, right = ends(updates)
    assert left.text == right.text != ""
    for side in (left, right):
        assert side.figures is not None
        assert side.figures.tokens is not None
        assert side.figures.tokens_per_second is not None
        assert min(side.figures.tokens, side.figures.tokens_per_second, side.figures.seconds) > 0
        assert side.figures.memory > 10_000_000
    assert {run.model for run in bench.shelf.runs.page(ME)} == {"generator", "other"}


def test_a_blind_comparison_hides_names_and_figures_until_the_vote(bench: Bench) -> None:
    """Nothing that is sent before tells which is which, and the server draws the sides."""
    updates = bench.compare("generate", "generator", "other", "Once", blind=True)
    first, last = updates[0], updates[-1]
    assert isinstance(first, ComparisonStart)
    assert (first.names, last) == (None, ComparisonEnd(None, can_vote=True))
    assert all(one.figures is None for one in updates if isinstance(one, SideUpdate))
    verdict = bench.votes.vote(ME, first.id, "tie")
    assert set(verdict.names) == {"generator", "other"}
    assert all(one is not None and one.tokens for one in verdict.figures)
    assert bench.votes.tallies(ME)[0].ties == 1


def test_the_sides_are_drawn(bench: Bench) -> None:
    """Whoever votes for the left one always does not vote for a model."""
    drawn = set()
    for _ in range(30):
        steps = bench.service.compare(
            ME, ComparisonRequest("generate", "x", "generator", "other", blind=True)
        )
        start = next(steps)
        steps.close()
        assert isinstance(start, ComparisonStart)
        drawn.add(bench.votes._ballots[start.id].names)
    assert len(drawn) == 2


def test_one_side_fails_and_the_other_writes_to_its_end(bench: Bench) -> None:
    """The reason is told where it failed, the names are shown, and nothing can be voted on."""
    weights = next(bench.shelf.models.folder("other").glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    updates = bench.compare("generate", "generator", "other", "Once upon a time", blind=True)
    by_end = {one.end for one in ends(updates)}
    assert "failed" in by_end
    assert len(by_end) == 2
    failed = next(one for one in ends(updates) if one.end == "failed")
    assert isinstance(failed.error, DemoError)
    assert failed.error.key == "file_broken"
    last = updates[-1]
    assert isinstance(last, ComparisonEnd)
    assert set(last.names or ()) == {"generator", "other"}
    assert not last.can_vote


def test_what_the_memory_does_not_hold_is_refused_with_figures(bench: Bench) -> None:
    """Before anything is loaded, and nothing that is loaded is freed in vain."""
    bench.shelf.models.writer()
    bench.free[0] = 1_000_000
    with pytest.raises(InputError, match="model_needs_memory") as caught:
        bench.compare("generate", "generator", "other", "Once upon a time")
    assert caught.value.values["name"] == "other"
    assert bench.shelf.models.state()["generator"] == "loaded"


def test_a_visitor_of_a_public_server_compares_only_what_is_loaded(bench: Bench) -> None:
    """A found model is an operator's to load; once it is loaded anyone can name it."""
    assert [one.entry.name for one in bench.service.candidates(ME, "generate")] == ["generator", "other"]
    assert [one.entry.name for one in bench.service.candidates(VISITOR, "generate")] == ["generator"]
    with pytest.raises(InputError, match="model_unknown"):
        bench.compare("generate", "generator", "other", "Once", VISITOR)
    bench.shelf.models.load("other")
    assert ends(bench.compare("generate", "generator", "other", "Once", VISITOR))[1].text


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (("generate", "  ", "generator", "other"), "compare_empty"),
        (("generate", "x", "generator", "generator"), "compare_same"),
        (("generate", "x", "generator", "nobody"), "model_unknown"),
        (("search", "x", "embedder", "second"), "compare_collection_empty"),
        (("translate", "1 2 3", "tiny", "tiny2"), "compare_nothing_to_translate"),
    ],
)
def test_what_cannot_be_compared_is_said(
    bench: Bench, tmp_path: Path, request_: tuple[str, ...], key: str
) -> None:
    """Before a model is asked."""
    if request_[0] == "search":
        bench.shelf.models.add(made(tmp_path / "second", seed=1))
    if request_[0] == "translate":
        for name in ("tiny", "tiny2"):
            bench.shelf.models.add(write_translator(tmp_path / name))
    task, text, first, second = request_
    with pytest.raises(InputError, match=key):
        bench.compare(task, first, second, text, collection="default")  # type: ignore[arg-type]


def test_stop_ends_both_sides_and_keeps_what_is_there(bench: Bench, tmp_path: Path) -> None:
    """Both are recorded as stopped, and can be voted on."""
    for name in ("a", "b"):
        bench.shelf.models.add(without_end(tmp_path / name), name=name)
    request = ComparisonRequest("generate", "Once upon a time", "a", "b", blind=True)
    updates = []
    for update in bench.service.compare(ME, request, key="k"):
        updates.append(update)
        seen = {one.side for one in updates if isinstance(one, SideUpdate) and one.text}
        if len(seen) == 2:
            assert bench.service.stop("k")
    assert [one.end for one in ends(updates)] == ["stopped", "stopped"]
    assert all(one.text for one in ends(updates))
    assert updates[-1] == ComparisonEnd(None, can_vote=True)
    assert {run.status for run in bench.shelf.runs.page(ME)} == {"stopped"}


def test_another_servers_model_is_compared_with_one_of_this_machine(bench: Bench) -> None:
    """It takes no memory here, and neither of the two is asked to follow what it cannot."""
    with api_of(Models([GENERATOR], device="cpu"), key="k") as address:
        bench.backend.start_with(address, "generator", "k")
        names = [one.entry.name for one in bench.service.candidates(ME, "generate")]
        assert names == ["generator@127.0.0.1", "generator", "other"]
        updates = bench.compare("generate", names[0], "generator", "Once upon a time")
    far, near = ends(updates)
    assert far.text
    assert far.figures is not None
    assert near.figures is not None
    assert far.figures.memory == 0 < near.figures.memory


def test_models_that_follow_instructions_are_asked(bench: Bench, tmp_path: Path) -> None:
    """What was typed reaches them as a request in their own template, word for word."""
    for name in ("one", "two"):
        bench.shelf.models.add(write_instructed(tmp_path / name))
    start = bench.compare("generate", "one", "two", "How many days are in a week?")[0]
    assert isinstance(start, ComparisonStart)
    assert start.asked
    run = bench.shelf.runs.page(ME)[0]
    assert (run.input, run.options["preset"]) == ("How many days are in a week?", "request")


def test_two_translators_translate(bench: Bench, tmp_path: Path) -> None:
    """Each by its own model; one that does not know the direction says so, and the other goes on."""
    bench.shelf.models.add(write_translator(tmp_path / "both"))
    bench.shelf.models.add(write_translator(tmp_path / "half", directions=["zh-en"]))
    updates = bench.compare("translate", "both", "half", "The cat sleeps.", target="zh")
    left, right = ends(updates)
    assert left.end == "end"
    assert right.end == "failed"
    assert isinstance(right.error, DemoError)
    assert right.error.key == "direction_not_offered"


def test_two_embedders_rank_the_same_passages(bench: Bench, tmp_path: Path) -> None:
    """Each by its own vectors; whoever may not read a collection cannot have it ranked."""
    bench.shelf.add(fox="A quick brown fox.", dog="A lazy old dog.", cat="The cat sleeps by the stove.")
    bench.shelf.models.add(made(tmp_path / "second", seed=1))

    def ask() -> list[ComparisonUpdate]:
        return bench.compare("search", "embedder", "second", "A quick brown fox.", collection="default")

    left, right = ends(ask())
    assert left.passages[0].document == right.passages[0].document == "fox.txt"
    assert {one.chunk for one in left.passages} == {one.chunk for one in right.passages}
    assert [one.cosine for one in left.passages] != [one.cosine for one in right.passages]
    bench.shelf.add(hen="A hen.")
    assert "hen.txt" in {one.document for one in ends(ask())[1].passages}, "ranked from stale vectors"
    bench.shelf.models.load("second")
    with pytest.raises(InputError) as caught:
        bench.compare("search", "embedder", "second", "a fox", VISITOR, collection="default")
    assert caught.value.key in ("collection_unknown", "compare_collection_empty")


def test_rankings_are_recorded_for_their_visitor_alone(bench: Bench, tmp_path: Path) -> None:
    """As searches by meaning that can be opened again, without a text that would outlive its document."""
    bench.shelf.add(fox="A quick brown fox.", dog="A lazy old dog.")
    bench.shelf.models.add(made(tmp_path / "second", seed=1))
    sides = ends(bench.compare("search", "embedder", "second", "A quick fox.", collection="default"))
    recorded = {run.model: run for run in bench.shelf.runs.page(ME, task="search")}
    assert set(recorded) == {"embedder", "second"}
    for model, side in zip(("embedder", "second"), sides, strict=True):
        run = recorded[model]
        assert (run.status, run.input) == ("done", "A quick fox.")
        assert (run.options["collection"], run.options["mode"]) == ("default", "meaning")
        listed = [line.split(" ")[1] for line in run.output.splitlines()]
        assert listed == [one.document for one in side.passages]
        assert "brown" not in run.output
        assert run.timings["searched"] == 2
    assert not bench.shelf.runs.page(VISITOR)
    bench.shelf.runs.delete(ME, recorded["second"].id)
    assert [run.model for run in bench.shelf.runs.page(ME)] == ["embedder"]
