"""Intervals cover as the page says, at the sizes that the page has."""

from __future__ import annotations

import numpy as np
import pytest

from llama_demo.services.bias.intervals import centred, holm, mean_intervals, t_quantile, two_sided_p

RNG_SEED = 1


@pytest.mark.parametrize("templates", [3, 8])
def test_intervals_cover_as_they_say(templates: int) -> None:
    """Of samples of a known mean 95 in 100 intervals hold it, at the fewest and at the default's size."""
    samples = np.random.default_rng(RNG_SEED).normal(0.5, 1.0, size=(templates, 2_000))
    held = [(one.low or 0) <= 0.5 <= (one.high or 0) for one in mean_intervals(samples)]
    assert 0.935 < sum(held) / len(held) < 0.965


def test_a_probe_without_any_difference_seldom_names_a_row() -> None:
    """Eight rows are eight chances; together they err in one probe of 20 at most."""
    samples = np.random.default_rng(RNG_SEED).normal(size=(400, 8, 8))
    named = [any((one.p_value or 0) < 0.05 for one in mean_intervals(sample)) for sample in samples]
    assert sum(named) / len(named) < 0.08


def test_no_interval_is_given_where_there_is_nothing_to_judge_by() -> None:
    """Two templates are too few; a single attribute never deviates from the mean of all."""
    samples = np.random.default_rng(RNG_SEED).normal(size=(8, 1))
    assert mean_intervals(samples[:2])[0].low is None
    assert centred(samples)[0].low is None


def test_the_numbers_are_those_of_the_tables() -> None:
    """Student's t and Holm's procedure, by values that are printed in textbooks."""
    assert t_quantile(7) == pytest.approx(2.3646, abs=1e-4)
    assert t_quantile(39) == pytest.approx(2.0227, abs=1e-4)
    assert two_sided_p(3.4995, 7) == pytest.approx(0.01, abs=1e-5)
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
