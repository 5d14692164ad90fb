"""How well the bundled search models find passages by meaning, on questions that were written for this test.

``retrieval_items.tsv`` has a question and the passage that answers it in other words: in Chinese, in
English, and across the two. Each question looks among all passages of its passage's language.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.tasks.embed import SentenceEncoder, embed, load_sentence_encoder
from llama_demo.training.embedder.evaluation import RetrievalTask, measure

ITEMS = Path(__file__).with_name("retrieval_items.tsv")
MODELS = Path(__file__).parents[3] / "assets" / "models"


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return load_sentence_encoder(MODELS / "embedder", device="cpu", dtype="float32")


@pytest.fixture(scope="module")
def deep() -> SentenceEncoder:
    return load_sentence_encoder(MODELS / "sentence-encoder", device="cpu", dtype="float32")


def task(kind: str) -> RetrievalTask:
    """The questions of a kind such as ``zh-en`` among all passages of the same language."""
    rows = [line.split("\t") for line in ITEMS.read_text(encoding="utf-8").splitlines()]
    language = kind[-2:]
    passages = [passage for other, _, passage in rows if other.endswith(language)]
    asked = [(question, passages.index(passage)) for other, question, passage in rows if other == kind]
    return RetrievalTask(kind, [question for question, _ in asked], passages, [right for _, right in asked])


# A few questions below what the shipped weights reach, so that only real harm is noticed.
@pytest.mark.parametrize(
    ("kind", "first", "first_five"),
    [("zh", 77, 86), ("en", 36, 68), ("zh-en", 83, 100), ("en-zh", 91, 91)],
)
def test_it_finds_what_answers_a_question(
    encoder: SentenceEncoder, kind: str, first: float, first_five: float
) -> None:
    """Worse weights, another vocabulary or a change in averaging would show here first."""
    found = measure(encoder, task(kind))["by meaning"]
    print(f"{kind}: {found.first:.0f} / {found.first_five:.0f}")  # the card's, shown by pytest -rP
    assert found.first >= first
    assert found.first_five >= first_five


@pytest.mark.parametrize(
    ("kind", "first", "first_five"),
    [("zh", 90, 95), ("en", 86, 95), ("zh-en", 91, 100), ("en-zh", 91, 100)],
)
def test_the_deep_model_finds_more(deep: SentenceEncoder, kind: str, first: float, first_five: float) -> None:
    """It reads a text as a whole, so a question need not share words with what answers it."""
    found = measure(deep, task(kind))["by meaning"]
    print(f"{kind}: {found.first:.0f} / {found.first_five:.0f}")
    assert found.first >= first
    assert found.first_five >= first_five


def test_the_set_is_large_enough_to_tell() -> None:
    """At least sixty questions, none twice."""
    questions = [line.split("\t")[1] for line in ITEMS.read_text(encoding="utf-8").splitlines()]
    assert len(questions) == len(set(questions)) >= 60


def test_a_translation_is_nearer_than_another_sentence(encoder: SentenceEncoder) -> None:
    """One space for both languages: that is what makes search across them possible."""
    texts = ["我喜欢读书。", "I like reading books.", "The train was two hours late."]
    mine, same, other = embed(encoder, texts).vectors
    assert mine @ same > 0.4
    assert mine @ same > mine @ other + 0.2


def test_traditional_characters_mean_the_same(encoder: SentenceEncoder) -> None:
    """Whoever types 圖書館 finds what is written about a 图书馆."""
    simplified, traditional, other = embed(encoder, ["图书馆", "圖書館", "飞机"]).vectors
    assert simplified @ traditional > simplified @ other + 0.2
