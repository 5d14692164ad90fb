"""The text model of Gemma 3 (arXiv:2503.19786): layers with a window, five of six, turn by their own base.

Each head's query and key are normed, as in Qwen3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from llama_demo.errors import CheckpointError
from llama_demo.model import gemma
from llama_demo.model.fields import Fields
from llama_demo.model.gemma import CappedAttention, CenteredRMSNorm, Gemma, GemmaConfig, read_gemma_fields
from llama_demo.model.llama import Attention
from llama_demo.model.llama_config import layer_windows
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.rope_scaling import RopeScaling
from llama_demo.model.rotary import RotaryPositions, rotate


@dataclass(frozen=True)
class Gemma3Config(GemmaConfig):
    """Gemma's numbers, and the rotary base of the layers with a window."""

    window_theta: float = 10_000.0

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> Gemma3Config:
        """Read a ``config.json``; raises as LLaMA's does."""
        every = Fields(config).whole("sliding_window_pattern", 1, 1_000, 6)
        windows = layer_windows(config, config.get("sliding_window", 4096), lambda i: (i + 1) % every != 0)
        rope, local = _read_rotations(config)
        fields = read_gemma_fields(
            {**config, "rope_scaling": None, "rope_parameters": rope},
            {"attention_cap": None, "logit_cap": None},
        )
        return cls(**fields, windows=windows, window_theta=local)


def _read_rotations(config: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
    """What the layers without a window turn by, and the base of those with one."""
    parameters = config.get("rope_parameters") or {}
    if not isinstance(parameters, dict) or not isinstance(config.get("rope_scaling") or {}, dict):
        raise CheckpointError("config_broken", detail="rope_parameters")
    whole, local = parameters.get("full_attention") or {}, parameters.get("sliding_attention") or {}
    if not isinstance(whole, dict) or not isinstance(local, dict):
        raise CheckpointError("config_broken", detail="rope_parameters")
    if local.get("rope_type", "default") != "default":
        raise CheckpointError("config_unsupported", name="rope_type", value=local["rope_type"])
    theta = Fields(local or {"rope_theta": config.get("rope_local_base_freq", 10_000.0)}).real(
        "rope_theta", 1.0, 1e12, 10_000.0
    )
    rope = {"rope_theta": config.get("rope_theta", 1_000_000.0), **(config.get("rope_scaling") or {})}
    return {**rope, **whole}, theta


class LayeredPositions(RotaryPositions):
    """Two rotations side by side: of the layers without a window, and of those with one."""

    def __init__(self, config: Gemma3Config) -> None:
        super().__init__(config)
        local = replace(config, rope_theta=config.window_theta, rope_scaling=RopeScaling())
        self._local = RotaryPositions(local)

    def at(
        self, positions: Tensor, dtype: torch.dtype, lengths: Sequence[int] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Cosine and sine, each (2, T, D): row 0 without a window, row 1 with one."""
        both = super().at(positions, dtype, lengths), self._local.at(positions, dtype)
        return torch.stack([cosine for cosine, _ in both]), torch.stack([sine for _, sine in both])


class LayeredAttention(CappedAttention):
    """Attention with normed heads, turned by the rotation of its kind of layer."""

    def __init__(self, config: GemmaConfig, *, window: int | None = None) -> None:
        super().__init__(config, window=window)
        self.query_norm = CenteredRMSNorm(config.head_dim, config.rms_norm_eps)
        self.key_norm = CenteredRMSNorm(config.head_dim, config.rms_norm_eps)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As in LLaMA, query and key normed, then the query multiplied."""
        query, keys, values = Attention.project(self, x)
        return self.query_norm(query) * self.factor, self.key_norm(keys), values

    def turn(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        cosine, sine = rotation
        row = 0 if self.window is None else 1
        return rotate(x, cosine[row], sine[row])


class Gemma3(Gemma):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: Gemma3Config) -> None:
        super().__init__(config, lambda i: LayeredAttention(config, window=config.windows[i]))
        self.positions = LayeredPositions(config)


def checkpoint_parts(config: Gemma3Config) -> dict[str, tuple[CheckpointTensor, ...]]:
    """Gemma's tensors and the norms of query and key."""
    parts = gemma.checkpoint_parts(config)
    for i in range(config.num_hidden_layers):
        for ours, theirs in (("query_norm", "q_norm"), ("key_norm", "k_norm")):
            name = f"model.layers.{i}.self_attn.{theirs}.weight"
            parts[f"layers.{i}.attention.{ours}.weight"] = (CheckpointTensor(name, (config.head_dim,)),)
    return parts
