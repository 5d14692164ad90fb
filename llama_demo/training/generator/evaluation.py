"""Measuring a shipped generator: ``python -m llama_demo.training evaluate generator --data DIR``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from llama_demo.engine.request import Request, Sampling
from llama_demo.tasks.generate import GenerateOptions, Generation
from llama_demo.tasks.guidance import Guidance
from llama_demo.tasks.language_model import LanguageModel, load_language_model
from llama_demo.tasks.poem_request import parse_poem_request, poem_guidance
from llama_demo.tasks.presets import PRESETS
from llama_demo.tasks.prompts import prompt_for
from llama_demo.text.chat_template import ChatMessage
from llama_demo.text.verse.meter import FORMS
from llama_demo.text.verse.rhyme_book import load_rhyme_book
from llama_demo.text.verse.verse import Verse, read_verse
from llama_demo.training.corpus import read_json, read_records
from llama_demo.training.generator import data as generator_data
from llama_demo.training.generator import declines, poems
from llama_demo.training.generator.training import CPU, measure_losses

TRIALS = 100
POEM_THEMES = 10

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
POEM_REQUESTS = ("月亮，七言律诗", "春天，五言绝句")


class Answerer:
    """Asks a model folder by its chat template, with the app's own settings and a seed for each question."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def __call__(self, request: str, *, seed: int, most: int = 150) -> str:
        assert self._model.chat is not None, "the generator's folder has a chat template"
        return self._write(self._model.chat.encode([ChatMessage("user", request)]), seed, most)

    def go_on(self, text: str, *, seed: int, most: int = 150) -> str:
        """The text with the model's continuation, without a chat template."""
        return text + self._write(self._model.tokenizer.encode(text), seed, most)

    def poem(self, theme: str, form: str, *, seed: int) -> str:
        """A poem as the app writes it, its rules kept and the best of its drafts taken."""
        return self._poem(theme, form, seed, lambda guidance: guidance)

    def drafts(self, theme: str, form: str, *, seed: int, count: int) -> list[str]:
        """So many drafts of a poem, good and bad."""
        texts: list[str] = []

        def note(ids: Sequence[int]) -> float:
            ended = ids[-1] in self._model.tokenizer.end_ids
            texts.append(self._model.tokenizer.decode([*ids[: -1 if ended else None]]))
            return 0.0

        self._poem(theme, form, seed, lambda guidance: replace(guidance, drafts=count, preference=note))
        return texts

    def _poem(self, theme: str, form: str, seed: int, change: Callable[[Guidance], Guidance]) -> str:
        poem = parse_poem_request("", form=form, theme=theme)
        prompt = prompt_for(self._model, PRESETS["poem"], "", poem=poem)
        guidance = change(poem_guidance(self._model, poem))
        generation = Generation(self._model, prompt, GenerateOptions(seed=seed), guidance=guidance)
        return "".join(piece.text for piece in generation)

    def _write(self, ids: Sequence[int], seed: int, most: int) -> str:
        prompt = tuple(ids)
        sampling = Sampling(temperature=0.8, top_k=50, top_p=0.95, seed=seed)
        engine, tokenizer = self._model.engine, self._model.tokenizer
        asked = Request(prompt, sampling, min(most, engine.context - len(prompt)), tokenizer.end_ids)
        return tokenizer.decode([step.id for step in engine.submit(asked)])


def evaluate_generator(
    folder: Path, data: Path, *, report: Callable[[str], None] = print
) -> dict[str, float]:
    """The table and the samples of the model card, from the weights in ``folder``.

    Args:
        data: folder with the sources of ``docs/training.md``; its held-out parts are read.

    Returns:
        Perplexity a token for each held-out part; shares of poems of each form that are right in lines, tones
        and rhyme, and of other requests that were declined.
    """
    model = load_language_model(folder, device=CPU.type, dtype="float32")
    held_out = generator_data.encode_held_out(
        generator_data.read_texts(data),
        data,
        generator_data.GeneratorEncoder((folder / "tokenizer.model").read_bytes()),
    )
    losses = measure_losses(model.engine.model, held_out, CPU, most=256)
    figures = {f"perplexity, {part}": math.exp(loss) for part, loss in losses.items()}
    ask = Answerer(model)
    figures |= evaluate_poems(ask)
    figures["other requests declined, English"] = _share(_declined(ask, _english(data), declines.ENGLISH))
    figures["other requests declined, Chinese"] = _share(_declined(ask, _chinese(data), declines.CHINESE))
    for name, value in figures.items():
        report(f"{name}: {value:.2f}")
    for asked, text in samples(ask):
        report(f"\n{asked}\n{text}")
    model.engine.close()
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
            theme, form = request.split("，")
            yield f"{request} (seed {seed})", ask.poem(theme, form, seed=seed)


def _share(outcomes: Iterable[bool]) -> float:
    results = list(outcomes)
    return sum(results) / len(results)


def evaluate_poems(ask: Answerer, trials: int = TRIALS) -> dict[str, float]:
    """For each form the shares of poems with right lines, with right tones and with right rhymes.

    Each draft on some themes is read anew, by the rhyme book and the tables of the forms, without the filter
    that wrote it.
    """
    figures = {}
    themes = [theme for theme, _ in poems.THEMES][:: len(poems.THEMES) // POEM_THEMES]
    count = trials // len(themes)
    for form in FORMS:
        texts = [
            text
            for seed, theme in enumerate(themes)
            for text in ask.drafts(theme, form.name, seed=seed, count=count)
        ]
        read = [read_verse(text, load_rhyme_book()) for text in texts]
        found = [verse for verse in read if verse is not None and verse.form == form]
        figures[f"{form.name}, lines"] = len(found) / len(texts)
        figures[f"{form.name}, tones"] = sum(map(_in_tune, found)) / len(texts)
        figures[f"{form.name}, rhyme"] = sum(map(_rhymes, found)) / len(texts)
        figures[f"{form.name}, all"] = sum(verse.is_regular for verse in found) / len(texts)
    return figures


def _in_tune(verse: Verse) -> bool:
    return not any(line.faults or None in line.tones for line in verse.lines)


def _rhymes(verse: Verse) -> bool:
    ends = [line.text[-1] for line in verse.lines if line.rhymes]
    return bool(verse.rhyme) and len(set(ends)) == len(ends)


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
