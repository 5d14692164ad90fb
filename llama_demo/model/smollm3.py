"""SmolLM3 (Hugging Face 2025): a LLaMA of which every fourth layer knows no positions.

Such layers ("NoPE", Kazemnejad et al. 2023, arXiv:2305.19466) see what was said, and its order by the other
layers alone, which carries over to longer contexts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from llama_demo.errors import CheckpointError
from llama_demo.model.fields import Fields
from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import layer_windows, read_fields
from llama_demo.model.qwen2 import QwenConfig


@dataclass(frozen=True)
class SmolLM3Config(QwenConfig):
    """A LLaMA's numbers, the windows, and for each layer whether it turns heads to their positions."""

    turns: tuple[bool, ...] = ()

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> SmolLM3Config:
        """Read a ``config.json``; raises as LLaMA's does."""
        config = {"tie_word_embeddings": True, "rope_theta": 2_000_000.0, **config}
        turns = _read_turns(config)
        window = config.get("sliding_window") if config.get("use_sliding_window") else None
        windows = layer_windows(config, window, lambda i: not turns[i])
        return cls(**read_fields(config), windows=windows, turns=turns)


def _read_turns(config: Mapping[str, Any]) -> tuple[bool, ...]:
    """``no_rope_layers`` has, in spite of its name, a 1 for each layer with positions."""
    layers = Fields(config).whole("num_hidden_layers", 1, 512)
    every = Fields(config).whole("no_rope_layer_interval", 1, 1_000, 4)
    turns = config.get("no_rope_layers")
    if turns is None:
        turns = [(i + 1) % every != 0 for i in range(layers)]
    if not isinstance(turns, list) or len(turns) < layers or not all(turn in (0, 1) for turn in turns):
        raise CheckpointError("config_unsupported", name="no_rope_layers", value=turns)
    return tuple(map(bool, turns[:layers]))


class PositionlessAttention(Attention):
    """Attention that leaves queries and keys as they are."""

    def turn(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:  # noqa: ARG002
        return x


class SmolLM3(Llama):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: SmolLM3Config) -> None:
        def layer(i: int) -> Layer:
            kind = Attention if config.turns[i] else PositionlessAttention
            return Layer(config, kind(config, window=config.windows[i]))

        super().__init__(config, layer)
