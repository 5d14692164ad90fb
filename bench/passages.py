"""Questions whose passage is known, and an index of those passages as the app makes it.

The data are public; docs/training.md says where they come from. ``DIR`` holds them as ``qa/*.json.xz`` and
``parallel/*.tsv.xz``.
"""

from __future__ import annotations

import json
import lzma
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from llama_demo.engine.vector_matrix import VectorMatrix
from llama_demo.store.chunks import Chunk, ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import Document, LibraryStore
from llama_demo.tasks.embed import SentenceEncoder, embed
from llama_demo.tasks.search import Candidate
from llama_demo.text.languages import detect_language

NEAREST = 200
"""Passages that are looked at more closely, found either way: as many as in the app."""


@dataclass(frozen=True)
class Task:
    """Passages, and questions each with the number of its passage.

    Attributes:
        own: for each question a passage that is the question itself and does not count; -1 for none.
    """

    name: str
    passages: list[str]
    questions: list[tuple[str, int]]
    own: tuple[int, ...] = ()

    def sampled(self, most: int) -> Task:
        """Some of the questions, always the same ones."""
        chosen = sorted(random.Random(0).sample(range(len(self.questions)), min(most, len(self.questions))))
        own = tuple(self.own[place] for place in chosen) if self.own else ()
        return replace(self, questions=[self.questions[place] for place in chosen], own=own)


def held_out(data: Path) -> list[Task]:
    """What nothing was fitted on: within Chinese, within English, and from each to the other."""
    tasks = [paragraphs("zh: DRCD test", data / "qa" / "DRCD_test_simp.json.xz")]
    tasks.append(sentences("en: QAMR test", data / "qa" / "qamr_test.jsonl.xz"))
    for name in ("tatoeba", "python-docs"):
        pairs = rows(data / "parallel" / f"{name}.en-zh.valid.tsv.xz")
        tasks.append(one_way(f"zh to en: {name}", [(zh, en) for en, zh in pairs]))
        tasks.append(one_way(f"en to zh: {name}", pairs))
    return tasks


def to_fit_on(data: Path) -> list[Task]:
    """The same kinds of questions from the training parts; across languages both stand in one collection."""
    tasks = [paragraphs("zh", data / "qa" / "DRCD_dev_simp.json.xz")]
    tasks.append(sentences("en", data / "qa" / "qamr_dev.jsonl.xz"))
    for name in ("tatoeba", "python-docs"):
        pairs = rows(data / "parallel" / f"{name}.en-zh.train.tsv.xz")
        tasks.append(mixed(name, random.Random(0).sample(pairs, 1_000)))
    return tasks


def paragraphs(name: str, path: Path) -> Task:
    """Questions on paragraphs, in SQuAD's format."""
    passages: dict[str, int] = {}
    questions = []
    for article in json.loads(_read(path))["data"]:
        for paragraph in article["paragraphs"]:
            place = passages.setdefault(paragraph["context"], len(passages))
            questions += [(question["question"], place) for question in paragraph["qas"]]
    return Task(name, list(passages), questions)


def sentences(name: str, path: Path) -> Task:
    """Questions on single sentences, one JSON object a line."""
    passages: dict[str, int] = {}
    questions = []
    for line in _read(path).splitlines():
        row = json.loads(line)
        place = passages.setdefault(row["context"], len(passages))
        questions.append((row["question"], place))
    return Task(name, list(passages), questions)


def rows(path: Path) -> list[tuple[str, str]]:
    """English and Chinese sentences that mean the same."""
    split = (line.split("\t") for line in _read(path).splitlines())
    return [(row[0], row[1]) for row in split]


def one_way(name: str, pairs: list[tuple[str, str]]) -> Task:
    """From each first sentence to the second of its pair, among all second ones."""
    passages: dict[str, int] = {}
    questions = [(asked, passages.setdefault(answer, len(passages))) for asked, answer in pairs]
    return Task(name, list(passages), questions)


def mixed(name: str, pairs: list[tuple[str, str]]) -> Task:
    """From each sentence to the other of its pair, among all sentences of both languages."""
    passages = [sentence for pair in pairs for sentence in pair]
    places = range(len(passages))
    questions = [(passages[place], place ^ 1) for place in places]
    return Task(f"{name}, both languages", passages, questions, tuple(places))


@dataclass(frozen=True)
class Found:
    """What was found for a question, and where the right one is among it; -1 if it is not."""

    candidates: list[Candidate]
    right: int
    mean: float
    deviation: float


@contextmanager
def searched(task: Task, encoder: SentenceEncoder) -> Iterator[Iterator[Found]]:
    """The candidates of each question, from the app's own full-text index and matrix."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "passages.db")
        try:
            yield _candidates(task, encoder, *_indexed(task, encoder, database))
        finally:
            database.close()


def _indexed(
    task: Task, encoder: SentenceEncoder, database: Database
) -> tuple[ChunkStore, int, list[str], VectorMatrix]:
    store, chunks = LibraryStore(database), ChunkStore(database)
    number = store.make_collection("passages", owner="bench")
    now = datetime.now(UTC)
    document = Document(store.new_id(now), number, "passages", "", 0, now)
    store.begin(document, owner="bench")
    languages = [detect_language(text).language for text in task.passages]
    cut = [
        Chunk(text, place, 0, len(text), language=language)
        for place, (text, language) in enumerate(zip(task.passages, languages, strict=True))
    ]
    chunks.store(document, cut, None, 0, texts=task.passages, owner="bench")
    matrix = VectorMatrix(encoder.engine.width)
    matrix.add(np.arange(len(cut)), embed(encoder, task.passages, role="passage").vectors)
    return chunks, number, languages, matrix


def _candidates(
    task: Task,
    encoder: SentenceEncoder,
    store: ChunkStore,
    number: int,
    languages: list[str],
    matrix: VectorMatrix,
) -> Iterator[Found]:
    texts = [question for question, _ in task.questions]
    vectors = embed(encoder, texts, role="query").vectors
    for place, ((text, right), vector) in enumerate(zip(task.questions, vectors, strict=True)):
        # A blank database numbers chunks from 1 in their order.
        words = {one - 1: score for one, score in store.best_by_words(text, [number], most=NEAREST)}
        near = matrix.nearest(vector, NEAREST)
        ids = np.array(sorted({*words, *near.ids.tolist()}))
        ids = ids[ids != task.own[place]] if task.own else ids
        language = detect_language(text).language
        found = [
            Candidate(one, cosine, words.get(one, 0.0), bool(language) and languages[one] != language)
            for one, cosine in zip(ids.tolist(), matrix.scores(vector, ids).tolist(), strict=True)
        ]
        at = np.flatnonzero(ids == right)
        yield Found(found, int(at[0]) if len(at) else -1, near.mean, near.deviation)


def _read(path: Path) -> str:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return file.read()
