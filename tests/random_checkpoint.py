"""Checkpoints of any supported architecture, with random weights, written as the hub has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from llama_demo.model.families import family_of


def write_checkpoint(
    folder: Path, config: Mapping[str, Any], *, dtype: torch.dtype = torch.float32, seed: int = 0
) -> Path:
    """Write ``config.json`` and ``model.safetensors``, small numbers drawn with a seed."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(json.dumps(dict(config)))
    family = family_of(config)
    generator = torch.Generator().manual_seed(seed)
    parts = [part for group in family.parts(family.config(config)).values() for part in group]
    weights = {part.name: _drawn(part.name, part.shape, generator).to(dtype) for part in parts}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def _drawn(name: str, shape: tuple[int, ...], generator: torch.Generator) -> torch.Tensor:
    if name.endswith("norm.weight") or "LayerNorm.weight" in name:
        return torch.ones(shape)
    return torch.randn(shape, generator=generator) * 0.02
