"""Models of well-known shapes with random weights, as folders and as GGUF files."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from transformers import MarianConfig, MarianMTModel

from llama_demo.model.llama import checkpoint_parts
from llama_demo.model.llama_config import LlamaConfig

SHAPES = {
    "135m": LlamaConfig(
        vocab_size=49_152,
        hidden_size=576,
        intermediate_size=1_536,
        num_hidden_layers=30,
        num_attention_heads=9,
        num_key_value_heads=3,
        head_dim=64,
        max_position_embeddings=2_048,
        tie_word_embeddings=True,
    ),
    "1.1b": LlamaConfig(
        vocab_size=32_000,
        hidden_size=2_048,
        intermediate_size=5_632,
        num_hidden_layers=22,
        num_attention_heads=32,
        num_key_value_heads=4,
        head_dim=64,
        max_position_embeddings=2_048,
    ),
}
"""Decoders by name: SmolLM2-135M's shape and TinyLlama's."""

# Rows that are drawn; matrices repeat them, which changes no speed.
_DRAWN = 256
_SPREAD = 0.02


def write_decoder(folder: Path, shape: LlamaConfig) -> None:
    """A folder in bfloat16, in one file."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    parts = (part for group in checkpoint_parts(shape).values() for part in group)
    tensors = {part.name: (_SPREAD * torch.randn(part.shape)).to(torch.bfloat16) for part in parts}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    config = {"architectures": ["LlamaForCausalLM"], "dtype": "bfloat16", **shape.to_json()}
    (folder / "config.json").write_text(json.dumps(config))


def write_gguf(file: Path, shape: LlamaConfig, packing: str) -> None:
    """The same shape as llama.cpp packs it, such as ``Q8_0``; without a vocabulary."""
    kind = gguf.GGMLQuantizationType[packing]
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, shape.num_hidden_layers)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_context_length(shape.max_position_embeddings)
    writer.add_embedding_length(shape.hidden_size)
    writer.add_block_count(shape.num_hidden_layers)
    writer.add_feed_forward_length(shape.intermediate_size)
    writer.add_head_count(shape.num_attention_heads)
    writer.add_head_count_kv(shape.num_key_value_heads)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_layer_norm_rms_eps(shape.rms_norm_eps)
    writer.add_vocab_size(shape.vocab_size)
    writer.add_tokenizer_model("no_vocab")
    for group in checkpoint_parts(shape).values():
        for part in group:
            name = names.get_name(part.name, try_suffixes=(".weight",))
            assert name is not None
            if len(part.shape) == 1:
                writer.add_tensor(name, np.ones(part.shape, dtype=np.float32))
            else:
                writer.add_tensor(name, _packed(part.shape[0], part.shape[1], kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _packed(rows: int, columns: int, kind: gguf.GGMLQuantizationType) -> NDArray[np.uint8]:
    drawn = np.random.default_rng(0).standard_normal((_DRAWN, columns), dtype=np.float32)
    packed: NDArray[np.uint8] = gguf.quantize(_SPREAD * drawn, kind)
    return np.resize(packed, (rows, packed.shape[1]))


def write_translator(folder: Path) -> None:
    """A Marian of opus-mt's shape that never ends a target, so that all write equally many tokens."""
    torch.manual_seed(0)
    config = MarianConfig(
        vocab_size=32_001,
        d_model=512,
        encoder_layers=6,
        decoder_layers=6,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=2_048,
        decoder_ffn_dim=2_048,
        max_position_embeddings=512,
        activation_function="swish",
        scale_embedding=True,
        pad_token_id=32_000,
        eos_token_id=0,
        decoder_start_token_id=32_000,
        forced_eos_token_id=None,
    )
    model = MarianMTModel(config)
    model.final_logits_bias[0, 0] = -1e4
    model.save_pretrained(folder)
