"""A gradient step with a model of the server: it waits for its turn, and the model stays as it is."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.live_training.word_step import WordStepService
from llama_demo.services.models import Models

BUNDLED = Path(__file__).parents[3] / "assets" / "models" / "generator"


def test_a_step_waits_for_the_engine_and_leaves_the_model_as_it_is() -> None:
    """It makes the word likelier on a copy alone, and is not computed beside other work of the engine."""
    models = Models([BUNDLED])
    service, engine = WordStepService(models), models.writer().engine
    first = service.take("Once upon a", "time", rate=0.05)
    assert first.step.after[first.chosen] > first.step.before[first.chosen]
    held, free, done = threading.Event(), threading.Event(), threading.Event()

    def hold(_: object) -> None:
        held.set()
        free.wait(10)

    def step() -> None:
        again = service.take("Once upon a", "time", rate=0.05)
        assert again.step.before == pytest.approx(first.step.before)
        done.set()

    threads = [threading.Thread(target=engine.run, args=(hold,)), threading.Thread(target=step)]
    threads[0].start()
    assert held.wait(10)
    threads[1].start()
    assert not done.wait(0.2)
    free.set()
    assert done.wait(20)
    with pytest.raises(InputError, match="training_no_word"):
        service.take("Once", " ", rate=0.05)
