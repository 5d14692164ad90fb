"""Static embeddings: averages, weights, and tables of int8."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError
from llama_demo.model.static import StaticConfig, StaticEmbedding

CPU = torch.device("cpu")


def write(folder: Path, config: StaticConfig, tensors: dict[str, Tensor]) -> Path:
    (folder / "config.json").write_text(json.dumps(config.to_json()))
    save_file(tensors, folder / "model.safetensors")
    return folder


def test_a_text_is_the_weighted_mean_of_its_tokens(tmp_path: Path) -> None:
    """Order does not matter, weights do, and a text without tokens is zero."""
    table, weights = torch.randn(11, 6), torch.rand(11)
    folder = write(tmp_path, StaticConfig(11, 6), {"embedding.weight": table, "token_weights": weights})
    model = load_model(folder, StaticEmbedding, device=CPU, dtype=torch.float32).model
    found = model(torch.tensor([3, 4, 4, 9, 4, 3, 4]), torch.tensor([0, 3, 3, 4]))
    mean = (weights[[3, 4, 4], None] * table[[3, 4, 4]]).mean(0)
    assert torch.allclose(found[0], mean, atol=1e-6)
    assert found[1].abs().max() == 0
    assert torch.allclose(found[2], weights[9] * table[9], atol=1e-6)
    assert torch.allclose(found[3], mean, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_int8_tables_with_a_scale_for_each_row(tmp_path: Path, dtype: torch.dtype) -> None:
    """A table at a quarter of the size gives nearly the same vectors, in every precision."""
    table = torch.randn(50, 32)
    scales = table.abs().amax(1) / 127
    config = StaticConfig(50, 32, token_weights=False, row_scales=True)
    tensors = {"embedding.weight": (table / scales[:, None]).round().to(torch.int8), "row_scales": scales}
    model = load_model(write(tmp_path, config, tensors), StaticEmbedding, device=CPU, dtype=dtype).model
    ids = torch.arange(50)
    found = model(ids, torch.tensor([0, 20])).float()
    exact = torch.stack((table[:20].mean(0), table[20:].mean(0)))
    assert torch.nn.functional.cosine_similarity(found, exact).min() > 0.999


def test_gradients_reach_table_and_weights() -> None:
    """It is trained as it is run."""
    model = StaticEmbedding(StaticConfig(11, 6))
    model(torch.tensor([1, 2, 3]), torch.tensor([0, 1])).sum().backward()
    assert model.embedding.weight.grad is not None
    assert model.token_weights.grad is not None
    assert model.token_weights.grad[[1, 2, 3]].abs().min() > 0


def test_numbers_of_the_wrong_kind_are_refused(tmp_path: Path) -> None:
    """Whole numbers without scales, or scales with fractions in the table, would give nonsense silently."""
    whole, scales = torch.ones(5, 4, dtype=torch.int8), torch.ones(5)
    plain, scaled = StaticConfig(5, 4, token_weights=False), StaticConfig(5, 4, False, True)
    for config, tensors in (
        (plain, {"embedding.weight": whole}),
        (scaled, {"embedding.weight": whole.float(), "row_scales": scales}),
    ):
        with pytest.raises(CheckpointError) as caught:
            load_model(write(tmp_path, config, tensors), StaticEmbedding, device=CPU, dtype=torch.float32)
        assert caught.value.key == "weights_misfit"
