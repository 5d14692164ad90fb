"""The optimiser of matrices takes the steps that PyTorch's takes."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from llama_demo.training.muon import Muon, orthogonal


@pytest.mark.parametrize("shape", [(24, 24), (40, 16), (16, 40)])
def test_steps_like_the_reference(shape: tuple[int, int]) -> None:
    """Within what bfloat16, in which the reference computes, leaves out."""
    torch.manual_seed(0)
    start, pulls = torch.randn(shape), torch.randn(4, *shape)
    ours, theirs = nn.Parameter(start.clone()), nn.Parameter(start.clone())
    settings = {"lr": 0.02, "momentum": 0.95, "weight_decay": 0.01}
    optimisers = (Muon([ours], **settings), torch.optim.Muon([theirs], adjust_lr_fn="original", **settings))
    for pull in pulls:
        ours.grad, theirs.grad = pull.clone(), pull.clone()
        for optimiser in optimisers:
            optimiser.step()
    moved, expected = ours.detach() - start, theirs.detach() - start
    assert (moved - expected).norm() < 0.02 * expected.norm()


def test_updates_are_near_orthogonal() -> None:
    """Every direction of a matrix is moved about as far, however little of the gradient lies in it."""
    torch.manual_seed(0)
    steep = torch.randn(2, 32, 64) @ torch.diag(torch.logspace(0, -1, 64))
    values = torch.linalg.svdvals(orthogonal(steep).float())
    assert values.min() > 0.5
    assert values.max() < 1.3
