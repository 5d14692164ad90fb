"""Qwen3 and Qwen3-Embedding (arXiv:2505.09388, arXiv:2506.05176): a LLaMA that norms queries and keys.

Each head's query and key pass an RMSNorm of their own before they are turned to their position, which
bounds the attention scores (Dehghani et al. 2023, arXiv:2302.05442).

Qwen3-Embedding is the same network: the vector of a text is what :meth:`Llama.hidden` gives for its last
token, which its vocabulary always makes ``<|endoftext|>``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from llama_demo.model import llama
from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import LlamaConfig, read_fields
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.qwen2 import QwenConfig, read_windows
from llama_demo.model.rms_norm import RMSNorm


@dataclass(frozen=True)
class Qwen3Config(QwenConfig):
    """A LLaMA's numbers and the windows; the head size does not follow from the width."""

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> Qwen3Config:
        """Read a ``config.json``; raises as LLaMA's does."""
        return cls(**read_fields(config, head_dim=128), windows=read_windows(config))


class NormedAttention(Attention):
    """Attention with an RMSNorm over each head's query and key."""

    def __init__(self, config: LlamaConfig, *, window: int | None = None) -> None:
        super().__init__(config, window=window)
        self.query_norm = RMSNorm(config.head_dim, config.rms_norm_eps)
        self.key_norm = RMSNorm(config.head_dim, config.rms_norm_eps)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in LLaMA, query and key normed."""
        query, keys, values = super().project(x)
        return self.query_norm(query), self.key_norm(keys), values


class Qwen3(Llama):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: Qwen3Config) -> None:
        super().__init__(config, lambda i: Layer(config, NormedAttention(config, window=config.windows[i])))


def checkpoint_parts(config: Qwen3Config) -> dict[str, tuple[CheckpointTensor, ...]]:
    """LLaMA's tensors and the norms of query and key."""
    parts = llama.checkpoint_parts(config)
    for i in range(config.num_hidden_layers):
        theirs, ours = f"model.layers.{i}.self_attn", f"layers.{i}.attention"
        parts[f"{ours}.query_norm.weight"] = (
            CheckpointTensor(f"{theirs}.q_norm.weight", (config.head_dim,)),
        )
        parts[f"{ours}.key_norm.weight"] = (CheckpointTensor(f"{theirs}.k_norm.weight", (config.head_dim,)),)
    return parts
