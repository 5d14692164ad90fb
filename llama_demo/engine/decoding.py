"""Decoding of continuations, token by token: one that is streamed, or the best of several drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import torch
from torch import Tensor

from llama_demo.engine.request import Request, Step
from llama_demo.engine.sampling import Sampler
from llama_demo.model.cache import KeyValueCache
from llama_demo.model.llama import Llama

# Tokens of the prompt that are read at once; in between, stops are checked and other requests served.
PREFILL_CHUNK = 256
_SEEDS = 2**63


@torch.inference_mode()
def decode(model: Llama, request: Request, stopped: Callable[[], bool]) -> Iterator[Step | None]:
    """Steps until the asked length, a stop token or ``stopped()``; ``None`` while nothing can be given yet.

    The last step is the stop token itself, if the text ended by one. Of several drafts the best one's steps
    come at the end, or when it is stopped.
    """
    device = model.embedding.weight.device
    capacity = len(request.prompt) + request.max_new_tokens
    cache = model.new_cache(capacity, batch=request.drafts)
    drafts = [_Draft(request, number) for number in range(request.drafts)]
    *others, last = torch.split(torch.tensor([request.prompt], device=device), PREFILL_CHUNK, dim=1)
    for chunk in others:
        if stopped():
            return
        model(chunk.expand(request.drafts, -1), cache, last_only=True)
        yield None
    ids = last.expand(request.drafts, -1)  # (B, T): the end of the prompt, then a token at a time
    if request.drafts == 1:
        yield from _streamed(model, cache, ids, drafts[0], stopped)
    else:
        yield from _best(model, cache, ids, drafts, stopped)


class _Draft:
    """One continuation and the state of its sampling.

    Args:
        number: among the drafts of the request; each draws with a seed of its own.
    """

    def __init__(self, request: Request, number: int) -> None:
        sampling = request.sampling
        if request.drafts > 1:
            sampling = replace(sampling, seed=(sampling.seed * request.drafts + number) % _SEEDS)
        token_filter = request.new_filter() if request.new_filter else None
        self._sampler = Sampler(
            sampling, request.prompt, alternatives=request.alternatives, token_filter=token_filter
        )
        self._request = request
        self.steps: list[Step] = []

    @property
    def ended(self) -> bool:
        return bool(self.steps) and (
            self.steps[-1].id in self._request.stop_ids or len(self.steps) == self._request.max_new_tokens
        )

    @property
    def score(self) -> float:
        """Mean log-probability of the tokens, and what the request prefers."""
        if not self.steps:
            return float("-inf")
        mean = sum(step.logprob for step in self.steps) / len(self.steps)
        preference = self._request.preference
        return mean if preference is None else mean + preference([step.id for step in self.steps])

    def draw(self, logits: Tensor) -> Step:
        """Draw the next step from the logits (V)."""
        self.steps.append(self._sampler.draw(logits))
        return self.steps[-1]


def _streamed(
    model: Llama, cache: KeyValueCache, ids: Tensor, draft: _Draft, stopped: Callable[[], bool]
) -> Iterator[Step]:
    while not draft.ended and not stopped():
        step = draft.draw(model(ids, cache, last_only=True)[0, -1])  # of (1, 1, V)
        yield step
        ids = torch.tensor([[step.id]], device=ids.device)


def _best(
    model: Llama, cache: KeyValueCache, ids: Tensor, drafts: list[_Draft], stopped: Callable[[], bool]
) -> Iterator[Step | None]:
    """Advance all drafts together until each has ended; those that have are given their last token again."""
    while not all(draft.ended for draft in drafts) and not stopped():
        logits = model(ids, cache, last_only=True)  # (B, 1, V)
        for draft, own in zip(drafts, logits[:, -1].to("cpu", torch.float32), strict=True):
            if not draft.ended:
                draft.draw(own)
        ids = torch.tensor([[draft.steps[-1].id] for draft in drafts], device=ids.device)
        yield None
    yield from max(drafts, key=lambda draft: draft.score).steps
