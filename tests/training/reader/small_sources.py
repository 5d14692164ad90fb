"""The sources of the reader's training, tiny."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

from llama_demo.training.embedder.data import EVERYDAY, TECHNICAL
from llama_demo.training.reader.corpus import Corpus, Passage, Question

NAMES = ("Anna", "Boris", "Carla", "David", "Elena", "Felix", "Greta", "Henry")
PLACES = ("Paris", "London", "Rome", "Berlin", "Madrid", "Vienna", "Oslo", "Prague")
NAMES_ZH = ("小明", "小红", "小华", "小李", "小王", "小张", "小陈", "小赵")
REST_ZH = "那里的天气常常很好，大家都喜欢。他有三个朋友，都是老师。"
PLACES_ZH = ("北京", "上海", "广州", "杭州", "南京", "成都", "西安", "天津")


def question(text: str, passage: str, answer: str, article: str = "") -> Question:
    start = passage.index(answer)
    return Question(text, Passage(passage, article or passage), ((start, start + len(answer)),))


def corpus_of(size: int = 8) -> Corpus:
    english = [
        question(
            f"Where does {a} live?",
            f"{a} lives in {b}. The weather there is often very good. {c} was born in the year 1950.",
            b,
        )
        for a, b, c in zip(NAMES[:size], PLACES, NAMES[::-1], strict=False)
    ]
    chinese = [
        question(
            f"{a}住在哪里？",
            f"{a}住在{b}。{REST_ZH}",
            b,
            "城市",
        )
        for a, b in zip(NAMES_ZH[:size], PLACES_ZH, strict=False)
    ]
    questions = {"drcd": chinese, "cmrc": chinese, "qamr": english, "fairytales": english}
    texts = {"en": [each.passage for each in english] * 8, "zh": [each.passage for each in chinese] * 8}
    pairs = list(zip(NAMES_ZH, NAMES, strict=True)) + list(zip(PLACES_ZH, PLACES, strict=True))
    return Corpus(questions, texts, pairs)


TEXTS = [
    text
    for asked in corpus_of().questions.values()
    for each in asked
    for text in (each.text, each.passage.text)
]


def write_data(data: Path) -> None:
    """The sources' files, tiny."""
    corpus = corpus_of()

    def squad(questions: list[Question]) -> dict[str, Any]:
        return {
            "data": [
                {
                    "id": str(i),
                    "paragraphs": [
                        {
                            "context": each.passage.text,
                            "qas": [
                                {
                                    "question": each.text,
                                    "answers": [{"text": each.answers[0], "answer_start": each.spans[0][0]}],
                                }
                            ],
                        }
                    ],
                }
                for i, each in enumerate(questions)
            ]
        }

    english, chinese = corpus.questions["qamr"], corpus.questions["drcd"]
    files: dict[str, list[Any]] = {
        "qa/DRCD_dev_simp.json": [squad(chinese)],
        "qa/cmrc2018_dev.json": [squad(chinese)],
        "qa/qamr_dev.jsonl": [
            {"context": q.passage.text, "question": q.text, "answer": q.answers[0]} for q in english
        ],
        "qa/fairytaleqa.jsonl": [
            {
                "split": "train",
                "story": q.text,
                "context": q.passage.text,
                "question": q.text,
                "answers": list(q.answers),
            }
            for q in english
        ],
        "stories/tinystories.train.jsonl": [{"text": q.passage.text} for q in english],
        "stories/fairytales.jsonl": [
            {"title": q.text, "split": "train", "text": q.passage.text} for q in english
        ],
        "stories/tiny-chinese-stories.train.jsonl": [{"text": q.passage.text} for q in chinese],
    }
    for name, records in files.items():
        write_lines(data / f"{name}.xz", [json.dumps(record, ensure_ascii=False) for record in records])
    rows = [f"{one}\t{other}" for other, one in corpus.pairs]
    for name in (*EVERYDAY, *TECHNICAL):
        write_lines(data / "parallel" / f"{name}.en-zh.train.tsv.xz", rows)
    words = [f"{word}\t{word}\tpin1\t{gloss}/more" for word, gloss in corpus.pairs]
    write_lines(data / "parallel" / "cedict.zh-en.tsv.xz", words)


def write_lines(path: Path, lines: list[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
