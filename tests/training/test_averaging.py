"""One model of several: the mean of their weights, from folders and from states of runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.model.bert import Bert
from llama_demo.training.averaging import average
from llama_demo.training.checkpoint import TrainingProgress, save_state


def bert(folder: Path) -> Bert:
    return load_model(folder, Bert, device=torch.device("cpu"), dtype=torch.float32).model


def test_each_weight_is_the_mean(trunk: Path, tmp_path: Path) -> None:
    """By the shares that were asked for, rounded as every exported model is."""
    one, other = bert(trunk), bert(trunk)
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.mul_(3.0)
    save_state(tmp_path / "run.state", other, [], TrainingProgress())
    average("sentence-encoder", [trunk, tmp_path / "run.state"], tmp_path / "mean", shares=[3, 1])
    found = dict(bert(tmp_path / "mean").named_parameters())
    for name, parameter in one.named_parameters():
        assert torch.allclose(found[name], parameter * 1.5, rtol=0.07, atol=1e-2), name


def test_shares_fit_their_sources(trunk: Path, tmp_path: Path) -> None:
    """A number too few would silently leave a model out."""
    with pytest.raises(ValueError, match="shares"):
        average("sentence-encoder", [trunk, trunk], tmp_path / "mean", shares=[1])
