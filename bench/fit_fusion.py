"""Fits how meaning and words are weighed: ``python -m bench.fit_fusion --data DIR [--deep FOLDER]``.

For each question the candidates' sums become shares by softmax, and the weights are those under which the
right passages have the largest shares:

    minimise  -log sum softmax(features @ weights)[right],  weights >= 0

First the weights of whole passages within a language, on the training parts. The models were trained on
these questions too, so their cosines are better here than they will ever be again. Noise is added to them
until the quick model alone finds six passages of ten, and the deep one seven or eight, as such models do with
questions that they have not seen; the weights hardly depend on whether it is five or seven. Then what
sentences and another language add, on half of the questions on the bundled samples, which no model was
trained on: articles of both languages in one collection, a third of the questions in the other one. Nothing
is fitted on a hold-out or on the other half. All of that twice, without the deep model and with it. Writes
``assets/search/fusion.json``; without a deep model, its weights there stay as they are.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.passages import DEEP, EMBEDDER, Task, optional_encoder, samples, searched, to_fit_on
from llama_demo.tasks.embed import SentenceEncoder, load_sentence_encoder
from llama_demo.tasks.search import FUSION, Fusion, features

STEPS, RATE = 300, 0.04
MOST = 700
"""Questions of each set."""
UNSEEN, UNSEEN_DEEP = 0.6, 0.75
"""Shares of unseen questions for which the quick and the deep model alone rank the right passage first."""

MEANING, DEEP_MEANING = 0, 6
"""Places of the two models among the features."""

WHOLE, FINER = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0]), np.array([0, 0, 0, 1, 1, 1, 0, 0, 0])
WHOLE_DEEP, FINER_DEEP = WHOLE + np.eye(9, dtype=int)[6], FINER + np.eye(9, dtype=int)[7:].sum(axis=0)
"""Which weights are fitted first, and which then."""

LEAST = 0.01
"""Weight of a sentence at least, so that it tells passages apart that are alike otherwise."""

Question = tuple[NDArray[np.float64], list[int]]
"""Features (candidates, 9) and the rows of the right ones."""


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=EMBEDDER)
    parser.add_argument("--deep", default=str(DEEP))
    chosen = parser.parse_args()
    encoder, deep = load_sentence_encoder(chosen.model, device="cpu"), optional_encoder(chosen.deep)
    within: list[Question] = []
    for task in to_fit_on(chosen.data, encoder):
        questions = as_unseen(asked(task.sampled(MOST), encoder, deep), MEANING, UNSEEN)
        within += as_unseen(questions, DEEP_MEANING, UNSEEN_DEEP) if deep else questions
    mixed = asked(samples(encoder)["to fit on"], encoder, deep)
    weights = json.loads(FUSION.read_text(encoding="utf-8"))
    weights["quick"] = rounded(fusion(within, mixed, WHOLE, FINER))
    if deep:
        weights["deep"] = rounded(fusion(within, mixed, WHOLE_DEEP, FINER_DEEP))
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(each)}" for name, each in weights.items())
    print(lines)
    FUSION.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def fusion(
    within: list[Question], mixed: list[Question], whole: NDArray[np.int_], finer: NDArray[np.int_]
) -> Fusion:
    """The weights: the ``whole`` ones by questions within a language, then the ``finer`` ones by mixed."""
    weights = fitted(within, np.where(whole, 0.5, 0.0), whole)
    weights = fitted(mixed, weights + 0.5 * finer, finer)
    meaning, words, share, across, sentence, sentence_across, deep, deep_across, foreign = weights.tolist()
    return Fusion(
        meaning=meaning,
        words=words,
        share=share,
        across=across,
        sentence=max(sentence, LEAST),
        sentence_across=sentence_across,
        centre=_centre(mixed, weights),
        deep=deep,
        deep_across=deep_across,
        foreign=foreign,
    )


def rounded(weights: Fusion) -> dict[str, float]:
    """As the file has them."""
    return {name: round(value, 3) for name, value in asdict(weights).items()}


def asked(task: Task, encoder: SentenceEncoder, deep: SentenceEncoder | None) -> list[Question]:
    """The questions whose right passages are among the candidates."""
    with searched(task, encoder, deep) as each:
        found = [
            (
                features(one.candidates, mean=one.mean, deviation=one.deviation, deep=one.deep),
                list(one.right),
            )
            for one in each
            if one.right
        ]
    print(f"{task.name}: {len(found)} of {len(task.questions)} questions have a right candidate", flush=True)
    return found


def as_unseen(questions: list[Question], column: int, unseen: float) -> list[Question]:
    """The questions with so much noise on a column that it alone is right in no more than this share."""
    dice = np.random.default_rng(column)
    noises = [dice.standard_normal(len(rows)) for rows, _ in questions]
    low, high = 0.0, 8.0
    for _ in range(16):
        noise = (low + high) / 2
        hits = [
            int(np.argmax(rows[:, column] + noise * each)) in right
            for (rows, right), each in zip(questions, noises, strict=True)
        ]
        low, high = (noise, high) if np.mean(hits) > unseen else (low, noise)
    return [
        (rows + np.outer(low * each, np.eye(9)[column]), right)
        for (rows, right), each in zip(questions, noises, strict=True)
    ]


def fitted(
    questions: list[Question], weights: NDArray[np.float64], free: NDArray[np.int_]
) -> NDArray[np.float64]:
    """The weights (9), by Adam (Kingma and Ba, 2015); only those that are ``free`` change."""
    first, second = np.zeros(9), np.zeros(9)
    for step in range(1, STEPS + 1):
        slope = np.mean([_slope(rows, right, weights) for rows, right in questions], axis=0)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        rate = RATE * min(1.0, 2 * (1 - step / STEPS) + 0.05)
        weights = weights - free * rate * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
        weights = np.maximum(weights, 0.0)
    return weights


def _slope(rows: NDArray[np.float64], right: list[int], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = rows @ weights
    shares = np.exp(sums - sums.max())
    of_right = shares[right] / shares[right].sum()
    slope: NDArray[np.float64] = shares @ rows / shares.sum() - of_right @ rows[right]
    return slope


def _centre(questions: list[Question], weights: NDArray[np.float64]) -> float:
    """Half way between the right passages and the best of the wrong ones, each in the middle of its kind."""
    sums = [(rows @ weights, right) for rows, right in questions]
    best = [float(each[right].max()) for each, right in sums]
    wrong = [float(np.delete(each, right).max()) for each, right in sums if len(each) > len(right)]
    return (float(np.median(best)) + float(np.median(wrong))) / 2


if __name__ == "__main__":
    main()
