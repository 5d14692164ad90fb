"""Fits how far answers can be trusted: ``python -m bench.fit_confidence --data DIR [--reader FOLDER]``.

On the questions that are kept back from training (``read_calibration``), never on a hold-out. For a text and
for the library each, two logistic regressions over what :func:`llama_demo.tasks.extract.features` tells:
whether the first answer is right, and whether the passages hold an answer at all,

    minimise  sum w (ln(1 + exp(f . v)) - y f . v) + ridge / 2 |v|^2

by Newton's method; how much it counts how well a passage was found, by the F1 of what then comes first; and
from which log-odds on an answer is given, such that :data:`ANSWERED` of the answerable questions get one.
Sources weigh the same. Writes ``confidence.json`` into the reader's folder.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.cases import MODELS, Case, Shelf, in_library, in_texts, shelved, some
from llama_demo.services.answering.extractive import to_read
from llama_demo.tasks.confidence import CONFIDENCE_FILE, TERMS, Scale
from llama_demo.tasks.extract import Extract, RetrievedPassage, Way, features, ranked, spans
from llama_demo.tasks.read import Reader, load_reader
from llama_demo.training.reader.corpus import Question, read_calibration, read_questions

ANSWERED: Mapping[Way, float] = {"text": 0.88, "library": 0.915}
"""Share of the questions with an answer that get one. Of a pasted text it is plain to see that it has no
answer, so a wrong one is the worse mistake; in a library a refusal hides the passages that were found."""
WEIGHTS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Of how well a passage was found, that are tried."""
UNANSWERABLE = 0.2
"""Share of questions whose answer is not there, among those that confidence is fitted on."""
LIBRARY = 1_000
"""Passages of each source in the library, those of the questions among them."""
LONG_TEXTS = 3
"""One question in so many is asked about a long text too."""
RIDGE = 1e-2
RETRIEVAL, WINDOWS = 3, 4
"""Places among the features."""


@dataclass(frozen=True)
class Outcome:
    """A case, its passages as they were read, and the best span of each.

    Attributes:
        weight: in the sums; the sources weigh the same.
    """

    case: Case
    passages: Sequence[RetrievedPassage]
    found: Sequence[Extract]
    windows: int
    weight: float


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--reader", type=Path, default=MODELS / "reader")
    parser.add_argument("--most", type=int, default=150, help="questions of each source")
    chosen = parser.parse_args()
    reader = load_reader(chosen.reader, device="cpu")
    kept_back = {name: some(asked, chosen.most) for name, asked in read_calibration(chosen.data).items()}
    trained_on = read_questions(chosen.data)
    scales = {}
    ways: tuple[Way, ...] = ("text", "library")
    for way in ways:
        outcomes = list(read_all(reader, kept_back, trained_on, way, chosen.reader))
        scales[way] = fitted(outcomes, way)
        print(way, scales[way], flush=True)
    told = {
        way: {name: _rounded(value) for name, value in asdict(each).items()} for way, each in scales.items()
    }
    (chosen.reader / CONFIDENCE_FILE).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def read_all(
    reader: Reader,
    kept_back: Mapping[str, Sequence[Question]],
    trained_on: Mapping[str, Sequence[Question]],
    way: Way,
    folder: Path,
) -> Iterator[Outcome]:
    """Every case of every source, read."""
    for name, asked in kept_back.items():
        with shelved(folder) as shelf:
            if way == "text":
                cases = [*in_texts(shelf, asked), *in_long_texts(shelf, asked[::LONG_TEXTS])]
            else:
                others = some(trained_on[name], LIBRARY)
                shelf.shelve([each.passage for each in (*asked, *others)][:LIBRARY])
                cases = list(in_library(shelf, asked))
        print(f"{way}, {name}: {len(cases)} cases", flush=True)
        for case in cases:
            passages = to_read(case.passages, way)
            found, windows = spans(reader, case.question, passages)
            if found:
                yield Outcome(case, passages, found, windows, 1.0 / len(cases))


def in_long_texts(shelf: Shelf, asked: Sequence[Question]) -> Iterator[Case]:
    """Each question on its own passage among two to eight others, and on those without it."""
    dice = random.Random(5)
    for each in asked:
        others = [other.passage for other in dice.sample(asked, k=min(len(asked), dice.randint(2, 8)))]
        foreign = [other for other in others if not any(answer in other.text for answer in each.answers)]
        if not foreign:
            continue
        # As many with the answer as without it, or the amount that was read would give it away.
        mixed = dice.sample([each.passage, *foreign[1:]], k=len(foreign))
        for passages, holds in ((mixed, True), (foreign, False)):
            text = "\n\n".join(passage.text for passage in passages)
            read = shelf.from_text(each.text, text)
            yield Case(each.text, each.answers, read, "own" if holds else "foreign", holds)


def best_weight(outcomes: Sequence[Outcome]) -> float:
    """How much retrieval counts so that the answers that come first are nearest to people's."""
    means = {weight: np.mean([_f1(one, weight) for one in outcomes if one.case.holds]) for weight in WEIGHTS}
    print({weight: round(float(mean), 4) for weight, mean in means.items()})
    return max(WEIGHTS, key=lambda weight: means[weight])


def _f1(one: Outcome, weight: float) -> float:
    return one.case.scores(ranked(one.found, one.passages, weight)[0].text)[1]


def fitted(outcomes: Sequence[Outcome], way: Way) -> Scale:
    """The numbers for one way.

    A text is not searched, and of a library about as much is read every time: what does not vary gets no
    weight.
    """
    found = best_weight(outcomes) if way == "library" else 0.0
    best = [ranked(one.found, one.passages, found) for one in outcomes]
    rows = np.array(
        [features(answers, one.passages, one.windows) for answers, one in zip(best, outcomes, strict=True)]
    )
    rows[:, WINDOWS if way == "library" else RETRIEVAL] = 0.0
    holds = np.array([one.case.holds for one in outcomes])
    right = np.array([one.case.right(answers[0].text) for answers, one in zip(best, outcomes, strict=True)])
    weights = np.array([one.weight for one in outcomes])
    mixed = weights * np.where(
        holds, (1 - UNANSWERABLE) / weights[holds].sum(), UNANSWERABLE / weights[~holds].sum()
    )
    even = weights * np.where(holds, 0.5 / weights[holds].sum(), 0.5 / weights[~holds].sum())
    of_right = logistic(rows, right, mixed * len(rows))
    of_holds = logistic(rows, holds, even * len(rows))
    odds = (rows @ of_holds)[holds]
    order = np.argsort(odds)
    shares = np.cumsum(weights[holds][order]) / weights[holds].sum()
    least = float(odds[order][int(np.searchsorted(shares, 1 - ANSWERED[way]))])
    return Scale(found, tuple(of_right.tolist()), tuple(of_holds.tolist()), least)


def logistic(
    rows: NDArray[np.float64], labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights (:data:`TERMS`) of a logistic regression with a small ridge, by Newton's method."""
    values = np.zeros(TERMS)
    for _ in range(30):
        shares = 1 / (1 + np.exp(-np.clip(rows @ values, -30, 30)))
        slope = rows.T @ (weights * (shares - labels)) + RIDGE * values
        bend = (rows * (weights * shares * (1 - shares))[:, None]).T @ rows + RIDGE * np.eye(TERMS)
        values = values - np.linalg.solve(bend, slope)
    return values


def _rounded(value: float | tuple[float, ...]) -> object:
    return [round(float(each), 4) for each in value] if isinstance(value, tuple) else round(value, 4)


if __name__ == "__main__":
    main()
