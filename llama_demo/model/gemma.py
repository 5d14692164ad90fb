"""What Gemma 2 and 3 share (arXiv:2408.00118, arXiv:2503.19786): norms on both sides, GEGLU, windows.

One layer, read upwards from its input::

    x ──┬── RMSNorm ── attention ── RMSNorm ──(+)──┬── RMSNorm ── GEGLU ── RMSNorm ──(+)── x'
        └──────────────────────────────────────────┘└───────────────────────────────────┘
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.errors import CheckpointError
from llama_demo.model import llama
from llama_demo.model.fields import Fields
from llama_demo.model.granite import ScaledAttention
from llama_demo.model.grouped_attention import attend_tapped
from llama_demo.model.linear import Linear
from llama_demo.model.llama import Attention, Layer, Llama, SwiGLU
from llama_demo.model.llama_config import LlamaConfig, read_fields
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.qwen2 import QwenConfig
from llama_demo.model.rms_norm import RMSNorm
from llama_demo.model.taps import Taps


@dataclass(frozen=True)
class GemmaConfig(QwenConfig):
    """A LLaMA's numbers, the windows, and the bounds of scores and logits.

    Attributes:
        query_pre_attn_scalar: scores are divided by its root.
        attention_cap, logit_cap: bounds that are approached smoothly; ``None`` for none.
    """

    query_pre_attn_scalar: float = 256.0
    attention_cap: float | None = None
    logit_cap: float | None = None


def read_gemma_fields(config: Mapping[str, Any], caps: Mapping[str, float | None]) -> dict[str, Any]:
    """The fields of :class:`GemmaConfig` but the windows; raises as LLaMA's.

    Args:
        caps: the family's own bounds, by the names of the fields.
    """
    fields = Fields(config)
    if config.get("use_bidirectional_attention"):
        raise CheckpointError("config_unsupported", name="use_bidirectional_attention", value=True)
    named = {"attention_cap": "attn_logit_softcapping", "logit_cap": "final_logit_softcapping"}
    given = {ours: config.get(theirs, caps[ours]) for ours, theirs in named.items()}
    return {
        **read_fields({"tie_word_embeddings": True, **config}, head_dim=256, activation="gelu_pytorch_tanh"),
        "query_pre_attn_scalar": fields.real("query_pre_attn_scalar", 1e-3, 1e6, 256.0),
        **{
            name: None if cap is None else Fields({name: cap}).real(name, 1e-3, 1e6, 0.0)
            for name, cap in given.items()
        },
    }


class CenteredRMSNorm(RMSNorm):
    """An RMSNorm whose weights say by how much the factor differs from 1."""

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return (scaled * (1.0 + self.weight.float())).to(x.dtype)


class GeGLU(SwiGLU):
    """``down(gelu(gate(x)) * up(x))``, the GELU by its approximation with tanh."""

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        result: Tensor = self.down(F.gelu(gate, approximate="tanh") * up)
        return result


class CappedAttention(ScaledAttention):
    """Attention whose scores are bounded."""

    def __init__(self, config: GemmaConfig, *, window: int | None = None) -> None:
        super().__init__(config, config.query_pre_attn_scalar**-0.5, window=window)
        self._cap = config.attention_cap

    def mix(
        self, query: Tensor, keys: Tensor, values: Tensor, taps: Taps | None, visible: Tensor | None = None
    ) -> Tensor:
        """As in LLaMA; there is no faster way for bounded scores than step by step."""
        if self._cap is None:
            return super().mix(query, keys, values, taps, visible)
        taps = taps or (lambda _, tensor: tensor)
        return attend_tapped(query, keys, values, self.window, taps, visible=visible, cap=self._cap)


class SandwichLayer(Layer):
    """A layer that norms before and behind attention and feed-forward layer."""

    def __init__(self, config: LlamaConfig, attention: Attention) -> None:
        super().__init__(config, attention)
        width, eps = config.hidden_size, config.rms_norm_eps
        self.attention_norm, self.mlp_norm = CenteredRMSNorm(width, eps), CenteredRMSNorm(width, eps)
        self.attention_out_norm, self.mlp_out_norm = CenteredRMSNorm(width, eps), CenteredRMSNorm(width, eps)
        self.mlp = GeGLU(config)

    def add(self, x: Tensor, attention: Callable[[Tensor], Tensor]) -> Tensor:
        x = x + self.attention_out_norm(attention(self.attention_norm(x)))
        result: Tensor = x + self.mlp_out_norm(self.mlp(self.mlp_norm(x)))
        return result


class CappedHead(Linear):
    """Logits that are bounded."""

    def __init__(self, width: int, vocabulary: int, cap: float | None) -> None:
        super().__init__(width, vocabulary, bias=False)
        self._cap = cap

    def forward(self, x: Tensor) -> Tensor:
        logits = super().forward(x)
        return logits if self._cap is None else self._cap * torch.tanh(logits / self._cap)


class Gemma(Llama):
    """Token ids in, logits of the next token out."""

    activation = "GEGLU"

    def __init__(self, config: GemmaConfig, attention: Callable[[int], Attention]) -> None:
        super().__init__(
            config,
            lambda i: SandwichLayer(config, attention(i)),
            embedding_scale=math.sqrt(config.hidden_size),
            head=CappedHead(config.hidden_size, config.vocab_size, config.logit_cap),
        )
        self.norm = CenteredRMSNorm(config.hidden_size, config.rms_norm_eps)


def checkpoint_parts(config: GemmaConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """LLaMA's tensors and the further norms."""
    parts = llama.checkpoint_parts(config)
    for i in range(config.num_hidden_layers):
        for ours, theirs in (
            ("attention_out_norm", "post_attention_layernorm"),
            ("mlp_norm", "pre_feedforward_layernorm"),
            ("mlp_out_norm", "post_feedforward_layernorm"),
        ):
            name = f"model.layers.{i}.{theirs}.weight"
            parts[f"layers.{i}.{ours}.weight"] = (CheckpointTensor(name, (config.hidden_size,)),)
    return parts
