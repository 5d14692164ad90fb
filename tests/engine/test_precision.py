"""Translators and encoders in half precision: close to float32, and nothing breaks on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from llama_demo.engine.beam_search import Search
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.embedding import EmbeddingEngine, PooledBert
from llama_demo.engine.translation import TranslationEngine
from llama_demo.model.transformer import Transformer
from tests.model.random_encoders import Checkpoint, encoder, m2m100, marian, padded

HALVES = [torch.bfloat16, torch.float16]


def half(checkpoint: Checkpoint, dtype: torch.dtype) -> nn.Module:
    return load_model(checkpoint.folder, nn.Module, device=torch.device("cpu"), dtype=dtype).model


@pytest.mark.parametrize("dtype", HALVES)
def test_vectors_keep_their_direction(dtype: torch.dtype) -> None:
    """Rounding turns a vector by little."""
    texts = [[5, 6, 7, 8], [90, 91]]
    checkpoint = encoder("BertModel")
    exact = EmbeddingEngine(PooledBert(checkpoint.load(), "mean")).embed(texts)
    rounded = EmbeddingEngine(PooledBert(half(checkpoint, dtype), "mean")).embed(texts)  # type: ignore[arg-type]
    assert ((exact * rounded).sum(axis=1) > 0.99).all()


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize(("make", "prefix", "pad"), [(marian, (), 198), (m2m100, (5,), 1)])
def test_translating_in_half_precision(
    make: Callable[[], Checkpoint], prefix: tuple[int, ...], pad: int, dtype: torch.dtype
) -> None:
    """Logits agree roughly; greedy and beam search, masks and caches run with finite scores."""
    checkpoint = make()
    model = half(checkpoint, dtype)
    assert isinstance(model, Transformer)
    source, mask = padded((9, 4), pad)
    with torch.inference_mode():
        exact = checkpoint.load()(source, source, mask)
        rounded = model(source, source, mask)
    assert rounded.dtype == dtype
    assert torch.nn.functional.cosine_similarity(exact, rounded.float(), dim=-1).min() > 0.9
    for beams in (1, 3):
        run = TranslationEngine(model).translate(
            [[7, 8, 9, 10], [11, 12]], Search(beams=beams, max_new_tokens=8), prefix=prefix, attention=True
        )
        assert all(torch.isfinite(torch.tensor(each.hypotheses[0].score)) for _, each in run)
