"""Qwen2 and Qwen2.5 (arXiv:2407.10671, arXiv:2412.15115): a LLaMA with biases on query, key and value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llama_demo.model import llama
from llama_demo.model.fields import Fields
from llama_demo.model.linear import Linear
from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import LlamaConfig, layer_windows, read_fields
from llama_demo.model.parts import CheckpointTensor, linear_parts


@dataclass(frozen=True)
class QwenConfig(LlamaConfig):
    """A LLaMA's numbers, and for each layer how many tokens it sees (``None``: all before it)."""

    windows: tuple[int | None, ...] = ()

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> QwenConfig:
        """Read a ``config.json``; raises as LLaMA's does."""
        return cls(**read_fields(config), windows=read_windows(config))


def read_windows(config: Mapping[str, Any]) -> tuple[int | None, ...]:
    """The window of each layer.

    Only with ``use_sliding_window`` are there any: in the layers that ``layer_types`` calls
    ``sliding_attention``, or, in older files, in those from ``max_window_layers`` on.
    """
    window = config.get("sliding_window", 4096) if config.get("use_sliding_window") else None
    first = Fields(config).whole("max_window_layers", 0, 1_000, 28)
    return layer_windows(config, window, lambda i: i >= first)


class BiasedAttention(Attention):
    """Attention whose query, key and value have a bias; the output has none."""

    def __init__(self, config: LlamaConfig, *, window: int | None = None) -> None:
        super().__init__(config, window=window)
        self.qkv = Linear(self.qkv.in_features, self.qkv.out_features, bias=True)


class Qwen2(Llama):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: QwenConfig) -> None:
        super().__init__(config, lambda i: Layer(config, BiasedAttention(config, window=config.windows[i])))


def checkpoint_parts(config: QwenConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """LLaMA's tensors and the biases."""
    parts = llama.checkpoint_parts(config)
    queries = config.num_attention_heads * config.head_dim
    groups = config.num_key_value_heads * config.head_dim
    for i in range(config.num_hidden_layers):
        theirs = f"model.layers.{i}.self_attn"
        heads = {f"{theirs}.q_proj": queries, f"{theirs}.k_proj": groups, f"{theirs}.v_proj": groups}
        parts |= linear_parts(f"layers.{i}.attention.qkv", heads, config.hidden_size, bias=True)
    return parts
