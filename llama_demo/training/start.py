"""The model that a run starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError

Network = TypeVar("Network", bound=nn.Module)


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
