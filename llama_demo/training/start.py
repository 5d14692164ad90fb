"""The model that a run starts from."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig

Network = TypeVar("Network", bound=nn.Module)


def fresh_llama(config: LlamaConfig, *, seed: int = 0) -> Llama:
    """An untrained LLaMA: matrices from a normal distribution, norms at one.

    Its logits are near zero, so its loss is near ``ln V``, that of a uniform guess.
    """
    dice = torch.Generator().manual_seed(seed)
    model = Llama(config)
    # Residual branches begin small, so that a deep stack begins near the identity (GPT-2, section 2.3).
    small = 0.02 / math.sqrt(2 * config.num_hidden_layers)
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2:
            std = small if name.endswith(("out.weight", "down.weight")) else 0.02
            nn.init.normal_(parameter, std=std, generator=dice)
    return model


def load_start(folder: Path, kind: type[Network], config: Any, device: torch.device) -> Network:
    """A model in float32 whose weights can be trained.

    Args:
        kind: class of the network.
        config: that of the recipe, which the folder must have too.

    Raises:
        CheckpointError: the folder cannot be loaded, or has another configuration.
    """
    model = load_model(folder, kind, device=device, dtype=torch.float32).model
    check_shape(model.config, config)
    return model.requires_grad_(True)


def check_shape(stored: Any, wanted: Any) -> None:
    """Raise ``config_unsupported`` unless both configurations are equal."""
    if stored != wanted:
        raise CheckpointError("config_unsupported", name="config.json", value="another shape of model")
