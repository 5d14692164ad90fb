"""Passes of one token with fixed shapes: what they compute, and that a CUDA graph may record them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from llama_demo.model.fixed_cache import FixedCache
from llama_demo.model.gemma import GemmaConfig
from llama_demo.model.gemma2 import Gemma2
from llama_demo.model.llama import Llama
from llama_demo.model.olmo2 import Olmo2
from llama_demo.model.qwen3 import Qwen3, Qwen3Config
from llama_demo.model.rope_scaling import YarnScaling
from tests.model.small_llama import SMALL

FIELDS = vars(SMALL)
SIZE = 48

FAMILIES: dict[str, Callable[[], Llama]] = {
    "LLaMA": lambda: Llama(SMALL),
    "YaRN": lambda: Llama(replace(SMALL, rope_scaling=YarnScaling(4.0, 16, 1.1))),
    "Qwen3": lambda: Qwen3(Qwen3Config(**FIELDS, windows=(None, None))),
    "OLMo 2": lambda: Olmo2(SMALL),
    "Gemma 2, bounded scores, a window that everything fits into": lambda: Gemma2(
        GemmaConfig(**FIELDS, windows=(SIZE, None), attention_cap=3.0, logit_cap=2.0)
    ),
}


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest) -> Llama:
    torch.manual_seed(0)
    return FAMILIES[request.param]().eval()


@torch.inference_mode()
def test_gives_the_logits_of_the_ordinary_cache(model: Llama) -> None:
    """Behind a prompt, token by token, up to the last place of the cache, whatever its memory held before."""
    ids = torch.randint(0, 97, (1, SIZE))
    ordinary, buffers = model.new_cache(SIZE), model.new_cache(SIZE)
    for layer in buffers.layers:
        layer.keys.fill_(torch.nan)
        layer.values.fill_(torch.inf)
    model(ids[:, :11], ordinary)
    fixed = FixedCache(buffers)
    fixed.fill(ordinary, 11)
    for place in range(11, SIZE):
        fixed.place()
        logits = model(ids[:, place : place + 1], fixed)
        fixed.advance()
        assert torch.allclose(logits, model(ids[:, place : place + 1], ordinary), atol=1e-5, rtol=1e-5)
    back = model.new_cache(SIZE)
    back.fill(fixed, SIZE)
    for ours, theirs in zip(back.layers, ordinary.layers, strict=True):
        assert torch.allclose(ours.keys, theirs.keys, atol=1e-5)
        assert torch.allclose(ours.values, theirs.values, atol=1e-5)


class Recorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The operators of a block, with the shapes and places of what they take and all their numbers."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[tuple[object, ...]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        given = [*args, *(kwargs or {}).values()]
        self.calls.append((func, *(_described(one) for one in given)))
        return func(*args, **(kwargs or {}))


def _described(given: object) -> object:
    if isinstance(given, torch.Tensor):
        return given.shape, given.stride(), given.storage_offset(), given.dtype
    return [_described(one) for one in given] if isinstance(given, list | tuple) else str(given)


@torch.inference_mode()
def test_every_token_takes_the_same_operators(model: Llama) -> None:
    """What was recorded at one place in a text is replayed at all: no operator may have it in a number."""
    fixed, recorded = FixedCache(model.new_cache(SIZE)), []
    for token in range(3):
        fixed.place()
        with Recorder() as recorder:
            model(torch.tensor([[token]]), fixed, last_only=True)
        fixed.advance()
        recorded.append(recorder.calls)
    assert recorded[0]
    assert recorded[0] == recorded[1] == recorded[2]


@torch.inference_mode()
def test_nothing_waits_for_a_number_of_the_device(model: Llama) -> None:
    """The device ``meta`` has no numbers: whatever asks for one, as ``item`` does, fails there."""
    model.to("meta")
    fixed = FixedCache(model.new_cache(SIZE))
    fixed.place()
    logits = model(torch.zeros(1, 1, dtype=torch.long, device="meta"), fixed, last_only=True)
    assert logits.shape == (1, 1, 97)
