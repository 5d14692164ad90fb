"""OLMo 2 (arXiv:2501.00656): norms behind attention and feed-forward layer, and of queries and keys.

One layer, read upwards from its input::

    x ──┬── attention ── RMSNorm ──(+)──┬── SwiGLU ── RMSNorm ──(+)── x'
        └───────────────────────────────┘└─────────────────────────┘
"""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from llama_demo.model import llama
from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.rms_norm import RMSNorm


class WideNormedAttention(Attention):
    """Attention with an RMSNorm over the queries of all heads, and one over the keys of all."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__(config)
        self.query_norm = RMSNorm(self.heads * self.head_dim, config.rms_norm_eps)
        self.key_norm = RMSNorm(self.groups * self.head_dim, config.rms_norm_eps)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in LLaMA, query and key normed."""
        query, keys, values = (heads.transpose(1, 2) for heads in super().project(x))  # (B, T, H or K, D)
        query = self.query_norm(query.flatten(2)).view_as(query)
        keys = self.key_norm(keys.flatten(2)).view_as(keys)
        return query.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2)


class PostNormLayer(Layer):
    """A layer whose norms stand behind attention and feed-forward layer."""

    def add(self, x: Tensor, attention: Callable[[Tensor], Tensor]) -> Tensor:
        x = x + self.attention_norm(attention(x))
        result: Tensor = x + self.mlp_norm(self.mlp(x))
        return result


class Olmo2(Llama):
    """Token ids in, logits of the next token out."""

    norm_place = "post"

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__(config, lambda _: PostNormLayer(config, WideNormedAttention(config)))


def checkpoint_parts(config: LlamaConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """LLaMA's tensors, the norms under other names, and the norms of queries and keys."""
    parts = llama.checkpoint_parts(config)
    C, D = config.hidden_size, config.head_dim
    for i in range(config.num_hidden_layers):
        for ours, theirs, width in (
            ("attention_norm", "post_attention_layernorm", C),
            ("mlp_norm", "post_feedforward_layernorm", C),
            ("attention.query_norm", "self_attn.q_norm", config.num_attention_heads * D),
            ("attention.key_norm", "self_attn.k_norm", config.num_key_value_heads * D),
        ):
            name = f"model.layers.{i}.{theirs}.weight"
            parts[f"layers.{i}.{ours}.weight"] = (CheckpointTensor(name, (width,)),)
    return parts
