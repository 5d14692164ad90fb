"""Live training for visitors: one at a time, stopped at once, and nobody else's model."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from llama_demo.errors import BusyError, InputError
from llama_demo.services.live_training.service import (
    PUBLIC_SECONDS,
    LiveTrainingService,
    TrainingRequest,
    TrainingUpdate,
)
from llama_demo.services.visits import Visit, resolve
from llama_demo.training.live.training import LiveRecipe

SMALL = LiveRecipe(hidden_size=32, layers=1, intermediate_size=64, window=32, rows=4, steps=40)
ENDLESS = LiveRecipe(hidden_size=32, layers=1, intermediate_size=64, window=32, rows=4, steps=10**6)
TEXT = TrainingRequest("one two three four five six seven\n" * 10)


def visitor(name: str, address: str = "10.0.0.1") -> Visit:
    return resolve(public=True, secret=name * 40, page=name, address=address)


def until_running(updates: Iterator[TrainingUpdate]) -> TrainingUpdate:
    return next(update for update in updates if update.state == "running" and update.steps)


def test_a_training_tells_its_plan_then_its_steps_then_its_end() -> None:
    """First the vocabulary and ln V, then each step once and in order; the model can be used and saved."""
    service, visit = LiveTrainingService(recipe=SMALL), visitor("a")
    plan, *running, end = service.train(visit, TEXT)
    assert plan.plan is not None
    assert plan.plan.uniform_loss == pytest.approx(math.log(plan.plan.corpus.tokenizer.size))
    assert [step.step for update in running for step in update.steps] == list(range(SMALL.steps + 1))
    assert end.state == "done"
    assert service.continue_text(visit, plan.plan.id, "one", temperature=0.0, seed=1)
    assert service.archive(visit, plan.plan.id).startswith(b"PK")
    with pytest.raises(InputError, match="training_gone"):
        service.archive(visitor("b"), plan.plan.id)
    service.discard_all(visit)
    with pytest.raises(InputError, match="training_gone"):
        service.archive(visit, plan.plan.id)


def test_the_sample_is_of_the_visitors_language() -> None:
    """Without a text there is one to learn from, in Chinese for those who read Chinese."""
    service = LiveTrainingService(recipe=ENDLESS)
    for language, kind in (("en", str.isascii), ("zh", lambda text: not text.isascii())):
        visit = resolve(public=False, language=language)  # type: ignore[arg-type]
        with closing(service.train(visit, TrainingRequest())) as updates:
            first = next(updates)
        assert first.plan is not None
        assert kind("".join(first.plan.passage))


def test_a_second_visitor_waits_and_begins_when_the_first_has_left() -> None:
    """A page that is closed closes its stream: its training ends, and the next in the queue begins."""
    service = LiveTrainingService(recipe=ENDLESS)
    first = service.train(visitor("a"), TEXT)
    until_running(first)
    with pytest.raises(InputError, match="training_yours"):
        next(service.train(visitor("a"), TEXT))
    second = service.train(visitor("b"), TEXT)
    assert next(second).state == "waiting"
    first.close()
    until_running(second)
    second.close()
    ended = time.monotonic() + 5
    while any(thread.name == "background work" for thread in threading.enumerate()):
        assert time.monotonic() < ended
        time.sleep(0.05)


def test_one_address_does_not_take_every_place() -> None:
    """Secrets are free; with a limit the others of an address wait, and those of another are admitted."""
    service = LiveTrainingService(recipe=ENDLESS, address_trainings=2)
    held = [service.train(visitor(name), TEXT) for name in "ab"]
    assert [next(each).state for each in held] == ["running", "waiting"]
    with pytest.raises(BusyError, match="training_address"):
        next(service.train(visitor("c"), TEXT))
    other = service.train(visitor("d", "10.0.0.2"), TEXT)
    assert next(other).state == "waiting"
    held[1].close()
    again = service.train(visitor("c"), TEXT)
    assert next(again).state == "waiting"
    for each in (*held, other, again):
        each.close()


def test_a_refused_training_does_not_read_its_text() -> None:
    """Only whether it is long enough is looked at."""
    service, long = LiveTrainingService(recipe=ENDLESS), TrainingRequest("one two three " * 10_000)
    with pytest.raises(InputError, match="training_too_short"):
        next(service.train(visitor("a"), TrainingRequest("short")))
    with closing(service.train(visitor("a"), TEXT)) as first:
        until_running(first)
        since = time.thread_time()
        for _ in range(5):
            with pytest.raises(InputError, match="training_yours"):
                next(service.train(visitor("a"), long))
        assert time.thread_time() - since < 0.3  # a vocabulary of this text alone takes 0.1 s


def test_a_model_follows_its_visitor_to_another_address() -> None:
    """A phone leaves the house; "Delete all" from there deletes it too."""
    service, home, away = LiveTrainingService(recipe=SMALL), visitor("a"), visitor("a", "10.9.9.9")
    plan, *_ = service.train(home, TEXT)
    assert plan.plan is not None
    assert service.archive(away, plan.plan.id)
    service.discard_all(away)
    with pytest.raises(InputError, match="training_gone"):
        service.archive(home, plan.plan.id)


def test_stop_ends_a_training_at_once_and_one_that_waits() -> None:
    """Stop takes effect within a second; what was learned stays usable."""
    service = LiveTrainingService(recipe=ENDLESS)
    first = service.train(visitor("a"), TEXT, key="a")
    second = service.train(visitor("b"), TEXT, key="b")
    began = next(first)
    until_running(first)
    assert next(second).state == "waiting"
    assert service.stop("b")
    assert [update.state for update in second][-1] == "stopped"
    since = time.monotonic()
    assert service.stop("a")
    assert [update.state for update in first][-1] == "stopped"
    assert time.monotonic() - since < 1.0
    assert began.plan is not None
    assert service.archive(visitor("a"), began.plan.id)


def test_trainings_are_shorter_in_public_mode() -> None:
    """Many visitors share the processor there."""
    with closing(LiveTrainingService(public=True).train(visitor("a"), TEXT)) as updates:
        first = next(updates)
    assert first.plan is not None
    assert first.plan.recipe.seconds == PUBLIC_SECONDS
