"""Gemma 2 (arXiv:2408.00118): every other layer sees a window, and scores and logits are bounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_demo.model.gemma import CappedAttention, Gemma, GemmaConfig, read_gemma_fields
from llama_demo.model.llama_config import layer_windows


def read_config(config: Mapping[str, Any]) -> GemmaConfig:
    """Read a ``config.json``; raises as LLaMA's does."""
    windows = layer_windows(config, config.get("sliding_window", 4096), lambda i: i % 2 == 0)
    return GemmaConfig(
        **read_gemma_fields(config, {"attention_cap": 50.0, "logit_cap": 30.0}), windows=windows
    )


class Gemma2(Gemma):
    """Token ids in, logits of the next token out."""

    def __init__(self, config: GemmaConfig) -> None:
        super().__init__(config, lambda i: CappedAttention(config, window=config.windows[i]))
