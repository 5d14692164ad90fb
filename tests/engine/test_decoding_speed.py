"""The speed that is told of a model: a mean of the latest passes, once there are some."""

from __future__ import annotations

import pytest

from llama_demo.engine.decoding_speed import LEAST, PASSES, DecodingSpeed


def test_a_few_passes_tell_nothing() -> None:
    """The first ones are slow."""
    speed = DecodingSpeed()
    for _ in range(LEAST - 1):
        speed.add(0.1)
    assert speed.tokens_per_second == 0
    speed.add(0.1)
    assert speed.tokens_per_second == pytest.approx(10)


def test_the_latest_passes_count() -> None:
    """A machine that is busy for a while is as fast as before when it is not."""
    speed = DecodingSpeed()
    for seconds in [1.0] * 10 + [0.01] * PASSES:
        speed.add(seconds)
    assert speed.tokens_per_second == pytest.approx(100)
