"""Weights of GGUF files against the checkpoints that they were written from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine
from llama_demo.engine.request import Request, Sampling
from llama_demo.errors import CheckpointError
from llama_demo.model.llama import Llama
from tests.gguf_files import Kind, write_gguf
from tests.model.random_decoders import Reference, Variant
from tests.model.test_llama import LLAMA3_ROPE

CPU = torch.device("cpu")
VARIANTS = {
    "LLaMA, grouped heads": Variant("LlamaForCausalLM", {}),
    "LLaMA 3.2, tied, stretched wavelengths": Variant(
        "LlamaForCausalLM", {"rope_parameters": LLAMA3_ROPE, "tie_word_embeddings": True, "head_dim": 16}
    ),
    "LLaMA with biases and YaRN": Variant(
        "LlamaForCausalLM",
        {
            "attention_bias": True,
            "mlp_bias": True,
            "rope_parameters": {
                "rope_type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": 32,
                "rope_theta": 10_000.0,
            },
        },
    ),
    "Mistral": Variant("MistralForCausalLM", {"sliding_window": None}),
    "Qwen2": Variant("Qwen2ForCausalLM", {}),
    "Qwen3, heads wider than the layer": Variant("Qwen3ForCausalLM", {"head_dim": 32}),
}


def load(path: Path, dtype: torch.dtype = torch.float32) -> Llama:
    return load_model(path, Llama, device=CPU, dtype=dtype).model


def written(reference: Reference, *, packing: str = "F32") -> Path:
    return write_gguf(
        reference.folder, reference.folder / "model.gguf", packing=packing, vocabulary=lambda _: None
    )


def greedy(model: Llama) -> list[int]:
    engine = Engine(model)
    request = Request((5, 17, 101, 3), Sampling(temperature=0.0), max_new_tokens=24)
    try:
        return [step.id for step in engine.submit(request)]
    finally:
        engine.close()


@pytest.mark.parametrize("name", VARIANTS)
@torch.inference_mode()
def test_a_file_is_the_checkpoint_that_it_was_made_of(name: str, tmp_path: Path) -> None:
    """Same weights in the same rows, same positions, and so the same greedy tokens."""
    reference = Reference(VARIANTS[name], tmp_path)
    ours, theirs = load(written(reference)), load(tmp_path)
    state = theirs.state_dict()
    assert ours.state_dict().keys() == state.keys()
    assert all(torch.equal(tensor, state[key]) for key, tensor in ours.state_dict().items())
    assert (ours(reference.ids) - theirs(reference.ids)).abs().max() < 1e-4
    assert greedy(ours) == greedy(theirs)


WIDE = {
    "hidden_size": 256,
    "intermediate_size": 256,
    "head_dim": 64,
    "num_hidden_layers": 1,
    "vocab_size": 48,
}


def test_a_file_is_quantized_like_the_checkpoint_that_it_was_made_of(tmp_path: Path) -> None:
    """Rows that stand in another order in the file get their own scales."""
    reference = Reference(VARIANTS["LLaMA, grouped heads"], tmp_path)
    ours, theirs = load(written(reference), torch.int8), load(tmp_path, torch.int8)
    state = theirs.state_dict()
    assert any(tensor.dtype == torch.int8 for tensor in state.values())
    assert ours.state_dict().keys() == state.keys()
    assert all(torch.equal(tensor, state[key]) for key, tensor in ours.state_dict().items())


@pytest.mark.parametrize("packing", ["F16", "BF16", "Q8_0", "Q5_0", "Q5_1", "Q4_0", "Q4_1"])
def test_packed_numbers_are_those_of_the_package(packing: str, tmp_path: Path) -> None:
    """Numbers are unpacked as the format says, block by block and whatever the order of the rows."""
    reference = Reference(Variant("LlamaForCausalLM", WIDE), tmp_path)
    expected = load(tmp_path).state_dict()
    ours = load(written(reference, packing=packing)).state_dict()
    for name, tensor in expected.items():
        numbers = tensor.numpy()
        if tensor.ndim > 1:
            numbers = gguf.dequantize(gguf.quantize(numbers, Kind[packing]), Kind[packing])
        assert np.array_equal(ours[name].numpy(), numbers), name


# Where the scales of a block stand: bytes that begin numbers of 16 bits.
SCALES = {"Q6_K": (208,), "Q5_K": (0, 2), "Q4_K": (0, 2), "Q3_K": (108,), "Q2_K": (80, 82), "IQ4_XS": (0,)}


@pytest.mark.parametrize("packing", SCALES)
def test_blocks_of_256_are_those_of_the_package(packing: str, tmp_path: Path) -> None:
    """The package cannot pack these kinds, so any bytes stand for the numbers, with small scales."""
    reference = Reference(Variant("LlamaForCausalLM", WIDE), tmp_path)
    noise, kind = np.random.default_rng(0), Kind[packing]
    made: dict[str, NDArray[np.uint8]] = {}

    def packed(name: str, numbers: NDArray[Any]) -> NDArray[np.uint8]:
        blocks = noise.integers(0, 256, (numbers.size // 256, gguf.GGML_QUANT_SIZES[kind][1]), np.uint8)
        for place in SCALES[packing]:
            small = noise.uniform(0, 0.01, len(blocks)).astype(np.float16)
            blocks[:, place : place + 2] = small.view(np.uint8).reshape(-1, 2)
        made[name] = blocks.reshape(len(numbers), -1)
        return made[name]

    path = tmp_path / "packed.gguf"
    write_gguf(reference.folder, path, packing=packing, vocabulary=lambda _: None, pack=packed)
    ours = load(path).state_dict()
    plain = gguf.dequantize(made["blk.0.ffn_down.weight"], kind)
    assert np.array_equal(ours["layers.0.mlp.down.weight"].numpy(), plain)
    query = torch.from_numpy(gguf.dequantize(made["blk.0.attn_q.weight"], kind))  # in pairs
    apart = query.view(4, 32, 2, 256).transpose(1, 2).reshape(256, 256)
    assert torch.equal(ours["layers.0.attention.qkv.weight"][:256], apart)


def test_numbers_that_are_none_are_refused(tmp_path: Path) -> None:
    """A damaged file would write nonsense."""
    reference = Reference(Variant("LlamaForCausalLM", WIDE), tmp_path)
    path = written(reference)
    tensor = next(one for one in gguf.GGUFReader(path).tensors if one.name == "blk.0.ffn_up.weight")
    with path.open("r+b") as file:
        file.seek(int(tensor.data_offset))
        file.write(np.array([np.nan], np.float32).tobytes())
    with pytest.raises(CheckpointError) as caught:
        load(path)
    assert caught.value.key == "weights_not_finite"


def test_tensors_that_the_family_lacks_are_named(tmp_path: Path) -> None:
    """A file of another network under this architecture's name is refused before weights are read."""
    reference = Reference(Variant("LlamaForCausalLM", {"attention_bias": True}), tmp_path)
    path = written(reference)
    content = path.read_bytes().replace(b"blk.1.attn_q.bias", b"blk.1.attn_z.bias")
    path.write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        load(path)
    assert caught.value.key == "weights_misfit"
    assert "attn_z" in str(caught.value.values["misfits"])
