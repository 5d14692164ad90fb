"""Translators and encoders in 16, 8 and 4 bits: close to float32, and nothing breaks on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from llama_demo.engine.beam_search import Search
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.embedding import EmbeddingEngine, PooledBert
from llama_demo.engine.quantization import computing_dtype
from llama_demo.engine.translation import TranslationEngine
from llama_demo.model.int4 import INT4
from llama_demo.model.transformer import Transformer
from tests.model.random_encoders import Checkpoint, encoder, m2m100, marian, padded

CPU = torch.device("cpu")
FEWER_BITS = [torch.bfloat16, torch.float16, torch.int8, INT4]


def load(checkpoint: Checkpoint, dtype: torch.dtype) -> nn.Module:
    return load_model(checkpoint.folder, nn.Module, device=CPU, dtype=dtype).model


@pytest.mark.parametrize("dtype", FEWER_BITS)
def test_vectors_keep_their_direction(dtype: torch.dtype) -> None:
    """Rounding turns a vector by little."""
    texts = [[5, 6, 7, 8], [90, 91]]
    checkpoint = encoder("BertModel")
    exact = EmbeddingEngine(PooledBert(checkpoint.load(), "mean")).embed(texts)
    rounded = EmbeddingEngine(PooledBert(load(checkpoint, dtype), "mean")).embed(texts)  # type: ignore[arg-type]
    assert ((exact * rounded).sum(axis=1) > 0.99).all()


@pytest.mark.parametrize("dtype", FEWER_BITS)
@pytest.mark.parametrize(("make", "prefix", "pad"), [(marian, (), 198), (m2m100, (5,), 1)])
def test_translating_in_fewer_bits(
    make: Callable[[], Checkpoint], prefix: tuple[int, ...], pad: int, dtype: torch.dtype
) -> None:
    """Logits agree roughly; greedy and beam search, masks and caches run with finite scores."""
    checkpoint = make()
    model = load(checkpoint, dtype)
    assert isinstance(model, Transformer)
    source, mask = padded((9, 4), pad)
    with torch.inference_mode():
        exact = checkpoint.load()(source, source, mask)
        rounded = model(source, source, mask)
    assert rounded.dtype == computing_dtype(dtype, CPU)
    near = torch.nn.functional.cosine_similarity(exact, rounded.float(), dim=-1)
    assert near.min() > 0.9 if dtype.is_floating_point else near.median() > 0.7  # random weights amplify
    for beams in (1, 3):
        run = TranslationEngine(model).translate(
            [[7, 8, 9, 10], [11, 12]], Search(beams=beams, max_new_tokens=8), prefix=prefix, attention=True
        )
        assert all(torch.isfinite(torch.tensor(each.hypotheses[0].score)) for _, each in run)
