"""RMSNorm: vectors brought to one length (Zhang & Sennrich 2019, arXiv:1910.07467)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """A norm with learned weights, see :func:`rms_norm`."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps
        # A number as a tensor of no dimension, which operators take on every device.
        self._root = torch.tensor(math.sqrt(eps), device="cpu")

    def forward(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.weight, self.eps, self._root)

    def direct(self) -> Callable[[Tensor], Tensor]:
        """:meth:`forward` without the way through the module."""
        return partial(rms_norm, weight=self.weight, eps=self.eps, root=self._root)


def rms_norm(x: Tensor, weight: Tensor, eps: float, root: Tensor) -> Tensor:
    """``x / sqrt(mean(x^2) + eps) * weight``, computed in float32.

    Args:
        x: (..., C)
        weight: (C)
        root: of ``eps``.

    Returns:
        (..., C) in the precision of ``x``.
    """
    if x.dtype == torch.float32 and x.device.type == "cpu":
        # The divisor as a hypotenuse: two operators fewer than F.rms_norm runs on a processor, where each
        # costs more to launch than a token's vector to compute.
        mean = torch.linalg.vector_norm(x, dim=-1, keepdim=True) * x.size(-1) ** -0.5
        normed: Tensor = (x / mean.hypot_(root)).mul_(weight)
        return normed
    if x.dtype == torch.float32:
        return F.rms_norm(x, weight.shape, weight, eps)
    # The operator would round once, behind the weight; models were trained with two roundings.
    wide = x.float()
    scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)
    return weight * scaled.to(x.dtype)
