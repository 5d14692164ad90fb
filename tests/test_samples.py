"""The sample collection: every article can be read and is asked about, and every question has its article."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from llama_demo.documents.worker import parse
from llama_demo.settings import ASSETS
from llama_demo.text.languages import detect_language

SAMPLES = ASSETS / "samples"
ARTICLES = sorted(SAMPLES.glob("*/*/*"))
ASKED: dict[str, Any] = json.loads((SAMPLES / "questions.json").read_text(encoding="utf-8"))
LENGTHS = {"en": range(120, 351), "zh": range(250, 601)}
"""Words of an English article, characters of a Chinese one."""
UNTITLED = {".csv", ".srt"}


def name_of(article: Path) -> str:
    """The article's name in the questions."""
    return article.relative_to(SAMPLES).as_posix()


@pytest.mark.parametrize("article", ARTICLES, ids=name_of)
def test_an_article_is_titled_and_short_and_in_the_language_of_its_folder(article: Path) -> None:
    """Someone who filters by language finds what the filter promises; tables name each cell's column anew."""
    parsed = parse(article.name, article.read_bytes())
    text = parsed.text
    language = name_of(article)[:2]
    told = article.read_text(encoding="utf-8") if article.suffix == ".csv" else text
    length = len(told.split()) if language == "en" else len("".join(told.split()))
    assert length in LENGTHS[language]
    assert parsed.title or article.suffix in UNTITLED
    assert detect_language(text, expected=("en", "zh")).language == language


def test_every_topic_stands_in_both_languages() -> None:
    """A search across languages has something to find on each topic."""
    folders = Counter(name_of(article).rsplit("/", 1)[0] for article in ARTICLES)
    assert set(folders) == {f"{language}/{topic}" for language in LENGTHS for topic in ASKED["topics"]}
    assert min(folders.values()) >= 7


def test_every_article_is_asked_about_and_every_question_has_its_article() -> None:
    """No suggested question leads nowhere."""
    assert {one["article"] for one in ASKED["questions"]} == {name_of(article) for article in ARTICLES}


def test_questions_say_truly_whether_they_cross_languages() -> None:
    """The page offers questions of its own language, and marks those whose answer is in the other."""
    for one in ASKED["questions"]:
        chinese = any("\u4e00" <= sign <= "\u9fff" for sign in one["question"])
        assert one["language"] == ("zh" if chinese else "en"), one
        assert one["across"] == (one["article"][:2] != one["language"]), one
    texts = [one["question"] for one in ASKED["questions"]]
    assert len(set(texts)) == len(texts)
