"""A model that a visitor trained writes in Generate for them alone, as long as it is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.generation import GenerationRequest, GenerationService
from llama_demo.services.history.runs import RunService
from llama_demo.services.live_training.service import LiveTrainingService, TrainingRequest
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation
from llama_demo.services.visits import Visit, resolve
from llama_demo.services.writers import TRAINED, Writers
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.training.live.training import LiveRecipe

SMALL = LiveRecipe(hidden_size=32, layers=1, intermediate_size=64, window=32, rows=4, steps=20)
MODELS = Path(__file__).parents[2] / "assets" / "models"


def visitor(name: str) -> Visit:
    return resolve(public=True, secret=name * 40, page=name, address="10.0.0.1", save=True)


def test_a_trained_model_writes_for_its_visitor_until_it_is_gone(runs: RunService) -> None:
    """Its run names it, a later version finds it again, and nobody else ever does."""
    training = LiveTrainingService(recipe=SMALL)
    ann, ben = visitor("a"), visitor("b")
    plan = next(training.train(ann, TrainingRequest("one two three four\n" * 20, seed=1))).plan
    assert plan is not None
    service = GenerationService(Writers(Models([MODELS / "generator"]), training), runs, Moderation())
    asked = GenerationRequest("one two", model=f"{TRAINED}{plan.id}")
    options = GenerateOptions(max_new_tokens=200, temperature=0.0, seed=1)
    last = list(service.write(ann, asked, options))[-1]
    assert 0 < len(last.tokens) <= SMALL.window
    assert set(last.text) <= set("onetwthrefu \n")
    assert last.run_id is not None
    row = runs.get(ann, last.run_id)
    assert (row.model, row.options["model"]) == ("tiny-llama", asked.model)
    again = list(service.write(ann, asked, options, kept=last.tokens[:3], origin=last.run_id))[-1]
    assert again.text == last.text
    for gone in (ben, visitor("c")):
        with pytest.raises(InputError, match="training_gone"):
            next(iter(service.write(gone, asked, options)))
    training.discard_all(ann)
    with pytest.raises(InputError, match="training_gone"):
        next(iter(service.write(ann, asked, options)))
    assert list(service.write(ann, GenerationRequest("Once upon a time"), options))[-1].tokens
