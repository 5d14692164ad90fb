"""Questions whose passage is known, and an index of those passages as the app makes it.

The data are public; docs/training.md says where they come from. ``DIR`` holds them as ``qa/*.json.xz`` and
``parallel/*.tsv.xz``. The bundled samples come with questions too, each about an article of some passages.
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
from numpy.typing import NDArray

from llama_demo.documents.worker import parse
from llama_demo.engine.vector_matrix import Nearest, VectorMatrix
from llama_demo.services.library.chunking import cut, readable
from llama_demo.services.library.embedders import Embedder
from llama_demo.services.library.samples import SAMPLES
from llama_demo.services.library.text_encoder import LocalEncoder
from llama_demo.settings import ASSETS
from llama_demo.store.chunks import ChunkRow, ChunkStore
from llama_demo.store.database import Database
from llama_demo.store.library import DocumentRow, LibraryStore
from llama_demo.tasks.embed import SentenceEncoder, embed, load_sentence_encoder
from llama_demo.tasks.search import SearchCandidate, Spread
from llama_demo.text.languages import detect_language
from llama_demo.text.sentences import split_sentences

EMBEDDER, DEEP = (ASSETS / "models" / name for name in ("embedder", "sentence-encoder"))
"""The bundled quick and deep model; the deep one may be missing."""

NEAREST = 200
"""Passages that are looked at more closely, found either way: as many as in the app."""


def optional_encoder(folder: str) -> SentenceEncoder | None:
    """The model of a folder; None if it is not there."""
    return load_sentence_encoder(Path(folder), device="cpu") if folder and Path(folder).is_dir() else None


@dataclass(frozen=True)
class Task:
    """Passages, and questions each with the number of its passage.

    Attributes:
        articles: for each passage the number of its article or paragraph, if questions name these.
    """

    name: str
    passages: list[str]
    questions: list[tuple[str, int]]
    articles: tuple[int, ...] = ()

    def answers(self, passage: int, right: int) -> bool:
        """Whether a passage is, or belongs to, what a question names."""
        return (self.articles[passage] if self.articles else passage) == right

    def sampled(self, most: int) -> Task:
        """Some of the questions, always the same ones."""
        chosen = sorted(random.Random(0).sample(range(len(self.questions)), min(most, len(self.questions))))
        return replace(self, questions=[self.questions[place] for place in chosen])


def held_out(data: Path, encoder: SentenceEncoder) -> list[Task]:
    """What nothing was fitted on: within Chinese, within English, and from each to the other."""
    tasks = [paragraphs("zh: DRCD test", data / "qa" / "DRCD_test_simp.json.xz", encoder)]
    tasks.append(sentences("en: QAMR test", data / "qa" / "qamr_test.jsonl.xz"))
    for name in ("tatoeba", "python-docs"):
        pairs = rows(data / "parallel" / f"{name}.en-zh.valid.tsv.xz")
        tasks.append(one_way(f"zh to en: {name}", [(zh, en) for en, zh in pairs]))
        tasks.append(one_way(f"en to zh: {name}", pairs))
    return tasks


def to_fit_on(data: Path, encoder: SentenceEncoder) -> list[Task]:
    """The same kinds of questions within a language, from the training parts."""
    return [
        paragraphs("zh", data / "qa" / "DRCD_dev_simp.json.xz", encoder),
        sentences("en", data / "qa" / "qamr_dev.jsonl.xz"),
    ]


def samples(encoder: SentenceEncoder) -> dict[str, Task]:
    """The bundled articles in one collection, with half of their questions to fit on and half held out.

    Every second question is held out, and these are two sets: asked in the article's language, and not.
    """
    passages: list[str] = []
    articles: list[int] = []
    names: list[str] = []
    for path in sorted(SAMPLES.glob("*/*/*")):
        pieces = _cut(path.name, path.read_bytes(), encoder)
        passages += pieces
        articles += [len(names)] * len(pieces)
        names.append(path.relative_to(SAMPLES).as_posix())
    told = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))["questions"]
    asked = [(one["question"], names.index(one["article"]), one["across"]) for one in told]
    kinds = {
        "to fit on": [(question, right) for question, right, _ in asked[::2]],
        "within": [(question, right) for question, right, across in asked[1::2] if not across],
        "across": [(question, right) for question, right, across in asked[1::2] if across],
    }
    return {
        kind: Task(f"samples, {kind}", passages, questions, articles=tuple(articles))
        for kind, questions in kinds.items()
    }


def paragraphs(name: str, path: Path, encoder: SentenceEncoder) -> Task:
    """Questions on paragraphs, in SQuAD's format; long paragraphs are several passages, as in a library."""
    places: dict[str, int] = {}
    questions = []
    for article in json.loads(_read(path))["data"]:
        for paragraph in article["paragraphs"]:
            place = places.setdefault(paragraph["context"], len(places))
            questions += [(question["question"], place) for question in paragraph["qas"]]
    passages, articles = [], []
    for text, place in places.items():
        pieces = _cut("paragraph.txt", text.encode(), encoder)
        passages += pieces
        articles += [place] * len(pieces)
    return Task(name, passages, questions, articles=tuple(articles))


