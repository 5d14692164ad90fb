"""Mistral (Jiang et al. 2023, arXiv:2310.06825): a LLaMA whose tokens see a sliding window.

A layer looks back ``sliding_window`` tokens only, itself included; further back is reached through the
layers below, each of which looks a window further. Releases from 0.2 on name no window and see all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from llama_demo.model.llama import Attention, Layer, Llama
from llama_demo.model.llama_config import LlamaConfig, check_window, read_fields


@dataclass(frozen=True)
class MistralConfig(LlamaConfig):
    """A LLaMA's numbers, and how many tokens each one sees (``None``: all before it)."""

    sliding_window: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_window(self.sliding_window)

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> MistralConfig:
        """Read a ``config.json``; raises as LLaMA's does."""
        # Where the entry is missing, the reference takes 4096.
        return cls(**read_fields(config), sliding_window=config.get("sliding_window", 4096))


class Mistral(Llama):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: MistralConfig) -> None:
        super().__init__(config, lambda _: Layer(config, Attention(config, window=config.sliding_window)))
