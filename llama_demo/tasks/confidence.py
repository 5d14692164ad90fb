"""How far an answer of a reader can be trusted: numbers fitted for one reader, kept in its folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from llama_demo.errors import CheckpointError
from llama_demo.model_file import read_json

CONFIDENCE_FILE = "confidence.json"
"""A file of this project; a checkpoint without it uses :data:`UNFITTED`."""

TERMS = 5
"""Length of the vector that :func:`llama_demo.tasks.extract.features` returns."""


@dataclass(frozen=True)
class Scale:
    """Turns the scores of an answer into confidence; fitted on questions that the reader was not trained on.

    Attributes:
        found: weight of a passage's retrieval beside the reader's margin.
        right: weights (5) of the log-odds that the answer is right.
        holds: weights (5) of the log-odds that the passages hold an answer.
        least: log-odds of ``holds`` from which on an answer is given.
    """

    found: float
    right: tuple[float, ...]
    holds: tuple[float, ...]
    least: float = 0.0

    def right_at(self, features: NDArray[np.float64]) -> float:
        """Probability that an answer with these features (5) is right."""
        return float(1 / (1 + np.exp(-np.clip(features @ np.array(self.right), -30, 30))))

    def holds_at(self, features: NDArray[np.float64]) -> bool:
        """Whether the passages are taken to hold an answer."""
        return bool(features @ np.array(self.holds) >= self.least)


_PLAIN = Scale(found=1.0, right=(0.0, 0.5, 0.0, 0.0, 0.0), holds=(0.0, 1.0, 0.0, 0.0, 0.0))
UNFITTED: Mapping[str, Scale] = MappingProxyType({"text": _PLAIN, "library": _PLAIN})
"""For a reader without fitted numbers: an answer counts if it is stronger than "no answer"."""


def read_scales(folder: Path) -> Mapping[str, Scale]:
    """The numbers of a reader's folder, for each way in which passages come.

    Raises:
        CheckpointError: the file is broken.
    """
    path = folder / CONFIDENCE_FILE
    if not path.exists():
        return UNFITTED
    kept = read_json(path)
    try:
        return {way: _scale(kept[way]) for way in UNFITTED}
    except (KeyError, TypeError, ValueError) as exc:
        raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc


def _scale(kept: Mapping[str, object]) -> Scale:
    right, holds = (tuple(map(float, kept[name])) for name in ("right", "holds"))  # type: ignore[call-overload]
    if len(right) != TERMS or len(holds) != TERMS:
        raise ValueError(f"{TERMS} weights are needed")
    return Scale(float(kept["found"]), right, holds, float(kept["least"]))  # type: ignore[arg-type]
