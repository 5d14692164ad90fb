"""Measuring a shipped generator: ``python -m llama_demo.training evaluate generator --data DIR``."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path

import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama
from llama_demo.text.chat_template import ChatTemplate, Message, load_chat_template
from llama_demo.text.tokenizer import Tokenizer, load_tokenizer
from llama_demo.training import declines, generator_data, poems
from llama_demo.training.corpus import read_json, read_records
from llama_demo.training.generator import CPU, measure_losses

TRIALS = 100


class Answerer:
    """Asks a model folder by its chat template, with the app's own settings and a seed for each question."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer, template: ChatTemplate) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._template = template

    def __call__(self, request: str, *, seed: int, most: int = 150) -> str:
        prompt = tuple(self._template.encode([Message("user", request)]))
        sampling = Sampling(temperature=0.8, top_k=50, top_p=0.95, seed=seed)
        asked = Request(
            prompt, sampling, min(most, self._engine.context - len(prompt)), self._tokenizer.end_ids
        )
        return self._tokenizer.decode([step.id for step in self._engine.submit(asked)])


def evaluate_generator(
    folder: Path, data: Path, *, report: Callable[[str], None] = print
) -> dict[str, float]:
    """Every figure of the model card, from the weights in ``folder``.

    Args:
        data: folder with the sources of ``docs/training.md``; its held-out parts are read.

    Returns:
        Perplexity a token for each held-out part; shares of poems with the asked form and of other
        requests that were declined.
    """
    model = load_model(folder, Llama, device=CPU, dtype=torch.float32).model
    tokenizer = load_tokenizer(folder, model.config.vocab_size)
    template = load_chat_template(folder, tokenizer)
    assert template is not None, "the generator's folder has a chat template"
    held_out = generator_data.encode_held_out(
        generator_data.read_texts(data),
        data,
        generator_data.Encoder((folder / "tokenizer.model").read_bytes()),
    )
    losses = measure_losses(model, held_out, CPU, most=256)
    figures = {f"perplexity, {part}": math.exp(loss) for part, loss in losses.items()}
    engine = Engine(model)
    ask = Answerer(engine, tokenizer, template)
    figures["poems in the asked form"] = _share(_poems(ask))
    figures["other requests declined, English"] = _share(_declined(ask, _english(data), declines.ENGLISH))
    figures["other requests declined, Chinese"] = _share(_declined(ask, _chinese(data), declines.CHINESE))
    engine.close()
    for name, value in figures.items():
        report(f"{name}: {value:.2f}")
    return figures


def _share(outcomes: Iterator[bool]) -> float:
    results = list(outcomes)
    return sum(results) / len(results)


def _poems(ask: Answerer) -> Iterator[bool]:
    wishes = list(product(poems.FORMS.values(), poems.THEMES))
    random.Random(7).shuffle(wishes)
    for seed, (form, (theme, _)) in enumerate(wishes[:TRIALS]):
        yield poems.form_of(ask(f"写一首关于{theme}的{form}。", seed=seed)) == form


def _declined(ask: Answerer, questions: Iterator[str], answer: str) -> Iterator[bool]:
    for seed, question in enumerate(islice(questions, TRIALS)):
        yield ask(question, seed=seed, most=40).startswith(answer[:12])


def _english(data: Path) -> Iterator[str]:
    # Every 150th, so that the questions are about different sentences.
    records = read_records(data / "qa" / "qamr_test.jsonl.xz")
    return (record["question"] for record in islice(records, 0, None, 150))


def _chinese(data: Path) -> Iterator[str]:
    articles = read_json(data / "qa" / "DRCD_test_simp.json.xz")["data"]
    return (article["paragraphs"][0]["qas"][0]["question"] for article in articles)
