"""The library from the file to the hit: what is found, by whom, and what is gone when it is deleted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from llama_demo.errors import InputError
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.library import IncomingFile
from llama_demo.services.models import Models
from llama_demo.services.visits import resolve
from llama_demo.store.chunks import ChunkFilter, ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import LibraryStore
from tests import static_embedder
from tests.services.libraries import GENERATOR, ME, TIMEOUT, Shelf, opened

REFUND = "The refund is paid within thirty days. Ask the office for the form."
WOOL = "羊驼的毛很暖和。织工喜欢用它织布。"


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model."""
    return static_embedder.made(tmp_path_factory.mktemp("models") / "embedder")


@pytest.fixture
def shelf(tmp_path: Path, embedder: Path) -> Iterator[Shelf]:
    """An empty library."""
    with opened(tmp_path / "data", embedder) as made:
        yield made


def test_words_are_found_in_both_languages(shelf: Shelf) -> None:
    """Any of the words, in any case and script; what is in quotation marks as it stands."""
    shelf.add(refund=REFUND, wool=WOOL)
    assert shelf.found("How is the REFUND made?") == ["refund.txt"]
    assert shelf.found("什麼是羊駝") == ["wool.txt"]
    assert shelf.found('"thirty days"') == ["refund.txt"]
    assert shelf.found('"days thirty"') == []
    for odd in ("AND (", '"', "NEAR(a b)", "*", "\0", "x" * 10_000, "羊"):
        shelf.found(odd, mode="hybrid")


def test_what_cannot_be_seen_parts_no_word(shelf: Shelf) -> None:
    """A page with soft hyphens is found by its words, and so is a query that was copied with them."""
    page = "<p>Die Hoch&shy;wasser&shy;schutz&shy;anlage am zero&#8203;width tower. Cafe&#769;."
    file = IncomingFile("flood.html", page.encode())
    shelf.library.add(ME, "default", [file]).wait(TIMEOUT)
    for query in (
        "Hochwasserschutzanlage",
        "zerowidth",
        "Hoch\xadwasser\xadschutz\xadanlage",
        "café",
        "cafe\u0301",
    ):
        assert shelf.found(query) == ["flood.html"]
    hit = shelf.search.search(ME, "Hochwasserschutzanlage", "default", mode="words").hits[0]
    assert [hit.text[start:end] for start, end in hit.word_spans] == ["Hochwasserschutzanlage"]


def test_a_hit_shows_why_it_was_found(shelf: Shelf) -> None:
    """Query words and the most similar sentence are marked, also where the passage stands."""
    shelf.add(refund=REFUND)
    hit = shelf.search.search(ME, "office form", "default").hits[0]
    assert [hit.text[start:end] for start, end in hit.word_spans] == ["office", "form"]
    assert hit.sentence is not None
    context = shelf.search.context(ME, hit.chunk, "office form")
    assert context.text[slice(*context.span)] == hit.text
    assert [context.text[start:end] for start, end in context.word_spans] == ["office", "form"]


@pytest.mark.parametrize("mode", ["meaning", "hybrid"])
def test_a_query_without_a_known_word_is_near_to_nothing(shelf: Shelf, mode: str) -> None:
    """Whatever vector the model makes of it; a word beside the unknown is enough."""
    shelf.add(refund=REFUND, wool=WOOL)
    for odd in ("🛸", "?! …", "🛸🛸 𓃰"):
        found = shelf.search.search(ME, odd, "default", mode=mode)
        assert (found.hits, found.model, found.mode) == ((), "", mode)
        assert shelf.search.map(ME, "default", odd).query is None
    found = shelf.search.search(ME, "🛸 refund", "default", mode=mode)
    assert (len(found.hits), found.model) == (2, "embedder")


def test_the_same_file_is_unchanged_and_a_changed_one_replaces_it(shelf: Shelf) -> None:
    """Nobody gets a passage twice, or one that the file does not say any more."""
    shelf.add(refund=REFUND)
    again = shelf.library.add(ME, "default", [IncomingFile("copy.txt", REFUND.encode())])
    assert again.wait(TIMEOUT)
    assert [one.name for one in again.progress.unchanged] == ["refund.txt"]
    shelf.add(refund="The refund is paid within forty days.")
    texts = [hit.text for hit in shelf.search.search(ME, "refund", "default").hits]
    assert texts == ["The refund is paid within forty days."]


