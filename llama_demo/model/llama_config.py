"""The shape of a LLaMA, as its ``config.json`` tells it in the old spelling or the new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from llama_demo.errors import CheckpointError
from llama_demo.model.fields import Fields
from llama_demo.model.rope_scaling import DynamicScaling, RopeScaling, check_range, read_scaling


@dataclass(frozen=True)
class LlamaConfig:
    """The numbers that fix a LLaMA's shape, named as in a Hugging Face ``config.json``.

    Attributes:
        partial_rotary_factor: share of each head that is turned to its position.
        attention_bias: whether the projections of attention have biases.
        mlp_bias: whether those of the feed-forward layers have.
    """

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
    rope_scaling: RopeScaling = field(default_factory=RopeScaling)
    partial_rotary_factor: float = 1.0
    tie_word_embeddings: bool = False
    attention_bias: bool = False
    mlp_bias: bool = False

    def __post_init__(self) -> None:
        for name, (low, high) in _SANE.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise CheckpointError("config_value", name=name, value=value, low=low, high=high)
        check_range("rms_norm_eps", self.rms_norm_eps, 0.0, 1.0)
        check_range("rope_theta", self.rope_theta, 1.0, 1e12)
        check_range("partial_rotary_factor", self.partial_rotary_factor, 0.0, 1.0)
        if self.num_attention_heads % self.num_key_value_heads:
            raise CheckpointError(
                "config_heads", heads=self.num_attention_heads, groups=self.num_key_value_heads
            )
        for name, width in (("head_dim", self.head_dim), ("partial_rotary_factor", self.rotary_dim)):
            if width % 2 or not width:
                raise CheckpointError("config_value", name=name, value=width, low=2, high=1024)

    @property
    def rotary_dim(self) -> int:
        """Components of each head that are turned to its position, the first ones."""
        return int(self.head_dim * self.partial_rotary_factor)

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


def read_fields(
    config: Mapping[str, Any], *, head_dim: int | None = None, activation: str = "silu"
) -> dict[str, Any]:
    """The fields of :class:`LlamaConfig` in a ``config.json``, for it and the families built on it.

    Args:
        head_dim: where the family's own default is not the width divided among the heads.
        activation: the one that the family's feed-forward layers have here.

    Raises:
        CheckpointError: as :meth:`LlamaConfig.from_json`.
    """
    named = config.get("hidden_activation") or config.get("hidden_act", activation)
    if named != activation:
        raise CheckpointError("config_unsupported", name="hidden_act", value=named)
    try:
        heads = int(config["num_attention_heads"])
        size = config.get("head_dim") or head_dim or config["hidden_size"] // max(heads, 1)
        return {
            "vocab_size": config["vocab_size"],
            "hidden_size": config["hidden_size"],
            "intermediate_size": config["intermediate_size"],
            "num_hidden_layers": config["num_hidden_layers"],
            "num_attention_heads": heads,
            "num_key_value_heads": config.get("num_key_value_heads") or heads,
            "head_dim": size,
            "rms_norm_eps": float(config.get("rms_norm_eps", 1e-6)),
            **_read_rope(config, size),
            "tie_word_embeddings": bool(config.get("tie_word_embeddings", False)),
            "attention_bias": bool(config.get("attention_bias", False)),
            "mlp_bias": bool(config.get("mlp_bias", False)),
        }
    except KeyError as exc:
        raise CheckpointError("config_missing", name=exc.args[0]) from exc
    except (ArithmeticError, TypeError, ValueError) as exc:
        raise CheckpointError("config_broken", detail=str(exc)[:200]) from exc


def layer_windows(
    config: Mapping[str, Any], window: int | None, slides: Callable[[int], bool]
) -> tuple[int | None, ...]:
    """For each layer how many tokens it sees; ``None`` for all before it.

    Args:
        window: of the layers that ``layer_types`` calls ``sliding_attention``.
        slides: says of a layer whether it is such a one, in older files, which have no ``layer_types``.

    Raises:
        CheckpointError: the window is no number of tokens, or ``layer_types`` is no list of known kinds.
    """
    check_window(window)
    layers = Fields(config).whole("num_hidden_layers", 1, 512)
    kinds = config.get("layer_types")
    if kinds is None:
        kinds = ["sliding_attention" if slides(i) else "full_attention" for i in range(layers)]
    if not isinstance(kinds, list) or len(kinds) != layers or not all(kind in _KINDS for kind in kinds):
        raise CheckpointError("config_unsupported", name="layer_types", value=kinds)
    return tuple(window if kind == "sliding_attention" else None for kind in kinds)


def check_window(window: int | None) -> None:
    """Raise :class:`CheckpointError` unless ``window`` is a number of tokens or ``None``."""
    whole = isinstance(window, int) and not isinstance(window, bool)
    if window is not None and not (whole and 1 <= window <= 16_777_216):
        raise CheckpointError("config_value", name="sliding_window", value=window, low=1, high=16_777_216)


_KINDS = ("sliding_attention", "full_attention")


def _read_rope(config: Mapping[str, Any], head_dim: int) -> dict[str, Any]:
    """The fields about positions, in the old spelling (``rope_scaling``) or new."""
    rope = {**(config.get("rope_scaling") or {}), **(config.get("rope_parameters") or {})}
    if original := config.get("original_max_position_embeddings"):
        rope["original_max_position_embeddings"] = original  # the reference gives it priority
    part = float(rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0)))
    context = config.get("max_position_embeddings", 2048)
    scaling = read_scaling(rope, context=max(1, int(context)), pairs=int(head_dim * part) // 2)
    if isinstance(scaling, DynamicScaling):
        context = int(context * scaling.factor)  # what is named is the context without scaling
    return {
        "max_position_embeddings": context,
        "rope_theta": float(rope.get("rope_theta", config.get("rope_theta", 10_000.0))),
        "rope_scaling": scaling,
        "partial_rotary_factor": part,
    }


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
