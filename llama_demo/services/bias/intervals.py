"""Means with Student's t intervals (Student 1908) and p-values adjusted by Holm (1979).

The pairs made of one template resemble each other, so the templates are the sample: with n of them, the mean
of their differences has the interval ``mean ± t(n - 1, 0.975) * s / √n``. It covers as it says for those
that are about normally distributed over the templates, however few there are, where a percentile bootstrap is
too narrow. Each row is tested against zero, so the p-values of all rows are adjusted together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import mpmath
import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
MIN_TEMPLATES = 3
"""Templates below which no interval is given."""


@dataclass(frozen=True)
class Interval:
    """A mean over templates.

    Attributes:
        low, high: ends of its interval; ``None`` where there are too few templates, or none differ.
        p_value: of the two-sided test against zero, adjusted for all means that were computed together.
    """

    mean: float
    low: float | None = None
    high: float | None = None
    p_value: float | None = None


def mean_intervals(differences: NDArray[np.float64]) -> list[Interval]:
    """The mean over the templates for each attribute.

    Args:
        differences: (templates, attributes).
    """
    count = len(differences)
    means = differences.mean(axis=0).tolist()
    if count < MIN_TEMPLATES:
        return [Interval(mean) for mean in means]
    errors = (differences.std(axis=0, ddof=1) / math.sqrt(count)).tolist()
    tested = [place for place, error in enumerate(errors) if error > 1e-12]
    adjusted = holm([two_sided_p(means[place] / errors[place], count - 1) for place in tested])
    p_values = dict(zip(tested, adjusted, strict=True))
    reach = t_quantile(count - 1)
    return [
        Interval(mean, mean - reach * error, mean + reach * error, p_values[place])
        if place in p_values
        else Interval(mean)
        for place, (mean, error) in enumerate(zip(means, errors, strict=True))
    ]


def centred(differences: NDArray[np.float64]) -> list[Interval]:
    """For each attribute the deviation from the mean of all: the share of the group words alone cancels."""
    return mean_intervals(differences - differences.mean(axis=1, keepdims=True))


def grand_mean(differences: NDArray[np.float64]) -> Interval:
    """The mean over templates and attributes."""
    return mean_intervals(differences.mean(axis=1, keepdims=True))[0]


def by_template(values: Sequence[tuple[int, str, float]], attributes: Sequence[str]) -> NDArray[np.float64]:
    """Values (template, attribute, value) as a matrix (templates, attributes)."""
    places = {attribute: place for place, attribute in enumerate(attributes)}
    rows = max(template for template, _, _ in values) + 1
    found = np.zeros((rows, len(attributes)))
    for template, attribute, value in values:
        found[template, places[attribute]] = value
    return found


def two_sided_p(statistic: float, freedom: int) -> float:
    """Probability that Student's t with so many degrees of freedom is at least so far from zero."""
    within = freedom / (freedom + statistic**2)
    return float(mpmath.fp.betainc(freedom / 2, 0.5, 0, within, regularized=True))


@cache
def t_quantile(freedom: int) -> float:
    """What the absolute value of Student's t exceeds with probability ``1 - LEVEL``; from two degrees on."""
    low, high = 1.9, 4.4  # at infinitely many degrees of freedom it is 1.96, at two 4.30
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if two_sided_p(middle, freedom) > 1 - LEVEL else (low, middle)
    return high


def holm(p_values: Sequence[float]) -> list[float]:
    """P-values adjusted for each other, so that a false one below 0.05 comes up in one of 20 probes at most.

    The smallest of n is multiplied by n, the next by n - 1, and so on; none falls below the one before.
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted
