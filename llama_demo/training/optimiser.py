"""The optimisers, and the parameters that each updates."""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn

from llama_demo.training.muon import Muon

OptimiserName = Literal["muon", "adamw"]


def build_optimisers(
    model: nn.Module, name: OptimiserName, *, rate: float, matrix_rate: float
) -> list[torch.optim.Optimizer]:
    """AdamW (arXiv:1711.05101) for everything, or Muon (arXiv:2502.16982) for the layers' matrices.

    Args:
        rate: AdamW's peak learning rate.
        matrix_rate: Muon's.
    """
    matrices: list[nn.Parameter] = []
    tables: list[nn.Parameter] = []
    vectors: list[nn.Parameter] = []
    for key, parameter in model.named_parameters():
        if parameter.ndim < 2:
            vectors.append(parameter)
        else:
            (matrices if "layers." in key else tables).append(parameter)
    decayed = {"params": tables if name == "muon" else matrices + tables, "weight_decay": 0.05}
    adamw = torch.optim.AdamW(
        [decayed, {"params": vectors, "weight_decay": 0.0}], lr=rate, betas=(0.9, 0.95), fused=True
    )
    if name == "adamw":
        return [adamw]
    return [adamw, Muon(matrices, lr=matrix_rate, momentum=0.95, weight_decay=0.01)]


def set_rate(optimisers: list[torch.optim.Optimizer], factor: float) -> None:
    """Scale every learning rate to ``factor`` of its peak."""
    for optimiser in optimisers:
        for group in optimiser.param_groups:
            group.setdefault("peak_lr", group["lr"])
            group["lr"] = group["peak_lr"] * factor
