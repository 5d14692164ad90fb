"""Decoding of one continuation, token by token."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch

from llama_demo.engine.request import Request, Step
from llama_demo.engine.sampling import Sampler
from llama_demo.model.llama import Llama

# Tokens of the prompt that are read at once; in between, stops are checked and other requests served.
PREFILL_CHUNK = 256


@torch.inference_mode()
def decode(model: Llama, request: Request, stopped: Callable[[], bool]) -> Iterator[Step | None]:
    """Steps until the asked length, a stop token or ``stopped()``; ``None`` while the prompt is read.

    The last step is the stop token itself, if the text ended by one.
    """
    device = model.embedding.weight.device
    cache = model.new_cache(len(request.prompt) + request.max_new_tokens)
    sampler = Sampler(request.sampling, request.prompt, alternatives=request.alternatives)
    *others, last = torch.split(torch.tensor([request.prompt], device=device), PREFILL_CHUNK, dim=1)
    for chunk in others:
        if stopped():
            return
        model(chunk, cache, last_only=True)
        yield None
    ids = last  # (1, T): the end of the prompt, then one token at a time
    for produced in range(1, request.max_new_tokens + 1):
        if stopped():
            return
        logits = model(ids, cache, last_only=True)  # (1, 1, V)
        step = sampler.draw(logits[0, -1])
        yield step
        if step.id in request.stop_ids or produced == request.max_new_tokens:
            return
        ids = torch.tensor([[step.id]], device=device)
