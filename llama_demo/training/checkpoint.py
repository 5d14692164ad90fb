"""Interrupting and resuming: everything a run needs to go on, in one safetensors file."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor, nn


@dataclass
class TrainingProgress:
    """Where a run stands.

    Attributes:
        step: optimiser steps taken.
        seconds: time spent training.
        tokens: tokens seen.
        losses: (tokens, training loss) now and then, for the curve.
        measured: (tokens, {part: held-out loss}) now and then.
    """

    step: int = 0
    seconds: float = 0.0
    tokens: int = 0
    losses: list[tuple[int, float]] = field(default_factory=list)
    measured: list[tuple[int, dict[str, float]]] = field(default_factory=list)


def save_state(
    path: Path, model: nn.Module, optimisers: list[torch.optim.Optimizer], progress: TrainingProgress
) -> None:
    """Write the whole state of a run atomically: an interrupted write leaves the previous file."""
    tensors: dict[str, Tensor] = {f"model.{name}": tensor for name, tensor in model.named_parameters()}
    for index, optimiser in enumerate(optimisers):
        for key, state in optimiser.state_dict()["state"].items():
            for name, value in state.items():
                tensors[f"optimiser.{index}.{key}.{name}"] = torch.as_tensor(value)
    temporary = path.with_suffix(".new")
    copies = {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}
    save_file(copies, temporary, metadata={"progress": json.dumps(asdict(progress))})
    os.replace(temporary, path)


def load_state(path: Path, model: nn.Module, optimisers: list[torch.optim.Optimizer]) -> TrainingProgress:
    """Restore what :func:`save_state` wrote."""
    states: list[dict[int, dict[str, Tensor]]] = [{} for _ in optimisers]
    parameters = dict(model.named_parameters())
    with safe_open(path, framework="pt") as file:
        for name in file.keys():  # noqa: SIM118 (a safetensors file is no mapping)
            kind, rest = name.split(".", 1)
            if kind == "model":
                with torch.no_grad():
                    parameters[rest].copy_(file.get_tensor(name))
            else:
                index, key, slot = rest.split(".", 2)
                states[int(index)].setdefault(int(key), {})[slot] = file.get_tensor(name)
        progress = TrainingProgress(**json.loads(file.metadata()["progress"]))
    for optimiser, state in zip(optimisers, states, strict=True):
        groups = optimiser.state_dict()["param_groups"]
        optimiser.load_state_dict({"state": state, "param_groups": groups})
    return progress
