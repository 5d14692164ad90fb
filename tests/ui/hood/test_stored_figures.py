"""The stored results of presentations are those of the bundled writer, whichever was trained last."""

from __future__ import annotations

import json
import re
from itertools import islice
from pathlib import Path

import pytest

from llama_demo.engine.request import Sampling
from llama_demo.services.inspection.service import InspectionService
from llama_demo.services.inspection.subject import InspectionSubject
from llama_demo.services.live_training.service import SAMPLE_PROMPTS, sample_text
from llama_demo.services.machine_figures import MachineFigureService
from llama_demo.services.models import Models
from llama_demo.training.live.corpus import build_corpus
from llama_demo.training.live.training import LiveRecipe, LiveTraining

ASSETS = Path(__file__).parents[3] / "assets"
STORED = (ASSETS / "js" / "hood" / "stored_figures.js").read_text(encoding="utf-8")
NEAR = 0.02


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(sorted((ASSETS / "models").iterdir()))


def stored(pattern: str) -> str:
    found = re.search(pattern, STORED, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_stored_next_words_are_the_writers(models: Models) -> None:
    """A slide that says "stored result of the bundled writer" shows what that writer predicts."""
    subject = InspectionSubject("generate", json.loads(stored(r'NEXT = \{\s*text: (".*?")')))
    words = json.loads(stored(r"words: /\*\*.*?\*/ \((\[\[.*?\]\])\)"))
    found = InspectionService(models).next(subject, Sampling())
    predicted = {name.strip("▁"): one.model for name, one in zip(found.names, found.tokens, strict=True)}
    assert {word: predicted.get(word) for word, _ in words} == {
        word: pytest.approx(share, abs=NEAR) for word, share in words
    }


def test_the_stored_pronouns_are_the_writers(models: Models) -> None:
    """As the questions measure them live."""
    row = r'person: "(\w+)", context: "(.*?)", he: ([\d.]+), she: ([\d.]+)'
    told = {
        (person, context): (float(he), float(she)) for person, context, he, she in re.findall(row, STORED)
    }
    assert told
    measured = MachineFigureService(models).measure().pronouns
    assert {(one.person, one.context): (one.he, one.she) for one in measured} == {
        key: pytest.approx(shares, abs=NEAR) for key, shares in told.items()
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_stored_trainings_are_those_of_the_recipe(language: str) -> None:
    """They begin as the live training with its sample and seed does: losses and first sample."""
    block = stored(rf"  {language}: \{{(.*?)\n  \}},")
    corpus = build_corpus(sample_text(language))  # type: ignore[arg-type]
    prompt = tuple(corpus.tokenizer.encode(SAMPLE_PROMPTS[language]))
    training = LiveTraining(corpus, LiveRecipe(seed=1), prompt)
    steps = list(islice(training.run(lambda: False), 21))
    (told,) = re.findall(r"training: (\[\[.*?\]\])", block)
    losses = dict(json.loads(told))
    assert corpus.tokenizer.size == int(re.findall(r"vocabulary: (\d+)", block)[0])
    assert {step: steps[step].loss for step in (0, 20)} == {
        step: pytest.approx(losses[step], abs=0.1) for step in (0, 20)
    }
    assert steps[0].snapshot is not None
    assert steps[0].snapshot.sample == json.loads(re.findall(r'"step": 0, "sample": (".*?")\}', block)[0])
