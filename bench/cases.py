"""Questions that people answered, with what the app finds to read for each: the answer, or something else.

Nothing is taken apart for measuring: a text goes through the same cutting as one that a visitor pastes, and
the library is a library, with its parser, its index and its search.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.passages import DEEP, EMBEDDER
from llama_demo.services.answering.answer import Evidence, Subject, TextPart
from llama_demo.services.answering.retrieval import PassageRetrieval
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.answering.suggestions import Suggestions
from llama_demo.services.history.runs import RunService
from llama_demo.services.library.embedders import Embedders
from llama_demo.services.library.indexing import Indexing
from llama_demo.services.library.library import IncomingFile, Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import resolve
from llama_demo.settings import ASSETS
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import LibraryStore
from llama_demo.store.runs import RunStore
from llama_demo.training.reader.answer_scores import best_scores
from llama_demo.training.reader.corpus import Passage, Question
from llama_demo.training.reader.evaluation import foreign_passages, hard_passages

MODELS = ASSETS / "models"
HOME = resolve(public=False)
COLLECTION = "questions"

_LOOK = 0.1
"""Seconds after which it is looked again how far the deep model has come."""

RIGHT = 0.5
"""F1 from which on an answer counts as right where only right and wrong are told apart."""

Kind = Literal["own", "foreign", "hard", "found", "left out"]
"""Own, foreign and hard passages as the reader is trained on; found by searching the library; or found there
after every passage of the article that has an answer in it was left out."""


@dataclass(frozen=True)
class Case:
    """A question and what is read for it.

    Attributes:
        answers: as people marked them.
        holds: whether one of the passages has an answer in it.
    """

    question: str
    answers: tuple[str, ...]
    passages: tuple[Evidence, ...]
    kind: Kind
    holds: bool

    def scores(self, text: str) -> tuple[float, float]:
        """Exact match and F1 of an answer, 0 to 1."""
        return best_scores(text, self.answers)

    def right(self, text: str) -> bool:
        """Whether an answer is near enough to what a person marked."""
        return self.holds and self.scores(text)[1] >= RIGHT


class Shelf:
    """A library of articles, and the app's own way to find what has to be read."""

    def __init__(
        self,
        models: Models,
        library: Library,
        search: SearchService,
        runs: RunService,
        chunks: ChunkStore,
    ) -> None:
        self.answering = AnswerService(models, search, library, runs, Moderation())
        self.suggestions = Suggestions(models, search, library, chunks)
        self._library = library
        self._passages = PassageRetrieval(models, search, library)
        self._names: dict[str, str] = {}

    def shelve(self, passages: Iterable[Passage]) -> None:
        """Put articles into the library, a document each, and wait until both search models know them.

        Raises:
            RuntimeError: the deep model gave up, and what is measured would be a search without it.
        """
        articles: dict[str, list[str]] = {}
        for one in dict.fromkeys(passages):
            articles.setdefault(one.article, []).append(one.text)
        self._names = {article: f"{number}.txt" for number, article in enumerate(articles)}
        files = [
            IncomingFile(self._names[article], "\n\n".join(texts).encode())
            for article, texts in articles.items()
        ]
        self._library.add(HOME, COLLECTION, files).wait()
        while not self._is_deepened():
            time.sleep(_LOOK)

    def _is_deepened(self) -> bool:
        progress = self._library.deep_progress(self._library.collections(HOME))
        if progress.failed:
            raise RuntimeError(f"the deep model gave up at {progress.done} of {progress.total} passages")
        return progress.done == progress.total

    def from_text(self, question: str, text: str) -> tuple[Evidence, ...]:
        """What is read of a text."""
        return self._passages.of(HOME, Subject((TextPart(text),)), question)

    def from_library(self, asked: Question) -> tuple[Case, Case]:
        """What is read of the library; and what would be, had it no answer."""
        found = self._passages.of(HOME, Subject(collection=COLLECTION), asked.text)
        name = self._names[asked.passage.article]
        held = [one for one in found if one.document == name and any(a in one.text for a in asked.answers)]
        others = tuple(one for one in found if one not in held)
        return (
            Case(asked.text, asked.answers, found, "found", bool(held)),
            Case(asked.text, asked.answers, others, "left out", False),
        )


@contextmanager
def shelved(reader: Path) -> Iterator[Shelf]:
    """An empty library with the bundled search models."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "answers.db")
        bundled = [MODELS / "generator", *filter(Path.is_dir, (EMBEDDER, DEEP))]
        models = Models(bundled, chosen=[reader], device="cpu")
        store, chunks = LibraryStore(database), ChunkStore(database)
        embedders = Embedders(models, chunks)
        library = Library(store, Indexing(store, chunks, embedders), samples=Path(folder) / "none")
        library.open()
        runs = RunService(RunStore(database))
        try:
            search = SearchService(library, chunks, embedders, models, runs)
            yield Shelf(models, library, search, runs, chunks)
        finally:
            library.close()
            database.close()


def in_texts(shelf: Shelf, asked: Sequence[Question]) -> Iterator[Case]:
    """Each question on its own passage; and as many on foreign and on hard ones, where they can be made."""
    for each in asked:
        passages = shelf.from_text(each.text, each.passage.text)
        yield Case(each.text, each.answers, passages, "own", holds=True)
    half = len(asked) // 2
    kinds: tuple[tuple[Kind, list[tuple[str, str]]], ...] = (
        ("foreign", foreign_passages(asked, half)),
        ("hard", hard_passages(asked, half)),
    )
    for kind, pairs in kinds:
        for question, text in pairs:
            yield Case(question, (), shelf.from_text(question, text), kind, holds=False)


def in_library(shelf: Shelf, asked: Sequence[Question]) -> Iterator[Case]:
    """Each question twice: with all that was found, and with the answer left out."""
    for each in asked:
        yield from shelf.from_library(each)


def some(questions: Sequence[Question], most: int) -> list[Question]:
    """Some of them, always the same ones."""
    return random.Random(3).sample(questions, k=min(most, len(questions)))
