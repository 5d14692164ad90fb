"""How good the answers are: ``python -m bench.answers --data DIR [--most N] [--reader FOLDER]``.

On the held-out questions of docs/training.md, through the app's own search and reader, in two ways: with the
passage given as a text, and with all passages in a library. Prints tables in Markdown, in percent:

- exact match and F1 of the answer that comes first, whether or not it would rather be refused;
- "answered": of questions whose answer is there, those that are answered;
- "no answer" on as many questions whose answer is not there: of those that were refused, how many had none
  (precision), and of those that had none, how many were refused (recall);
- how far its confidence can be trusted: of answers that are about so sure, how many are right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from bench.cases import MODELS, Case, Shelf, in_library, in_texts, shelved, some
from llama_demo.services.answering.extractive import to_read
from llama_demo.tasks.extract import Extraction, Way, extract
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.training.reader.corpus import Question, read_held_out

EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 1.0)
"""Of the table of confidence."""


@dataclass(frozen=True)
class Outcome:
    """A case, and what became of it."""

    case: Case
    found: Extraction

    @property
    def text(self) -> str:
        """The answer that comes first."""
        return self.found.answers[0].text if self.found.answers else ""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path, default=MODELS / "reader")
    parser.add_argument("--most", type=int, default=300, help="questions of each set")
    chosen = parser.parse_args()
    reader = load_reader(chosen.reader, device="cpu")
    print("| way, set | questions | exact match | F1 | answered | no answer: precision | recall |")
    print("|---|---|---|---|---|---|---|", flush=True)
    all_of: dict[Way, list[Outcome]] = {"text": [], "library": []}
    for name, questions in read_held_out(chosen.data).items():
        with shelved(chosen.reader) as shelf:
            for way, outcomes in all_of.items():
                measured = outcomes_of(reader, cases(shelf, questions, way, chosen.most), way)
                print(f"| {way}, {name} | {row(measured)} |", flush=True)
                outcomes += measured
    for way, outcomes in all_of.items():
        print(f"\n{way}\n\n{reliability(outcomes)}")


def cases(shelf: Shelf, questions: Sequence[Question], way: Way, most: int) -> Iterable[Case]:
    """The cases of one way."""
    asked = some(questions, most)
    if way == "text":
        return in_texts(shelf, asked)
    shelf.shelve(each.passage for each in questions)
    return in_library(shelf, asked)


def outcomes_of(reader: Reader, cases: Iterable[Case], way: Way) -> list[Outcome]:
    """Every case, read."""
    return [
        Outcome(case, extract(reader, case.question, to_read(case.passages, way), way=way)) for case in cases
    ]


def row(outcomes: Sequence[Outcome]) -> str:
    """The cells of a set."""
    asked = [one for one in outcomes if one.case.kind in ("own", "found")]
    scores = [one.case.scores(one.text) if one.case.holds else (0.0, 0.0) for one in asked]
    there = [one for one in asked if one.case.holds]
    refused = [one for one in outcomes if not one.found.answerable]
    nothing = [one for one in outcomes if not one.case.holds]
    right = sum(not one.case.holds for one in refused)
    shares = [
        sum(exact for exact, _ in scores) / len(asked),
        sum(f1 for _, f1 in scores) / len(asked),
        sum(one.found.answerable for one in there) / max(len(there), 1),
        right / max(len(refused), 1),
        right / max(len(nothing), 1),
    ]
    return " | ".join([f"{len(asked):,}", *(f"{100 * share:.1f}" for share in shares)])


def reliability(outcomes: Sequence[Outcome]) -> str:
    """Answers that were given to questions on their own passages or on all that was found, by confidence."""
    given = [one for one in outcomes if one.found.answerable and one.case.kind in ("own", "found")]
    lines = ["| confidence | answers | mean confidence | right |", "|---|---|---|---|"]
    gap = 0.0
    for low, high in pairwise(EDGES):
        these = [one for one in given if low <= one.found.confidence < high]
        if these:
            sure = sum(one.found.confidence for one in these) / len(these)
            right = sum(one.case.right(one.text) for one in these) / len(these)
            gap += abs(sure - right) * len(these) / len(given)
            label = f"{100 * low:.0f} to {100 * high:.0f}"
            lines.append(f"| {label} | {len(these):,} | {100 * sure:.1f} | {100 * right:.1f} |")
    return "\n".join([*lines, "", f"mean gap between confidence and share of right answers: {100 * gap:.1f}"])


if __name__ == "__main__":
    main()
