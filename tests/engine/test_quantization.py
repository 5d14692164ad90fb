"""Models loaded in int8 and int4: close to what they were, small, and the same for everybody."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
import torch
from torch import Tensor

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine, load_engine
from llama_demo.engine.inspection import head_outputs, layer_logits, nearest_rows, trace_decoder
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.int4 import INT4
from llama_demo.model.llama import Llama
from llama_demo.model.quantized import integer_products_pay
from tests.random_checkpoint import write_checkpoint

CPU = torch.device("cpu")
CONFIG = {
    "model_type": "llama",
    "vocab_size": 320,
    "hidden_size": 128,
    "intermediate_size": 192,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 256,
}
GREEDY = Sampling(temperature=0.0)
PROMPTS = [tuple(range(start, start + length)) for start, length in ((3, 9), (40, 1), (77, 30), (200, 4))]


@pytest.fixture(scope="module", params=[False, True], ids=["untied", "tied"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = {**CONFIG, "tie_word_embeddings": request.param}
    return write_checkpoint(tmp_path_factory.mktemp("llama"), config, dtype=torch.bfloat16)


def load(folder: Path, dtype: torch.dtype) -> Llama:
    return load_model(folder, Llama, device=CPU, dtype=dtype).model


def size(model: Llama) -> int:
    return sum(one.numel() * one.element_size() for one in model.parameters())


@torch.inference_mode()
def logits(model: Llama) -> Tensor:
    found: Tensor = model(torch.tensor([PROMPTS[2]]))[0]
    return found


@pytest.mark.parametrize(("dtype", "near", "share"), [(torch.int8, 0.999, 0.28), (INT4, 0.95, 0.26)])
def test_a_quantized_model_is_small_and_close(
    folder: Path, dtype: torch.dtype, near: float, share: float
) -> None:
    """Logits point where they pointed; norms stay as they are."""
    exact, rounded = load(folder, torch.float32), load(folder, dtype)
    assert torch.nn.functional.cosine_similarity(logits(exact), logits(rounded), dim=-1).min() > near
    assert size(rounded) < share * size(exact)
    assert rounded.norm.weight.dtype == torch.float32
    loaded = load_model(folder, Llama, device=CPU, dtype=dtype)
    assert loaded.parameters == sum(one.numel() for one in exact.parameters())
    if exact.config.tie_word_embeddings:
        assert rounded.head.quantized is rounded.embedding.quantized


def written(engine: Engine, *, together: bool) -> list[list[int]]:
    requests = [Request(prompt, GREEDY, max_new_tokens=20) for prompt in PROMPTS]
    if together:
        return [[step.id for step in stream] for stream in [engine.submit(each) for each in requests]]
    return [[step.id for step in engine.submit(each)] for each in requests]


@pytest.mark.skipif(not integer_products_pay(), reason="few and many rows are rounded differently here")
def test_neighbours_in_a_batch_change_no_token_in_int8(folder: Path) -> None:
    """Each row is rounded by itself, and sums of integers have no order."""
    engine = load_engine(folder, device=CPU, dtype=torch.int8)
    try:
        assert written(engine, together=True) == written(engine, together=False)
    finally:
        engine.close()


def test_shapes_that_int4_does_not_take_are_int8_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """72 columns are no groups of 32: those layers get more bits, the others 4."""
    folder = write_checkpoint(tmp_path, {**CONFIG, "intermediate_size": 72})
    with caplog.at_level(logging.INFO):
        model = load(folder, INT4)
    layer = model.get_submodule("layers.0")
    kinds = {name: layer.get_submodule(name).quantized.name for name in ("mlp.down", "mlp.gate_up")}  # type: ignore[union-attr]
    assert kinds == {"mlp.down": "int8", "mlp.gate_up": "int4"}
    assert "layers.0.mlp.down.weight" in caplog.text
    assert "gate_up" not in caplog.text
    assert (
        torch.nn.functional.cosine_similarity(
            logits(load(folder, torch.float32)), logits(model), dim=-1
        ).min()
        > 0.97
    )


@pytest.mark.parametrize("dtype", [torch.int8, INT4])
def test_what_is_inside_can_be_looked_at(folder: Path, dtype: torch.dtype) -> None:
    """Heads, layers and neighbours in the table are computed from the weights that are used."""
    model = load(folder, dtype)
    trace = trace_decoder(model, PROMPTS[0])
    heads = torch.randn(4, 32, generator=torch.Generator().manual_seed(0)).numpy()
    parts = head_outputs(model, "layers.1.attention", heads)
    out = model.get_submodule("layers.1.attention.out")
    whole = out(torch.from_numpy(heads).reshape(1, -1))[0].detach().numpy()
    assert abs(parts.sum(0) - whole).max() < 0.02 * abs(whole).max() + 1e-3
    assert [one.shape for one in layer_logits(model, trace.layers("layers.{}", "hidden"))] == [(9, 320)] * 3
    assert len(nearest_rows(model, 5, 3)) == 3
