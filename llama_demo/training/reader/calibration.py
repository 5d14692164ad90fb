"""How strongly "no answer" has to speak before a reader says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from llama_demo.tasks.read import load_reader, read
from llama_demo.training.reader.corpus import Question

# Of questions that their passage answers, so many shall be answered.
ANSWERED = 0.915
# Questions of each source, at most.
_MOST = 100


def no_answer_bias(folder: Path, kept_back: Mapping[str, Sequence[Question]]) -> float:
    """What to add to the score of "no answer" so that :data:`ANSWERED` of the questions are answered.

    Args:
        folder: a reader whose own bias is 0.
        kept_back: questions that were not trained on, by source; each source weighs the same.
    """
    reader = load_reader(folder, device="cpu", dtype="float32")
    margins: list[float] = []
    weights: list[float] = []
    for questions in kept_back.values():
        asked = questions[:: max(1, len(questions) // _MOST)][:_MOST]
        readings = [read(reader, each.text, [each.passage.text], best=1) for each in asked]
        found = [each.answers[0].score - each.nothing_score for each in readings if each.answers]
        margins += found
        weights += [1.0 / max(1, len(found))] * len(found)
    if not margins:
        return 0.0
    order = np.argsort(margins)
    shares = np.cumsum(np.asarray(weights)[order]) / np.sum(weights)
    place = int(np.searchsorted(shares, 1.0 - ANSWERED))
    return round(float(np.asarray(margins)[order][place]), 3)
