"""Phi-3, Phi-3.5, Phi-4-mini (arXiv:2404.14219, arXiv:2503.01743): Mistral's network in fewer tensors.

Their long contexts come by LongRoPE, and Phi-4-mini turns three quarters of each head.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_demo.model import llama
from llama_demo.model.llama_config import read_fields
from llama_demo.model.mistral import MistralConfig
from llama_demo.model.parts import CheckpointTensor, linear_parts


def read_config(config: Mapping[str, Any]) -> MistralConfig:
    """Read a ``config.json``; raises as LLaMA's does."""
    fields = read_fields({"original_max_position_embeddings": 4_096, **config})
    return MistralConfig(**fields, sliding_window=config.get("sliding_window"))


def checkpoint_parts(config: MistralConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """LLaMA's tensors, those that are one product in one piece."""
    parts = llama.checkpoint_parts(config)
    heads = config.num_attention_heads + 2 * config.num_key_value_heads
    for i in range(config.num_hidden_layers):
        theirs, ours, C = f"model.layers.{i}", f"layers.{i}", config.hidden_size
        fused = {f"{theirs}.self_attn.qkv_proj": heads * config.head_dim}
        parts |= linear_parts(f"{ours}.attention.qkv", fused, C, bias=False)
        fused = {f"{theirs}.mlp.gate_up_proj": 2 * config.intermediate_size}
        parts |= linear_parts(f"{ours}.mlp.gate_up", fused, C, bias=False)
    return parts
