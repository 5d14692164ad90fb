"""Granite 3 (IBM 2024): a LLaMA with a factor at each of four places, which keep it stable at any width.

The factors multiply embeddings, attention scores and what a layer adds to its input, and divide the logits
(as in "Tensor Programs V", Yang et al. 2022, arXiv:2203.03466).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from llama_demo.model.fields import Fields
from llama_demo.model.linear import Linear
from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import LlamaConfig, read_fields

_FACTORS = ("embedding_multiplier", "attention_multiplier", "residual_multiplier", "logits_scaling")


@dataclass(frozen=True)
class GraniteConfig(LlamaConfig):
    """A LLaMA's numbers and the factors."""

    embedding_multiplier: float = 1.0
    attention_multiplier: float = 1.0  # in place of 1 / sqrt(D)
    residual_multiplier: float = 1.0
    logits_scaling: float = 1.0

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> GraniteConfig:
        """Read a ``config.json``; raises as LLaMA's does."""
        factors: dict[str, Any] = {name: Fields(config).real(name, 1e-6, 1e6, 1.0) for name in _FACTORS}
        return cls(**read_fields(config), **factors)


class ScaledAttention(Attention):
    """Attention whose scores have a factor of their own.

    Args:
        scale: in place of ``1 / sqrt(D)``.
    """

    def __init__(self, config: LlamaConfig, scale: float, *, window: int | None = None) -> None:
        super().__init__(config, window=window)
        self.factor = scale * math.sqrt(config.head_dim)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in LLaMA, the query multiplied."""
        query, keys, values = super().project(x)
        return query * self.factor, keys, values


class ScaledLayer(Layer):
    """A layer that adds so much of attention and feed-forward layer."""

    def __init__(self, config: LlamaConfig, attention: Attention, share: float) -> None:
        super().__init__(config, attention)
        self._share = share

    def add(self, x: Tensor, attention: Callable[[Tensor], Tensor]) -> Tensor:
        x = x + attention(self.attention_norm(x)) * self._share
        result: Tensor = x + self.mlp(self.mlp_norm(x)) * self._share
        return result


class DividedHead(Linear):
    """Logits divided by a number."""

    def __init__(self, width: int, vocabulary: int, divisor: float) -> None:
        super().__init__(width, vocabulary, bias=False)
        self._divisor = divisor

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) / self._divisor


class Granite(Llama):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: GraniteConfig) -> None:
        def layer(_: int) -> Layer:
            attention = ScaledAttention(config, config.attention_multiplier)
            return ScaledLayer(config, attention, config.residual_multiplier)

        head = DividedHead(config.hidden_size, config.vocab_size, config.logits_scaling)
        super().__init__(config, layer, embedding_scale=config.embedding_multiplier, head=head)
