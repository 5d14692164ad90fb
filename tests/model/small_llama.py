"""The numbers of a LLaMA that computes in no time."""

from __future__ import annotations

from llama_demo.model.llama_config import LlamaConfig

SMALL = LlamaConfig(
    vocab_size=97,
    hidden_size=32,
    intermediate_size=64,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    head_dim=8,
    max_position_embeddings=512,
)