def _cut(name: str, content: bytes, encoder: SentenceEncoder) -> list[str]:
    """The passages into which a library cuts a file, as search models read them."""
    local = LocalEncoder(encoder)
    return [
        readable(chunk) for chunk in cut(parse(name, content), Embedder(local.name, 0, lambda: local), "")
    ]


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


@dataclass(frozen=True)
class Found:
    """What was found for a question.

    Attributes:
        candidates: with the cosine of the sentence that is most like the question.
        right: rows of candidates that answer it.
        mean, deviation: of all cosines.
        deep: the same of the deep model's; None without one.
    """

    candidates: list[SearchCandidate]
    right: tuple[int, ...]
    mean: float
    deviation: float
    deep: Spread | None = None


@contextmanager
def searched(
    task: Task, encoder: SentenceEncoder, deep: SentenceEncoder | None = None
) -> Iterator[Iterator[Found]]:
    """The candidates of each question, from the app's own full-text index and matrices."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "passages.db")
        try:
            store, number, languages = _indexed(task, database)
            yield _candidates(task, encoder, deep, store, number, languages)
        finally:
            database.close()


def _indexed(task: Task, database: Database) -> tuple[ChunkStore, int, list[str]]:
    store, chunks = LibraryStore(database), ChunkStore(database)
    number = store.make_collection("passages", owner="bench")
    now = datetime.now(UTC)
    document = DocumentRow(store.new_id(now), number, "passages", "", 0, now)
    store.begin(document, owner="bench")
    languages = [detect_language(text).language for text in task.passages]
    cut = [
        ChunkRow(text, place, 0, len(text), language=language)
        for place, (text, language) in enumerate(zip(task.passages, languages, strict=True))
    ]
    chunks.store(document, cut, None, 0, texts=task.passages, owner="bench")
    return chunks, number, languages


class _Meaning:
    """What one model says of the questions of a task."""

    def __init__(self, task: Task, encoder: SentenceEncoder) -> None:
        self._matrix = VectorMatrix(encoder.engine.width)
        vectors = embed(encoder, task.passages, role="passage").vectors
        self._matrix.add(np.arange(len(vectors)), vectors)
        self.queries = embed(encoder, [text for text, _ in task.questions], role="query").vectors

    def nearest(self, question: int) -> Nearest:
        """The passages closest to a question."""
        return self._matrix.nearest(self.queries[question], NEAREST)

    def cosines(self, question: int, ids: NDArray[np.int64]) -> list[float]:
        """Those of some passages."""
        found: list[float] = self._matrix.scores(self.queries[question], ids).tolist()
        return found


def _candidates(
    task: Task,
    encoder: SentenceEncoder,
    deep_encoder: SentenceEncoder | None,
    store: ChunkStore,
    number: int,
    languages: list[str],
) -> Iterator[Found]:
    quick = _Meaning(task, encoder)
    deep = _Meaning(task, deep_encoder) if deep_encoder else None
    sentences = _sentences(task, encoder)
    for place, (text, right) in enumerate(task.questions):
        # A blank database numbers chunks from 1 in their order.
        words = {one - 1: score for one, score in store.best_by_words(text, [number], most=NEAREST)}
        near, nearer = quick.nearest(place), deep.nearest(place) if deep else None
        ids = np.array(sorted({*words, *near.ids.tolist(), *(nearer.ids.tolist() if nearer else ())}))
        language = detect_language(text).language
        deeper: list[float] | list[None] = deep.cosines(place, ids) if deep else [None] * len(ids)
        found = [
            SearchCandidate(
                number=one,
                cosine=cosine,
                bm25=words.get(one, 0.0),
                foreign=bool(language) and languages[one] != language,
                sentence=float((sentences[one] @ quick.queries[place]).max(initial=-1.0)),
                deep=deep_cosine,
            )
            for one, cosine, deep_cosine in zip(ids.tolist(), quick.cosines(place, ids), deeper, strict=True)
        ]
        rows = tuple(row for row, one in enumerate(ids.tolist()) if task.answers(one, right))
        spread = Spread(nearer.mean, nearer.deviation) if nearer else None
        yield Found(found, rows, near.mean, near.deviation, spread)


def _sentences(task: Task, encoder: SentenceEncoder) -> list[NDArray[np.float32]]:
    """For each passage the vectors (sentences, width) of its sentences."""
    split = [[sentence.text for sentence in split_sentences(text)] for text in task.passages]
    vectors = embed(encoder, [text for each in split for text in each], role="passage").vectors
    return np.split(vectors, np.cumsum([len(each) for each in split])[:-1])


def _read(path: Path) -> str:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return file.read()
