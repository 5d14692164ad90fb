"""Requests that the generator cannot meet, and what it says to them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from llama_demo.training.corpus import read_json, read_records, read_rows

ENGLISH = "I can only write short stories and Chinese poems. Please ask me for a story or a poem."
CHINESE = "我只会写小故事和古诗。请让我讲一个故事，或者写一首诗。"

_TASKS = (
    "What is {a} plus {b}?",
    "Calculate {a} times {b}.",
    "{a}加{b}等于几？",
    "{a}乘以{b}是多少？",
    "Write a program that counts to {a}.",
    "写一个从{a}数到{b}的程序。",
    "Give me {a} tips for learning to cook.",
    "给我{a}条学习做饭的建议。",
)
_TRANSLATE = (
    "Translate into Chinese: {text}",
    "Translate this: {text}",
    "How do you say this in Chinese? {text}",
)
_TRANSLATE_CHINESE = ("把这句话翻译成英文：{text}", "翻译：{text}", "这句话是什么意思？{text}")
_SUMMARISE = ("Summarize this: {text}", "Rewrite this sentence: {text}", "Explain: {text}")


def read_declines(data: Path, dice: random.Random) -> Iterator[tuple[str, str]]:
    """Pairs of a request and the answer that declines it, in the asker's language."""
    for question in _english_questions(data):
        yield question, ENGLISH
    for question in _chinese_questions(data):
        yield question, CHINESE
    for english, chinese in _pairs(data):
        yield dice.choice(_TRANSLATE + _SUMMARISE).format(text=english), ENGLISH
        yield dice.choice(_TRANSLATE_CHINESE).format(text=chinese), CHINESE
    for row in read_rows(data / "parallel" / "xsid.en-zh.train.tsv.xz"):
        yield row[0], ENGLISH
        yield row[1], CHINESE
    for _ in range(1500):
        task = dice.choice(_TASKS).format(a=dice.randrange(2, 100), b=dice.randrange(2, 100))
        yield task, ENGLISH if task.isascii() else CHINESE


def _english_questions(data: Path) -> Iterator[str]:
    for record in read_records(data / "qa" / "qamr_dev.jsonl.xz"):
        yield record["question"]


def _chinese_questions(data: Path) -> Iterator[str]:
    for name in ("cmrc2018_dev", "DRCD_dev_simp"):
        for article in read_json(data / "qa" / f"{name}.json.xz")["data"]:
            for paragraph in article["paragraphs"]:
                yield from (answer["question"] for answer in paragraph["qas"])


def _pairs(data: Path) -> Iterator[tuple[str, str]]:
    for index, row in enumerate(read_rows(data / "parallel" / "tatoeba.en-zh.train.tsv.xz")):
        if index % 10 == 0:
            yield row[0], row[1]
