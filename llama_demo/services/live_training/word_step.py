"""One step of gradient descent on one word, with a decoder that is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from llama_demo.errors import InputError
from llama_demo.services.models import Models
from llama_demo.text.tokenizers.tokenizer import Tokenizer
from llama_demo.training.live.gradient_step import GradientStep, take_gradient_step

LARGEST = 200_000_000
"""Parameters of a model that is copied for a step."""

LONGEST_CONTEXT = 64
"""Tokens before the word; the end of a longer text is used."""


@dataclass(frozen=True)
class WordStep:
    """What a step does to the probability of a word.

    Attributes:
        model: name of the model, which stays as it is.
        texts: of the tokens of ``step``, in their order.
        target: text of the token that counts as right: the first one of the word.
        chosen: its place among them.
    """

    model: str
    step: GradientStep
    texts: tuple[str, ...]
    target: str
    chosen: int


class WordStepService:
    """Computes gradient steps on copies of the smallest decoder, each in a turn of the current client."""

    def __init__(self, models: Models) -> None:
        self._models = models

    def take(self, context: str, word: str, *, rate: float) -> WordStep:
        """Take one step towards ``word`` behind ``context``.

        Raises:
            InputError: ``training_no_word`` if either is empty, ``training_model_large`` if no decoder is
                small enough.
        """
        entry = min(self._models.entries("generate"), key=lambda one: one.parameters)
        if entry.parameters > LARGEST:
            raise InputError("training_model_large", model=entry.name, parameters=entry.parameters)
        model = self._models.writer(entry.name)
        encode = model.tokenizer.encode
        before, whole = encode(context), encode(context + word)
        if not context.strip() or not word.strip() or len(whole) <= len(before):
            raise InputError("training_no_word")
        if whole[: len(before)] != before:  # the word's beginning is read together with the context's end
            before = before[:-1]
        target = whole[len(before)]
        step = model.engine.run(
            partial(take_gradient_step, prompt=before[-LONGEST_CONTEXT:], target=target, rate=rate)
        )
        texts = tuple(_behind(model.tokenizer, before, one) for one in step.ids)
        chosen = step.ids.index(target)
        return WordStep(model.name, step, texts, texts[chosen], chosen)


def _behind(tokenizer: Tokenizer, before: list[int], token: int) -> str:
    """What ``token`` adds to a text that ends with ``before``."""
    return tokenizer.decode([*before, token])[len(tokenizer.decode(before)) :]
