"""The live training: a tiny LLaMA learns a text, and tells at every step how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.engine.decoding import decode
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.training.live.corpus import LONGEST, LiveCorpus
from llama_demo.training.loop import take_step
from llama_demo.training.optimiser import build_optimisers
from llama_demo.training.schedule import rate_at
from llama_demo.training.start import fresh_llama

MEASURE_EVERY = 25
"""Steps between measurements on the held-out text."""

SNAPSHOT_STEPS = (0, 25, 50, 100, 200, 400, 700, 1_000)
"""Steps after which the prompt is continued and the passage is scored; the last step is another."""

SAMPLE_TOKENS = 80
PASSAGE_TOKENS = 120


@dataclass(frozen=True)
class LiveRecipe:
    """What is trained, and for how long.

    Attributes:
        window: tokens of a training window, and the context of the model.
        rows: windows of a step.
        steps: in all.
        seconds: after which training ends at the latest.
        rate: peak learning rate of AdamW.
        seed: of the first weights, of the order of the windows and of the samples.
    """

    hidden_size: int = 128
    layers: int = 2
    heads: int = 4
    groups: int = 2
    intermediate_size: int = 320
    window: int = 96
    rows: int = 4
    steps: int = 1_200
    seconds: float = 60.0
    rate: float = 4e-3
    seed: int = 1

    def config(self, vocab_size: int) -> LlamaConfig:
        """The shape of the model for a vocabulary."""
        return LlamaConfig(
            vocab_size=vocab_size,
            hidden_size=self.hidden_size,
            intermediate_size=self.intermediate_size,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.groups,
            head_dim=self.hidden_size // self.heads,
            max_position_embeddings=self.window,
            tie_word_embeddings=True,
        )


@dataclass(frozen=True)
class Snapshot:
    """What the model does at a step.

    Attributes:
        sample: continuation of the prompt, the prompt aside.
        losses: cross-entropy of each token of the passage but the first, in nats.
    """

    sample: str
    losses: tuple[float, ...]


@dataclass(frozen=True)
class LiveStep:
    """A step of the training.

    Attributes:
        step: optimiser steps taken; 0 before the first.
        loss: of the batch before this step's update, in nats; at step 0 of the first batch.
        seconds: since training began.
        validation: mean loss on the held-out text, where it was measured.
        snapshot: where one was taken.
    """

    step: int
    loss: float
    seconds: float
    validation: float | None = None
    snapshot: Snapshot | None = None


@dataclass
class LiveTraining:
    """The training of a model on a text. Iterating :meth:`run` trains it.

    Attributes:
        prompt: token ids that are continued at each snapshot.
        model: that is trained.
        passage: (P) token ids whose losses are told; the beginning of the held-out text if there is any.
    """

    corpus: LiveCorpus
    recipe: LiveRecipe
    prompt: tuple[int, ...]
    model: Llama = field(init=False)
    passage: Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.model = fresh_llama(self.recipe.config(self.corpus.tokenizer.size), seed=self.recipe.seed)
        source = self.corpus.validation if len(self.corpus.validation) else self.corpus.training
        self.passage = source[: min(PASSAGE_TOKENS, self.recipe.window + 1)]

    @property
    def parameters(self) -> int:
        """Number of parameters of the model."""
        return sum(parameter.numel() for parameter in self.model.parameters())

    def run(
        self, stopped: Callable[[], bool], clock: Callable[[], float] = time.perf_counter
    ) -> Iterator[LiveStep]:
        """Train; step 0 comes before anything is learned. Ends early once ``stopped()`` is true.

        The last step is measured and has a snapshot, whatever ended the training.
        """
        recipe, model = self.recipe, self.model
        optimisers = build_optimisers(model, "adamw", rate=recipe.rate, matrix_rate=recipe.rate)
        dice = torch.Generator().manual_seed(recipe.seed)
        began = clock()
        first = self._loss(*self._batch(torch.Generator().manual_seed(recipe.seed)))
        yield LiveStep(0, first.item(), 0.0, self.validation(), self.snapshot())
        if stopped():
            return
        for step in range(1, recipe.steps + 1):
            passed = clock() - began
            share = min(1.0, max((step - 1) / recipe.steps, passed / recipe.seconds))
            loss = take_step(model, optimisers, self._loss(*self._batch(dice)), rate_at(step - 1, share))
            last = step == recipe.steps or stopped() or clock() - began >= recipe.seconds
            measured = self.validation() if step % MEASURE_EVERY == 0 or last else None
            snapshot = self.snapshot() if step in SNAPSHOT_STEPS or last else None
            yield LiveStep(step, loss, clock() - began, measured, snapshot)
            if last:
                return

    @torch.no_grad()
    def validation(self) -> float | None:
        """Mean cross-entropy on the held-out text, in nats, on up to eight windows at equal distances."""
        ids, window = self.corpus.validation, self.recipe.window
        if len(ids) < 2:
            return None
        size = min(window, len(ids) - 1)
        count = min(8, (len(ids) - 1) // size)
        starts = torch.linspace(0, len(ids) - 1 - size, count).long()
        return self._loss(*_windows(ids, starts, size)).item()

    def snapshot(self) -> Snapshot:
        """A continuation of the prompt, drawn with the seed of the recipe, and the losses of the passage."""
        sample = self.continuation(self.prompt, most=SAMPLE_TOKENS, seed=self.recipe.seed)
        return Snapshot(sample, tuple(round(loss, 3) for loss in self.token_losses(self.passage)))

    def continuation(
        self, prompt: tuple[int, ...], *, most: int = LONGEST, temperature: float = 0.7, seed: int = 1
    ) -> str:
        """What the model writes behind a prompt that is shorter than its context.

        Args:
            prompt: at least one token id.
            most: tokens, as far as the context has room for them.
        """
        room = self.recipe.window - len(prompt)
        sampling = Sampling(temperature=temperature, top_k=40, top_p=1.0, seed=seed)
        request = Request(prompt, sampling, max_new_tokens=min(most, room))
        return self.corpus.tokenizer.decode([step.id for step in decode(self.model, request)])

    @torch.no_grad()
    def token_losses(self, ids: Tensor) -> list[float]:
        """Cross-entropy of each of ``ids`` (T) but the first, in nats."""
        if len(ids) < 2:
            return []
        logits = self.model(ids[None, :-1])[0]  # (T - 1, V)
        losses: list[float] = F.cross_entropy(logits, ids[1:], reduction="none").tolist()
        return losses

    def _batch(self, dice: torch.Generator) -> tuple[Tensor, Tensor]:
        ids = self.corpus.training
        size = min(self.recipe.window, len(ids) - 1)
        starts = torch.randint(len(ids) - size, (self.recipe.rows,), generator=dice)
        return _windows(ids, starts, size)

    def _loss(self, ids: Tensor, targets: Tensor) -> Tensor:
        return F.cross_entropy(self.model(ids).flatten(0, 1), targets.flatten())


def _windows(ids: Tensor, starts: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Windows of ``size`` tokens from ``starts`` (B), and the token behind each of theirs; both (B, T)."""
    places = starts[:, None] + torch.arange(size + 1)
    rows = ids[places]
    return rows[:, :-1], rows[:, 1:]
