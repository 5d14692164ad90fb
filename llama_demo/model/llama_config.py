"""The shape of a LLaMA, as its ``config.json`` tells it in the old spelling or the new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llama_demo.errors import CheckpointError


@dataclass(frozen=True)
class Llama3Scaling:
    """How Llama 3.1 stretches its rotary wavelengths to contexts longer than it was first trained on.

    Wavelengths above ``original_context / low_frequency_factor`` are stretched by ``factor``, those
    below ``original_context / high_frequency_factor`` stay, and those between are blended.
    """

    factor: float
    low_frequency_factor: float
    high_frequency_factor: float
    original_context: int

    def __post_init__(self) -> None:
        _check_range("factor", self.factor, 1.0, 1e6)
        _check_range("low_freq_factor", self.low_frequency_factor, 1e-6, 1e6)
        _check_range("high_freq_factor", self.high_frequency_factor, self.low_frequency_factor + 1e-6, 1e6)
        _check_range("original_max_position_embeddings", self.original_context, 1, 2**24)


@dataclass(frozen=True)
class LlamaConfig:
    """The numbers that fix a LLaMA's shape, named as in a Hugging Face ``config.json``."""

    vocab_size: int
    hidden_size: int  # C
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int  # H
    num_key_value_heads: int  # K, shared by H / K query heads each (arXiv:2305.13245)
    head_dim: int  # D
    max_position_embeddings: int
    rms_norm_eps: float = 1e-5
    rope_theta: float = 10_000.0
    rope_scaling: Llama3Scaling | None = None
    tie_word_embeddings: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in _SANE.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise CheckpointError("config_value", name=name, value=value, low=low, high=high)
        _check_range("rms_norm_eps", self.rms_norm_eps, 0.0, 1.0)
        _check_range("rope_theta", self.rope_theta, 1.0, 1e12)
        if self.num_attention_heads % self.num_key_value_heads:
            raise CheckpointError(
                "config_heads", heads=self.num_attention_heads, groups=self.num_key_value_heads
            )
        if self.head_dim % 2:
            raise CheckpointError("config_value", name="head_dim", value=self.head_dim, low=2, high=1024)

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> LlamaConfig:
        """Read a ``config.json`` in its old spelling (``rope_theta``) or new (``rope_parameters``).

        Raises:
            CheckpointError: a number is missing or absurd, or the model needs what is not built here.
        """
        return cls(**read_fields(config))

    def to_json(self) -> dict[str, Any]:
        """The ``config.json`` that this project and ``transformers`` both load."""
        return {
            "architectures": ["LlamaForCausalLM"],
            "model_type": "llama",
            "vocab_size": self.vocab_size,
            "hidden_size": self.hidden_size,
            "intermediate_size": self.intermediate_size,
            "num_hidden_layers": self.num_hidden_layers,
            "num_attention_heads": self.num_attention_heads,
            "num_key_value_heads": self.num_key_value_heads,
            "head_dim": self.head_dim,
            "max_position_embeddings": self.max_position_embeddings,
            "rms_norm_eps": self.rms_norm_eps,
            "rope_theta": self.rope_theta,
            "tie_word_embeddings": self.tie_word_embeddings,
            "hidden_act": "silu",
        }


def read_fields(config: Mapping[str, Any], *, head_dim: int | None = None) -> dict[str, Any]:
    """The fields of :class:`LlamaConfig` in a ``config.json``, for it and the families built on it.

    Args:
        head_dim: where the family's own default is not the width divided among the heads.

    Raises:
        CheckpointError: as :meth:`LlamaConfig.from_json`.
    """
    _refuse_unsupported(config)
    try:
        heads = int(config["num_attention_heads"])
        rope = {**(config.get("rope_scaling") or {}), **(config.get("rope_parameters") or {})}
        return {
            "vocab_size": config["vocab_size"],
            "hidden_size": config["hidden_size"],
            "intermediate_size": config["intermediate_size"],
            "num_hidden_layers": config["num_hidden_layers"],
            "num_attention_heads": heads,
            "num_key_value_heads": config.get("num_key_value_heads") or heads,
            "head_dim": config.get("head_dim") or head_dim or config["hidden_size"] // max(heads, 1),
            "max_position_embeddings": config.get("max_position_embeddings", 2048),
            "rms_norm_eps": float(config.get("rms_norm_eps", 1e-6)),
            "rope_theta": float(rope.get("rope_theta", config.get("rope_theta", 10_000.0))),
            "rope_scaling": _read_scaling(rope),
            "tie_word_embeddings": bool(config.get("tie_word_embeddings", False)),
        }
    except KeyError as exc:
        raise CheckpointError("config_missing", name=exc.args[0]) from exc
    except (TypeError, ValueError, OverflowError) as exc:
        raise CheckpointError("config_broken", detail=str(exc)) from exc


# Limits against a damaged or hostile config.json, checked before anything is allocated.
_SANE = {
    "vocab_size": (1, 1_000_000),
    "hidden_size": (1, 65_536),
    "intermediate_size": (1, 262_144),
    "num_hidden_layers": (1, 512),
    "num_attention_heads": (1, 1_024),
    "num_key_value_heads": (1, 1_024),
    "head_dim": (2, 1_024),
    "max_position_embeddings": (1, 16_777_216),
}


def _check_range(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # a NaN lies outside of every range
        raise CheckpointError("config_value", name=name, value=value, low=low, high=high)


def _refuse_unsupported(config: Mapping[str, Any]) -> None:
    if config.get("hidden_act", "silu") != "silu":
        raise CheckpointError("config_unsupported", name="hidden_act", value=config["hidden_act"])
    for name in ("attention_bias", "mlp_bias"):
        if config.get(name):
            raise CheckpointError("config_unsupported", name=name, value=True)


def _read_scaling(rope: Mapping[str, Any]) -> Llama3Scaling | None:
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind == "default":
        return None
    if kind != "llama3":
        raise CheckpointError("config_unsupported", name="rope_type", value=kind)
    return Llama3Scaling(
        factor=float(rope["factor"]),
        low_frequency_factor=float(rope["low_freq_factor"]),
        high_frequency_factor=float(rope["high_freq_factor"]),
        original_context=int(rope["original_max_position_embeddings"]),
    )
