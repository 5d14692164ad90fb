"""Fits how meaning and words are weighed: ``python -m bench.fit_fusion --data DIR [--model FOLDER]``.

On the training parts alone, never on a hold-out. For each question the candidates' sums become shares by
softmax, and the weights are those under which the right passages have the largest shares:

    minimise  -log softmax(features @ weights)[right],  weights >= 0

The embedder was trained on these questions too, so its cosines are better here than they will ever be
again. Noise is added to them until meaning alone finds six passages of ten, about what such a model does
with questions that it has not seen; the weights hardly depend on whether it is five or seven. First the
weights within a language, then what another language adds. Writes ``assets/search/fusion.json``.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.passages import searched, to_fit_on
from llama_demo.settings import ASSETS
from llama_demo.tasks.embed import load_sentence_encoder
from llama_demo.tasks.search import Fusion, features

STEPS, RATE = 300, 0.04
MOST = 700
"""Questions of each set."""
ANOTHER = 0.65
"""Share that is taken of what another language adds: those questions have their passage always in the other
language, while people ask for either. With all of it, questions on the samples within a language lose."""
UNSEEN = 0.6
"""Share of unseen questions for which meaning alone ranks the right passage first."""

Question = tuple[NDArray[np.float64], int]
"""Features (candidates, 4) and the row of the right one."""


def main() -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ASSETS / "models" / "embedder")
    chosen = parser.parse_args()
    encoder = load_sentence_encoder(chosen.model, device="cpu")
    within: list[Question] = []
    across: list[Question] = []
    for task in to_fit_on(chosen.data):
        with searched(task.sampled(MOST), encoder) as each:
            mine = [
                (features(found.candidates, mean=found.mean, deviation=found.deviation), found.right)
                for found in each
                if found.right >= 0
            ]
        print(f"{task.name}: {len(mine)} of {MOST} questions have the right passage among the candidates")
        if task.own:
            across += mine
        else:
            within += as_unseen(mine)
    weights = fitted(within, np.array([0.5, 0.5, 0.5, 0.0]), np.array([1, 1, 1, 0]))
    weights = fitted(across, np.array([*weights[:3], 1.0]), np.array([0, 0, 0, 1]))
    meaning, words, share, another = weights.tolist()
    fusion = Fusion(meaning, words, share, ANOTHER * another, _centre(within, weights))
    print(fusion)
    rounded = {name: round(value, 3) for name, value in asdict(fusion).items()}
    (ASSETS / "search" / "fusion.json").write_text(json.dumps(rounded) + "\n", encoding="utf-8")


def as_unseen(questions: list[Question]) -> list[Question]:
    """The questions with so much noise on z that meaning alone is right :data:`UNSEEN` of the time."""
    dice = np.random.default_rng(0)
    noises = [dice.standard_normal(len(rows)) for rows, _ in questions]
    low, high = 0.0, 8.0
    for _ in range(16):
        noise = (low + high) / 2
        hits = [
            np.argmax(rows[:, 0] + noise * each) == right
            for (rows, right), each in zip(questions, noises, strict=True)
        ]
        low, high = (noise, high) if np.mean(hits) > UNSEEN else (low, noise)
    return [
        (rows + np.stack([low * each, *np.zeros((3, len(rows)))], axis=1), right)
        for (rows, right), each in zip(questions, noises, strict=True)
    ]


def fitted(
    questions: list[Question], weights: NDArray[np.float64], free: NDArray[np.int_]
) -> NDArray[np.float64]:
    """The weights (4), by Adam (Kingma and Ba, 2015); only those that are ``free`` change."""
    first, second = np.zeros(4), np.zeros(4)
    for step in range(1, STEPS + 1):
        slope = np.mean([_slope(rows, right, weights) for rows, right in questions], axis=0)
        first, second = 0.9 * first + 0.1 * slope, 0.999 * second + 0.001 * slope**2
        rate = RATE * min(1.0, 2 * (1 - step / STEPS) + 0.05)
        weights = weights - free * rate * (first / (1 - 0.9**step)) / (
            np.sqrt(second / (1 - 0.999**step)) + 1e-8
        )
        weights = np.maximum(weights, 0.0)
    return weights


def _slope(rows: NDArray[np.float64], right: int, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = rows @ weights
    shares = np.exp(sums - sums.max())
    slope: NDArray[np.float64] = shares @ rows / shares.sum() - rows[right]
    return slope


def _centre(questions: list[Question], weights: NDArray[np.float64]) -> float:
    """Half way between the right passages and the best of the wrong ones, each in the middle of its kind."""
    right = [float((rows @ weights)[place]) for rows, place in questions]
    wrong = [float(np.delete(rows @ weights, place).max()) for rows, place in questions if len(rows) > 1]
    return (float(np.median(right)) + float(np.median(wrong))) / 2


if __name__ == "__main__":
    main()
