"""Span logits of windows: each its own, whatever the batches, until a stop."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from llama_demo.engine import reading
from llama_demo.engine.reading import ReadingEngine, Window, load_reading_engine
from llama_demo.errors import InputError
from tests.model.random_encoders import encoder


@pytest.fixture(scope="module")
def engine() -> ReadingEngine:
    """A small BERT with random weights and a span head."""
    folder = encoder("BertForQuestionAnswering").folder
    return load_reading_engine(folder, device=torch.device("cpu"), dtype=torch.float32)


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of 64 tokens."""
    monkeypatch.setattr(reading, "BATCH_TOKENS", 64)


def windows(*lengths: int) -> list[Window]:
    """Random windows, the first three tokens of each a question."""
    generator = torch.Generator().manual_seed(3)
    return [
        Window(
            tuple(torch.randint(5, 150, (length,), generator=generator).tolist()),
            tuple(int(place >= 3) for place in range(length)),
        )
        for length in lengths
    ]


@pytest.mark.usefixtures("small_batches")
def test_every_window_has_its_own_logits(engine: ReadingEngine) -> None:
    """Each is read once, and the windows beside it change nothing."""
    given = windows(*(4 + 7 * i % 50 for i in range(20)))
    found = dict(engine.read(given))
    assert sorted(found) == list(range(20))
    for place, window in enumerate(given):
        [(_, alone)] = engine.read([window])
        assert found[place].starts.shape == found[place].ends.shape == (len(window.ids),)
        np.testing.assert_allclose(found[place].starts, alone.starts, atol=1e-4)
        np.testing.assert_allclose(found[place].ends, alone.ends, atol=1e-4)


@pytest.mark.usefixtures("small_batches")
def test_a_stop_ends_the_reading_after_a_batch(engine: ReadingEngine) -> None:
    """The batch at work is yielded whole, and no other is begun."""
    stops = iter((False, True))
    found = list(engine.read(windows(*[32] * 10), stopped=lambda: next(stops)))
    assert [place for place, _ in found] == [0, 1]
    assert next(stops, None) is None


def test_a_stop_before_the_first_batch_reads_nothing(engine: ReadingEngine) -> None:
    """Also where there is a single batch."""
    assert list(engine.read(windows(8), stopped=lambda: True)) == []


@pytest.mark.parametrize("lengths", [(0,), (8, 67)])
def test_a_window_that_does_not_fit_is_refused(engine: ReadingEngine, lengths: tuple[int, ...]) -> None:
    """Empty ones and those beyond the position table."""
    with pytest.raises(InputError) as caught:
        list(engine.read(windows(*lengths)))
    assert caught.value.key == "sentence_too_long"