def test_deleted_text_is_nowhere_on_the_disk(shelf: Shelf, tmp_path: Path) -> None:
    """Deleting means deleting: not found, and in no file, although the history tells of a search for it."""
    secret = IncomingFile("secret.md", b"# Zanzibarite notes\n\nThe zanzibarite formula is nine.")
    assert shelf.library.add(ME, "default", [secret]).wait(TIMEOUT)
    shelf.add(other=REFUND)
    [hit] = shelf.search.search(ME, "Which formula is nine?", "default", mode="words").hits
    assert "zanzibarite" in hit.text
    assert shelf.library.delete(ME, [hit.document_id]) == 1
    assert shelf.found("zanzibarite") == []
    [run] = shelf.runs.every(ME)
    assert run.output.startswith("1. … · ")
    for path in (tmp_path / "data").rglob("*"):
        content = b"" if path.is_dir() else path.read_bytes().lower()
        assert b"zanzibarite" not in content
        assert b"secret.md" not in content


def test_nobody_finds_anothers_documents(shelf: Shelf) -> None:
    """Public mode: neither lists, nor search, nor a guessed number tells of another's files."""
    one, other = (resolve(public=True, secret=letter * 40, save=True) for letter in "ab")
    shelf.add(one, refund=REFUND)
    hit = shelf.search.search(one, "refund", "default").hits[0]
    assert shelf.search.search(other, "refund", "").hits == ()
    with pytest.raises(InputError):
        shelf.search.context(other, hit.chunk)
    assert shelf.library.delete(other, [hit.document_id]) == 0
    with pytest.raises(InputError):
        shelf.library.add(resolve(public=True), "default", [IncomingFile("a.txt", b"text")])


def test_bad_files_are_told_and_do_not_keep_the_others(shelf: Shelf) -> None:
    """A broken file is listed with its reason; a zip adds what is in it, but not what leads out of it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as bundle:
        bundle.writestr("inside.txt", REFUND)
        bundle.writestr("../outside.txt", "way out")
    job = shelf.library.add(
        ME,
        "default",
        [
            IncomingFile("broken.pdf", b"junk"),
            IncomingFile("all.zip", packed.getvalue()),
            IncomingFile("e.txt", b""),
        ],
    )
    assert job.wait(TIMEOUT)
    assert [one.name for one in job.progress.added] == ["inside.txt"]
    assert {one.name for one in job.progress.failed} == {"broken.pdf", "outside.txt", "e.txt"}
    states = {one.name: one.state for one in shelf.library.documents(ME, "default")}
    assert states["broken.pdf"] == "failed"


def test_filters_and_map(shelf: Shelf) -> None:
    """Language, document and day narrow the search; the map shows each chunk and the query."""
    shelf.add(refund=REFUND, wool=WOOL)
    ids = {one.name: one.id for one in shelf.library.documents(ME, "default")}
    now = datetime.now(UTC)
    for narrowing, names in (
        (ChunkFilter(language="zh"), ["wool.txt"]),
        (ChunkFilter(documents=(ids["refund.txt"],)), ["refund.txt"]),
        (
            ChunkFilter(since=now - timedelta(days=1), until=now + timedelta(days=1), language="en"),
            ["refund.txt"],
        ),
        (ChunkFilter(until=now - timedelta(days=1)), []),
        (ChunkFilter(since=now + timedelta(days=1)), []),
    ):
        hits = shelf.search.search(ME, "羊驼 refund", "default", chunk_filter=narrowing).hits
        assert [hit.document for hit in hits] == names
    points = shelf.search.map(ME, "default", "refund")
    assert len(points.points) == points.total == 2
    assert points.query is not None
    cosines = shelf.search.similarities(["one llama", "two stones"])
    np.testing.assert_allclose(np.diag(cosines), 1.0, atol=1e-4)


def test_another_model_embeds_the_library_anew(tmp_path: Path, embedder: Path) -> None:
    """The one before answers until the new one has seen everything; then its vectors are all there are."""
    with opened(tmp_path / "data", embedder) as shelf:
        shelf.add(refund=REFUND, wool=WOOL)
    other = static_embedder.made(tmp_path / "other", width=48, seed=5)
    with closing(Database(tmp_path / "data" / "llama_demo.db")) as database:
        both = Models([GENERATOR, embedder], chosen=[other], device="cpu")
        [mine] = LibraryStore(database).collections(owner=ME.owner)
        until_then = Embedders(both, ChunkStore(database)).matrix(mine.number)
        assert until_then is not None
        assert (until_then[0].encoder.name, len(until_then[1])) == ("embedder", 2)
    with opened(tmp_path / "data", other) as shelf:
        shelf.add(late="A third text about grass.")
        assert len(shelf.found("羊驼的毛", mode="meaning")) == 3
        [collection] = [one for one in shelf.library.collections(ME) if one.name == "default"]
        assert [(name, seen) for _, name, seen in shelf.chunks.models_of(collection.number)] == [("other", 3)]
