"""The live training: what a visitor's text becomes, how the loss falls, and what is left at the end."""

from __future__ import annotations

import io
import math
import zipfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import torch

from llama_demo.errors import InputError
from llama_demo.tasks.language_model import load_language_model
from llama_demo.training.live.archive import FOLDER, archive
from llama_demo.training.live.corpus import LONGEST, MOST_CHARACTERS, OVERFIT_TOKENS, SHORTEST, build_corpus
from llama_demo.training.live.gradient_step import take_gradient_step
from llama_demo.training.live.training import LiveRecipe, LiveStep, LiveTraining
from llama_demo.training.start import fresh_llama

TEXT = "The cat sat on the mat.\nThe dog sat on the log.\n\n猫在垫子上，狗在木头上。\n" * 20
SMALL = LiveRecipe(hidden_size=32, layers=1, intermediate_size=64, window=32, rows=8, steps=30, seconds=1e9)


def trained(
    text: str, recipe: LiveRecipe = SMALL, *, overfit: bool = False
) -> tuple[LiveTraining, list[LiveStep]]:
    corpus = build_corpus(text, overfit=overfit)
    training = LiveTraining(corpus, recipe, tuple(corpus.training[:3].tolist()))
    return training, list(training.run(lambda: False))


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "a" * 30_000,
        "👩‍👩‍👧 😀 e\u0301" * 8,
        "一二三四五六七八九十" * 3,
        "▁▅\u00a0\x00" + "x y" * 20,
        "".join(map(chr, range(0x4E00, 0x4E00 + MOST_CHARACTERS + 500))),
    ],
)
def test_any_text_becomes_tokens_of_its_own_characters(text: str) -> None:
    """Emoji, one repeated letter, very long lines and rare characters are trained on, not refused."""
    corpus = build_corpus(text)
    ids = torch.cat((corpus.training, corpus.validation)).tolist()
    assert max(ids) < corpus.tokenizer.size <= MOST_CHARACTERS + 4
    if corpus.distinct <= MOST_CHARACTERS:
        plain = text.translate({0x2581: " ", 0x2585: " ", 0xA0: " ", 0: None}).strip()
        assert len(ids) == corpus.used
        assert corpus.tokenizer.decode(ids) == plain


