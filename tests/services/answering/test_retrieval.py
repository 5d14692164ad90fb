"""Passages for a question: long texts are embedded in slices, between which a stop is noticed."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from llama_demo.services.answering import retrieval
from llama_demo.services.answering.answer import AnswerRequest, Subject, TextPart
from llama_demo.services.answering.retrieval import EMBEDDED_AT_ONCE, MOST_OF_TEXT, PassageRetrieval
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.database import Database
from llama_demo.tasks.embed import Embeddings, SentenceEncoder, embed
from tests.services.libraries import ME

QUESTION = "When was the bridge painted green?"
LONG = Subject(
    (TextPart(" ".join(f"In the year {year} the old bridge was painted again." for year in range(5_000))),)
)
"""A text of several hundred passages."""


class CountingEmbed:
    """Embeds and counts passages, once it may go on."""

    def __init__(self) -> None:
        self.passages = 0
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, encoder: SentenceEncoder, texts: Sequence[str], *, role: str = "") -> Embeddings:
        if role == "passage":
            self.passages += len(texts)
            self.go_on.wait(60)
        return embed(encoder, texts, role=role)


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> CountingEmbed:
    """Counts what is embedded."""
    counting = CountingEmbed()
    monkeypatch.setattr(retrieval, "embed", counting)
    return counting


@pytest.fixture
def passages(database: Database, models: Models, library: Library, runs: RunService) -> PassageRetrieval:
    """Over an empty library."""
    chunks = ChunkStore(database)
    search = SearchService(library, chunks, Embedders(models, chunks), models, runs)
    return PassageRetrieval(models, search, library)


def test_slices_change_nothing(
    passages: PassageRetrieval, embedded: CountingEmbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same passages in the same order as when all are embedded in one go."""
    sliced = passages.of(ME, LONG, QUESTION)
    assert len(sliced) == MOST_OF_TEXT
    assert embedded.passages > 4 * EMBEDDED_AT_ONCE
    monkeypatch.setattr(retrieval, "EMBEDDED_AT_ONCE", 10_000)
    assert [one.text for one in passages.of(ME, LONG, QUESTION)] == [one.text for one in sliced]


def test_a_stop_ends_the_embedding(passages: PassageRetrieval, embedded: CountingEmbed) -> None:
    """After the slice at work."""
    assert passages.of(ME, LONG, QUESTION, lambda: embedded.passages > 0) == ()
    assert embedded.passages == EMBEDDED_AT_ONCE


def test_a_stopped_question_retrieves_no_further(answering: AnswerService, embedded: CountingEmbed) -> None:
    """The stop of a question reaches its retrieval."""
    embedded.go_on.clear()
    updates = answering.ask(ME, AnswerRequest(QUESTION, LONG), key="long")
    next(update for update in updates if embedded.passages)
    assert answering.stop("long")
    *_, last = updates
    assert last.status == "stopped"
    embedded.go_on.set()
    for thread in threading.enumerate():
        if thread.name == "background work":
            thread.join(60)
    assert embedded.passages == EMBEDDED_AT_ONCE
