"""Measuring a shipped reader: ``python -m llama_demo.training evaluate reader --data DIR``."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

from llama_demo.tasks.extract import Extraction, RetrievedPassage, extract
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.training.corpus import spread
from llama_demo.training.reader.answer_scores import best_scores
from llama_demo.training.reader.corpus import Question, read_held_out
from llama_demo.training.reader.data import without_answer

# So that it takes minutes: one question in so many.
EVERY = {"DRCD_test": 7, "cmrc_trial": 2, "qamr_test": 16, "fairytales_test": 2}
TRIALS = 100


def evaluate_reader(folder: Path, data: Path, *, report: Callable[[str], None] = print) -> dict[str, float]:
    """The figures and samples of the model card, from the weights in ``folder``.

    Args:
        data: folder with the sources of ``docs/training.md``; its held-out parts are read.

    Returns:
        In percent: F1 and exact match of the likeliest span of each held-out part; questions that are
        answered there rather than refused; refusals where the passage is foreign, and where it is hard.
    """
    reader = load_reader(folder, device="cpu", dtype="float32")
    figures: dict[str, float] = {}
    for name, questions in read_held_out(data).items():
        asked = questions[:: EVERY.get(name, 1)]
        found = score(reader, asked)
        for kind, passages in (("foreign", foreign_passages(asked)), ("hard", hard_passages(asked))):
            if passages:
                found[f"refused, {kind} passage"] = refused(reader, passages)
        for measure, value in found.items():
            figures[f"{name}, {measure}"] = 100 * value
            report(f"{name}, {measure}: {100 * value:.1f}")
        report(f"{name}, questions: {len(asked)}")
        for row in samples(reader, asked):
            report(" | ".join(row))
    return figures


def answer(reader: Reader, question: str, passage: str) -> Extraction:
    """What the app marks in a text of this passage; it refuses by the confidence in the reader's folder."""
    return extract(reader, question, [RetrievedPassage(passage)], way="text")


def first_text(found: Extraction) -> str:
    """The answer that comes first, whether or not it would rather be refused."""
    return found.answers[0].text if found.answers else ""


def samples(reader: Reader, questions: Sequence[Question], count: int = 5) -> list[tuple[str, str, str]]:
    """What the card prints, nothing chosen: questions at like distances, what a person and the model marked.

    What it would rather refuse stands in brackets.
    """
    rows = []
    for asked in spread(questions, 2 * count)[1::2]:
        found = answer(reader, asked.text, asked.passage.text)
        marked = first_text(found)
        rows.append((asked.text, asked.answers[0], marked if found.answerable else f"[{marked}]"))
    return rows


def score(reader: Reader, questions: Sequence[Question]) -> dict[str, float]:
    """Mean exact match and F1 of the likeliest span, and the share of questions that are answered at all."""
    exact, near, answered = 0.0, 0.0, 0
    for asked in questions:
        found = answer(reader, asked.text, asked.passage.text)
        one, other = best_scores(first_text(found), asked.answers)
        exact, near = exact + one, near + other
        answered += found.answerable
    sums = {"F1": near, "exact match": exact, "answered": float(answered)}
    return {name: value / len(questions) for name, value in sums.items()}


def refused(reader: Reader, unanswerable: Sequence[tuple[str, str]]) -> float:
    """Of questions whose passage does not answer them, the share to which the model says so."""
    outcomes = [not answer(reader, question, passage).answerable for question, passage in unanswerable]
    return sum(outcomes) / len(outcomes)


def foreign_passages(questions: Sequence[Question], most: int = TRIALS) -> list[tuple[str, str]]:
    """Questions, each with a passage of another article."""
    dice = random.Random(11)
    asked = dice.sample(questions, k=min(most, len(questions)))
    others = []
    for each in asked:
        unlike = [other for other in dice.sample(questions, k=20) if _unlike(other, each)]
        others.append(dice.choice(unlike))
    return [(one.text, other.passage.text) for one, other in zip(asked, others, strict=True)]


def _unlike(other: Question, asked: Question) -> bool:
    return other.passage.article != asked.passage.article and not any(
        answer in other.passage.text for answer in asked.answers
    )


def hard_passages(questions: Sequence[Question], most: int = TRIALS) -> list[tuple[str, str]]:
    """Questions with another paragraph of the same article, or their own without the answer's sentence."""
    dice = random.Random(12)
    articles: dict[str, set[str]] = {}
    for each in questions:
        articles.setdefault(each.passage.article, set()).add(each.passage.text)
    found = []
    for asked in dice.sample(questions, k=len(questions)):
        relatives = sorted(
            text
            for text in articles[asked.passage.article] - {asked.passage.text}
            if not any(answer in text for answer in asked.answers)
        )
        cut = without_answer(asked)
        if relatives and (cut is None or dice.random() < 0.5):
            found.append((asked.text, dice.choice(relatives)))
        elif cut is not None:
            found.append((asked.text, cut.text))
        if len(found) == most:
            break
    return found
