"""Measuring a shipped generator: ``python -m llama_demo.training evaluate generator --data DIR``."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, product
from pathlib import Path

import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama
from llama_demo.text.chat_template import ChatMessage, ChatTemplate, load_chat_template
from llama_demo.text.tokenizers.tokenizer import Tokenizer, load_tokenizer
from llama_demo.training.corpus import read_json, read_records
from llama_demo.training.generator import data as generator_data
from llama_demo.training.generator import declines, poems
from llama_demo.training.generator.rhymes import read_sounds, rhymes
from llama_demo.training.generator.training import CPU, measure_losses

TRIALS = 100

# What the stories in the card begin with, or answer.
BEGINNINGS = (
    "Once upon a time there was a little dog",
    "One day, a girl named Mia found a key",
    "The old tree in the garden was",
    "Tom and his sister wanted to build a boat.",
    "It was raining, so",
)
REQUESTS = (
    "Tell me a story about a dog and a red ball.",
    "Tell me a story about a cat who was afraid of the dark.",
    "Write a story about a boy and his grandmother.",
    "Tell me a story about a bird and a big storm.",
    "Write a story about two friends who share a cake.",
    "讲一个关于小狗和红球的故事。",
    "讲一个关于月亮的故事。",
    "写一个关于两个好朋友的童话。",
    "讲一个关于老爷爷和小船的故事。",
    "写一个关于森林的故事。",
)

# A poem's first line, and what poems are asked for with.
FIRST_LINE = "春眠不觉晓，"
POEM_REQUESTS = ("写一首关于月亮的七言律诗。", "写一首关于春天的五言绝句。")


class Answerer:
    """Asks a model folder by its chat template, with the app's own settings and a seed for each question."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer, template: ChatTemplate) -> None:
        self._engine = engine
        self._tokenizer = tokenizer
        self._template = template

    def __call__(self, request: str, *, seed: int, most: int = 150) -> str:
        return self._write(self._template.encode([ChatMessage("user", request)]), seed, most)

    def go_on(self, text: str, *, seed: int, most: int = 150) -> str:
        """The text with the model's continuation, without a chat template."""
        return text + self._write(self._tokenizer.encode(text), seed, most)

    def _write(self, ids: Sequence[int], seed: int, most: int) -> str:
        prompt = tuple(ids)
        sampling = Sampling(temperature=0.8, top_k=50, top_p=0.95, seed=seed)
        asked = Request(
            prompt, sampling, min(most, self._engine.context - len(prompt)), self._tokenizer.end_ids
        )
        return self._tokenizer.decode([step.id for step in self._engine.submit(asked)])


def evaluate_generator(
    folder: Path, data: Path, *, report: Callable[[str], None] = print
) -> dict[str, float]:
    """The table and the samples of the model card, from the weights in ``folder``.

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
        generator_data.GeneratorEncoder((folder / "tokenizer.model").read_bytes()),
    )
    losses = measure_losses(model, held_out, CPU, most=256)
    figures = {f"perplexity, {part}": math.exp(loss) for part, loss in losses.items()}
    engine = Engine(model)
    ask = Answerer(engine, tokenizer, template)
    written = list(_poems(ask))
    sounds = read_sounds(data / "parallel" / "cedict.zh-en.tsv.xz")
    figures["poems in the asked form"] = _share(poems.form_of(poem) == form for form, poem in written)
    figures["poems that rhyme"] = _share(rhymes(poem, sounds) for _, poem in written)
    figures["other requests declined, English"] = _share(_declined(ask, _english(data), declines.ENGLISH))
    figures["other requests declined, Chinese"] = _share(_declined(ask, _chinese(data), declines.CHINESE))
    for name, value in figures.items():
        report(f"{name}: {value:.2f}")
    for asked, text in samples(ask):
        report(f"\n{asked}\n{text}")
    engine.close()
    return figures


def samples(ask: Answerer) -> Iterator[tuple[str, str]]:
    """The samples of the card: requests and results, stories with seed 1, poems with seeds 1 and 2."""
    for beginning in BEGINNINGS:
        yield beginning, ask.go_on(beginning, seed=1)
    for request in REQUESTS:
        yield request, ask(request, seed=1)
    for seed in (1, 2):
        yield f"{FIRST_LINE} (seed {seed})", ask.go_on(FIRST_LINE, seed=seed)
        for request in POEM_REQUESTS:
            yield f"{request} (seed {seed})", ask(request, seed=seed)


def _share(outcomes: Iterable[bool]) -> float:
    results = list(outcomes)
    return sum(results) / len(results)


def _poems(ask: Answerer) -> Iterator[tuple[str, str]]:
    """Requested forms and themes, with the poems that were written."""
    wishes = list(product(poems.FORMS.values(), poems.THEMES))
    random.Random(7).shuffle(wishes)
    for seed, (form, (theme, _)) in enumerate(wishes[:TRIALS]):
        yield form, ask(f"写一首关于{theme}的{form}。", seed=seed)


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
