"""Models that visitors have trained: held for a while, and an address that fills the memory loses its own."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from llama_demo.engine.request import Request
from llama_demo.errors import InputError
from llama_demo.services.live_training.trained_models import MOST_MODELS, TrainedModelStore
from llama_demo.services.visits import Visit, resolve
from llama_demo.training.live.corpus import build_corpus
from llama_demo.training.live.training import LiveRecipe, LiveTraining

RECIPE = LiveRecipe(hidden_size=16, layers=1, intermediate_size=16, window=8)
TRAINING = LiveTraining(build_corpus("one two three four five six seven"), RECIPE, (4,))


def visitor(number: int, address: str) -> Visit:
    return resolve(public=True, secret=f"{number:040}", address=address)


def test_an_address_that_fills_the_memory_loses_its_own_models() -> None:
    """Whoever came first from another address keeps theirs."""
    store = TrainedModelStore()
    ann = visitor(0, "10.0.0.1")
    kept, _ = store.hold(ann, TRAINING)
    first, _ = store.hold(visitor(1, "10.0.0.2"), TRAINING)
    for number in range(2, MOST_MODELS + 3):
        store.hold(visitor(number, "10.0.0.2"), TRAINING)
    assert len(store) == MOST_MODELS
    assert store.get(ann, kept).training is TRAINING
    with pytest.raises(InputError, match="training_gone"):
        store.get(visitor(1, "10.0.0.2"), first)


def test_a_model_is_dropped_though_nobody_asks_for_one() -> None:
    """On a quiet server too."""
    store = TrainedModelStore(lifetime=0.1)
    store.hold(visitor(0, "10.0.0.1"), TRAINING)
    ended = time.monotonic() + 5
    while len(store):
        assert time.monotonic() < ended
        time.sleep(0.02)


def test_a_model_that_is_trained_on_reads_everything_anew() -> None:
    """Keys and values of earlier weights would give other texts than the model that is shown."""
    recipe = replace(RECIPE, window=40)
    training = LiveTraining(build_corpus("one two three four five six seven " * 9), recipe, (4,))
    _, model = TrainedModelStore().hold(visitor(0, "10.0.0.1"), training)
    engine = model.writer().engine
    list(engine.submit(Request((4,) * 20, max_new_tokens=1)))
    assert engine.run(lambda _: engine._prefixes.bytes) == 0
    model.close()


def test_turning_the_history_on_keeps_the_trained_model() -> None:
    """The page gets a secret by then: the model stays its visitor's, and "delete everything" finds it."""
    store = TrainedModelStore()
    before = resolve(public=True, page="p" * 64, address="10.0.0.1")
    after = resolve(public=True, secret="s" * 40, page="p" * 64, address="10.0.0.1")
    stranger = resolve(public=True, secret="t" * 40, page="q" * 64, address="10.0.0.1")
    model_id, model = store.hold(before, TRAINING)
    assert store.get(after, model_id) is model
    with pytest.raises(InputError, match="training_gone"):
        store.get(stranger, model_id)
    store.discard_all(after)
    assert len(store) == 0


def test_what_an_owner_trained_is_not_the_page_s() -> None:
    """Another account on the same page finds nothing of the one before."""
    store = TrainedModelStore()
    ann, bob = (resolve(public=True, secret=one * 40, page="p" * 64) for one in "ab")
    model_id, _ = store.hold(ann, TRAINING)
    with pytest.raises(InputError, match="training_gone"):
        store.get(bob, model_id)


def test_a_model_writes_until_it_is_dropped() -> None:
    """Nobody would end an engine that is made afterwards."""
    store = TrainedModelStore()
    visit = visitor(0, "10.0.0.1")
    _, model = store.hold(visit, TRAINING)
    assert model.writer() is model.writer()
    store.discard_all(visit)
    with pytest.raises(InputError, match="training_gone"):
        model.writer()
