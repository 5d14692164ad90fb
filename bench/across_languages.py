"""Answers from a text in the other language: ``python -m bench.across_languages [--reader FOLDER]``.

A hundred questions of our own on the bundled articles (``bench/across_languages.jsonl``), half of them in
Chinese on English articles and half the other way round; nothing is trained on them. The reader is given the
whole article, and its answer stays in the article's language. Prints, in percent, F1 and exact match of the
likeliest span, and how many questions are answered rather than refused.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from llama_demo.documents.worker import parse
from llama_demo.services.library.samples import SAMPLES
from llama_demo.settings import ASSETS
from llama_demo.tasks.read import load_reader
from llama_demo.training.reader.corpus import Passage, Question
from llama_demo.training.reader.evaluation import score

WAYS = {"en": "Chinese question, English article", "zh": "English question, Chinese article"}


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", type=Path, default=ASSETS / "models" / "reader")
    chosen = parser.parse_args()
    reader = load_reader(chosen.reader, device="cpu")
    print("| | questions | F1 | exact match | answered |\n|---|---|---|---|---|")
    for language, way in WAYS.items():
        questions = [one for one in read_questions() if one.passage.article.startswith(f"{language}/")]
        found = score(reader, questions)
        shown = " | ".join(f"{100 * found[name]:.1f}" for name in ("F1", "exact match", "answered"))
        print(f"| {way} | {len(questions)} | {shown} |", flush=True)


def read_questions() -> list[Question]:
    """The questions, each with its article and every answer that a person accepts.

    Raises:
        ValueError: an answer does not stand in its article.
    """
    lines = Path(__file__).with_suffix(".jsonl").read_text(encoding="utf-8").splitlines()
    found = []
    for row in map(json.loads, lines):
        path = SAMPLES / row["article"]
        text = parse(path.name, path.read_bytes()).text
        spans = tuple((start := text.index(answer), start + len(answer)) for answer in row["answers"])
        found.append(Question(row["question"], Passage(text, row["article"]), spans))
    return found


if __name__ == "__main__":
    main()
