"""Measuring a shipped embedder: ``python -m llama_demo.training evaluate embedder --data DIR``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from llama_demo.tasks.embed import SentenceEncoder, embed, load_sentence_encoder
from llama_demo.tasks.search import fitted
from llama_demo.training.corpus import read_rows
from llama_demo.training.embedder.retrieval import Ranking, by_words, fused, rank
from llama_demo.training.reader.corpus import HELD_OUT

PARALLEL = ("tatoeba", "python-docs")


@dataclass(frozen=True)
class RetrievalTask:
    """Queries and texts; each query has one right text.

    Attributes:
        right: for each query the number of its text.
        shared_words: whether queries and texts are in one language, so that words can find anything.
    """

    name: str
    queries: Sequence[str]
    texts: Sequence[str]
    right: Sequence[int]
    shared_words: bool = True


def evaluate_embedder(folder: Path, data: Path, *, report: Callable[[str], None] = print) -> dict[str, float]:
    """The figures of the model card that are measured on public data, from the weights in ``folder``.

    Args:
        data: folder with the sources of ``docs/training.md``; its held-out parts are read.

    Returns:
        In percent: how often the right text comes first and among the first five, by meaning, by words
        and by both; and the rank correlation with people's judgement of how alike two sentences are.
    """
    encoder = load_sentence_encoder(folder, device="cpu", dtype="float32")
    figures: dict[str, float] = {}
    for task in [*_questions(data), *_translations(data)]:
        for way, ranking in measure(encoder, task).items():
            figures[f"{task.name}, {way}, first"] = ranking.first
            figures[f"{task.name}, {way}, first five"] = ranking.first_five
            size = f"{len(task.queries)} among {len(task.texts)}"
            report(f"{task.name} ({size}), {way}: {ranking.first:.1f} / {ranking.first_five:.1f}")
    figures["STS-B test, rank correlation"] = 100 * similarity(encoder, data)
    report(f"STS-B test, rank correlation: {figures['STS-B test, rank correlation']:.1f}")
    return figures


def measure(encoder: SentenceEncoder, task: RetrievalTask) -> dict[str, Ranking]:
    """The ranking figures of each search mode on a task."""
    queries, texts = _vectors(encoder, task.queries, "query"), _vectors(encoder, task.texts, "passage")
    meaning = queries @ texts.T
    ways = {"by meaning": meaning}
    if task.shared_words:
        ways["by words"] = by_words(task.queries, task.texts)
        ways["by both"] = fused(ways["by words"], meaning, fitted())
    return {way: rank(scores, task.right) for way, scores in ways.items()}


def similarity(encoder: SentenceEncoder, data: Path) -> float:
    """Spearman's correlation on the test part of the STS benchmark."""
    header, *rows = read_rows(data / "similarity" / "stsb.en.tsv.xz")
    records = [dict(zip(header, row, strict=False)) for row in rows]
    test = [record for record in records if record["split"] == "test"]
    one, other = (
        _vectors(encoder, [record[side] for record in test], "query") for side in ("sentence1", "sentence2")
    )
    people = np.array([float(record["score"]) for record in test])
    return float(np.corrcoef(_ranks((one * other).sum(axis=1)), _ranks(people))[0, 1])


def _vectors(encoder: SentenceEncoder, texts: Sequence[str], role: str) -> NDArray[np.float32]:
    return embed(encoder, texts, role=role).vectors


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places from 0, the average one for equal values."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    averages: NDArray[np.float64] = (2 * ends - counts - 1) / 2
    return averages[which]


def _questions(data: Path) -> list[RetrievalTask]:
    """Questions, and the passages of all questions."""
    tasks = []
    for name in ("DRCD_test", "qamr_test"):
        questions = HELD_OUT[name](data / "qa")
        numbers = {text: i for i, text in enumerate(dict.fromkeys(each.passage.text for each in questions))}
        right = [numbers[each.passage.text] for each in questions]
        tasks.append(RetrievalTask(name, [each.text for each in questions], list(numbers), right))
    return tasks


def _translations(data: Path) -> list[RetrievalTask]:
    tasks = []
    for name in PARALLEL:
        rows = list(read_rows(data / "parallel" / f"{name}.en-zh.valid.tsv.xz"))
        # A sentence that stands there twice has no one right partner.
        pairs = list({row[1]: row[0] for row in rows}.items())
        pairs = [(chinese, english) for english, chinese in {e: c for c, e in pairs}.items()]
        chinese, english = [list(side) for side in zip(*pairs, strict=True)]
        own = list(range(len(pairs)))
        tasks.append(RetrievalTask(f"{name}, Chinese to English", chinese, english, own, shared_words=False))
        tasks.append(RetrievalTask(f"{name}, English to Chinese", english, chinese, own, shared_words=False))
    return tasks