def test_too_short_texts_are_refused_and_long_ones_are_cut() -> None:
    """Three characters teach nothing; of a megabyte the first part is used, and the figures say so."""
    with pytest.raises(InputError, match="training_too_short"):
        build_corpus("abc" + " " * 100)
    assert len(build_corpus("ab" * (SHORTEST // 2)).validation) == 0
    corpus = build_corpus("ab " * 350_000)
    assert (corpus.characters, corpus.used) == (1_049_999, LONGEST)
    assert len(build_corpus("ab " * 1_000, overfit=True).training) == OVERFIT_TOKENS


def test_the_loss_begins_at_that_of_a_uniform_guess_and_falls() -> None:
    """``ln V`` is where the curve starts; the held-out loss is measured and falls along on such a text."""
    training, steps = trained(TEXT)
    uniform = math.log(training.corpus.tokenizer.size)
    assert steps[0].step == 0
    assert steps[0].loss == pytest.approx(uniform, abs=0.05)
    assert steps[0].validation == pytest.approx(uniform, abs=0.05)
    assert steps[-1].step == SMALL.steps
    assert steps[-1].loss < uniform - 0.4
    assert steps[-1].validation is not None
    assert steps[-1].validation < uniform - 0.4
    assert all(later.step == step.step + 1 for step, later in pairwise(steps))


def test_a_seed_repeats_a_training_exactly() -> None:
    """The same text and seed give the same losses and samples; another seed gives others."""
    one, other = (trained(TEXT, LiveRecipe(**{**vars(SMALL), "seed": seed}))[1] for seed in (1, 2))
    again = trained(TEXT)[1]
    assert [step.loss for step in one] == [step.loss for step in again]
    assert [step.snapshot for step in one] == [step.snapshot for step in again]
    assert [step.loss for step in one] != [step.loss for step in other]


def test_token_losses_are_cross_entropies_of_the_passage() -> None:
    """Their mean at the start is ``ln V``, and there is one for each character but the first."""
    training, steps = trained(TEXT)
    assert steps[0].snapshot is not None
    losses = steps[0].snapshot.losses
    assert len(losses) == len(training.passage) - 1
    assert sum(losses) / len(losses) == pytest.approx(math.log(training.corpus.tokenizer.size), abs=0.1)


def test_training_ends_by_time_and_by_a_stop() -> None:
    """A slow machine ends at the planned seconds; a stop ends it. Either way the last step is measured."""
    corpus = build_corpus(TEXT)
    ticks = iter(float(second) for second in range(1000))
    recipe = LiveRecipe(**{**vars(SMALL), "seconds": 10.0})
    steps = list(LiveTraining(corpus, recipe, (5,)).run(lambda: False, clock=lambda: next(ticks)))
    assert 1 < len(steps) < 12
    assert steps[-1].validation is not None
    assert steps[-1].snapshot is not None
    stops = iter([False, False, True])
    *_, last = LiveTraining(corpus, SMALL, (5,)).run(lambda: next(stops))
    assert last.step == 2
    assert last.validation is not None
    assert last.snapshot is not None
    assert [step.step for step in LiveTraining(corpus, SMALL, (5,)).run(lambda: True)] == [0]


def test_the_saved_model_loads_and_continues_as_it_did(tmp_path: Path) -> None:
    """The ZIP file holds a folder that the app loads, with the same vocabulary and nearly the same losses."""
    training, steps = trained(TEXT)
    data = archive(training.model, training.corpus.vocabulary, steps=steps[-1].step)
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    loaded = load_language_model(tmp_path / FOLDER, device="cpu", dtype="float32")
    try:
        text = "The cat\n猫在"
        ids = loaded.tokenizer.encode(text)
        assert ids == training.corpus.tokenizer.encode(text)
        theirs = loaded.engine.model(torch.tensor([ids]))
        assert torch.allclose(theirs, training.model(torch.tensor([ids])), atol=0.1)
    finally:
        loaded.engine.close()


def test_a_gradient_step_makes_the_written_token_likelier() -> None:
    """The gradient for the logits is p - y, it sums to zero over the vocabulary, and the loss falls."""
    training, _ = trained(TEXT)
    model = training.model
    prompt, target = training.corpus.tokenizer.encode("The cat "), training.corpus.tokenizer.encode("z")[0]
    weights = {name: value.clone() for name, value in model.state_dict().items()}
    step = take_gradient_step(model, prompt, target, rate=0.05)
    place = step.ids.index(target)
    assert step.loss_before == pytest.approx(-step.before[place])
    assert step.loss_after == pytest.approx(-step.after[place])
    assert step.loss_after < step.loss_before
    for index, (logprob, gradient) in enumerate(zip(step.before, step.gradient, strict=True)):
        assert gradient == pytest.approx(math.exp(logprob) - (index == place), abs=1e-5)
    assert all(torch.equal(value, weights[name]) for name, value in model.state_dict().items())
    assert step.parameters <= training.parameters
    frozen = take_gradient_step(model, prompt, target, rate=0.0)
    assert frozen.loss_after == pytest.approx(frozen.loss_before)


def test_a_step_counts_the_parameters_that_it_moves() -> None:
    """With a head of its own the embeddings of tokens that were not read stay as they are."""
    config = replace(SMALL.config(50), tie_word_embeddings=False)
    step = take_gradient_step(fresh_llama(config, seed=1), [1, 2, 3], 4, rate=0.05)
    total = sum(one.numel() for one in fresh_llama(config, seed=1).parameters())
    assert step.parameters <= total - 47 * config.hidden_size
    assert step.parameters > 0.8 * (total - 47 * config.hidden_size)
