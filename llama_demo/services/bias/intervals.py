"""Means with bootstrap confidence intervals (Efron 1979).

The sentences of one template resemble each other, so whole templates are drawn with replacement: a cluster
bootstrap. The interval holds the middle 95% of the means of 2,000 draws (percentile method).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000
LEVEL = 0.95
FEWEST = 3
"""Templates below which no interval is given."""


@dataclass(frozen=True)
class Interval:
    """A mean with the ends of its interval, which are ``None`` where there are too few templates."""

    mean: float
    low: float | None = None
    high: float | None = None


def means(differences: NDArray[np.float64], *, seed: int = 0) -> list[Interval]:
    """The mean over the templates for each attribute.

    Args:
        differences: (templates, attributes).
    """
    count = len(differences)
    found = differences.mean(axis=0)
    if count < FEWEST:
        return [Interval(float(one)) for one in found]
    drawn = np.random.default_rng(seed).integers(count, size=(DRAWS, count))
    resampled = differences[drawn].mean(axis=1)  # (draws, attributes)
    tail = 100 * (1 - LEVEL) / 2
    low, high = np.percentile(resampled, (tail, 100 - tail), axis=0)
    return [Interval(float(m), float(a), float(b)) for m, a, b in zip(found, low, high, strict=True)]


def beside_the_mean(differences: NDArray[np.float64]) -> list[Interval]:
    """For each attribute how far it lies from the mean of all: the share of the group words alone cancels."""
    return means(differences - differences.mean(axis=1, keepdims=True))


def overall(differences: NDArray[np.float64]) -> Interval:
    """The mean over templates and attributes."""
    return means(differences.mean(axis=1, keepdims=True))[0]


def matrix(values: Sequence[tuple[int, str, float]], attributes: Sequence[str]) -> NDArray[np.float64]:
    """Values by template and attribute (templates, attributes)."""
    places = {attribute: place for place, attribute in enumerate(attributes)}
    rows = max(template for template, _, _ in values) + 1
    found = np.zeros((rows, len(attributes)))
    for template, attribute, value in values:
        found[template, places[attribute]] = value
    return found
