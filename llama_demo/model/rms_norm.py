"""RMSNorm: vectors brought to one length (Zhang & Sennrich 2019, arXiv:1910.07467)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """``x / sqrt(mean(x^2) + eps) * weight``, computed in float32."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        return rms_norm(x, self.weight, self.eps, torch.tensor(math.sqrt(self.eps), device="cpu"))

    def operator(self) -> Callable[[Tensor], Tensor]:
        """:meth:`forward` without the way through the module."""
        return partial(rms_norm, weight=self.weight, eps=self.eps, root=torch.tensor(math.sqrt(self.eps)))


def rms_norm(x: Tensor, weight: Tensor, eps: float, root: Tensor) -> Tensor:
    """RMSNorm of ``x`` (..., C) with ``weight`` (C).

    Args:
        root: of ``eps``, which is not made anew each time.
    """
    if x.dtype == torch.float32 and x.device.type == "cpu":
        # sqrt(mean(x^2) + eps) is the hypotenuse of the root mean square and the root of eps.
        mean = torch.linalg.vector_norm(x, dim=-1, keepdim=True) * x.size(-1) ** -0.5
        normed: Tensor = (x / mean.hypot_(root)).mul_(weight)
        return normed
    if x.dtype == torch.float32:
        return F.rms_norm(x, weight.shape, weight, eps)
    # The operator would round once, behind the weight; models were trained with two roundings.
    wide = x.float()
    scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)
    return weight * scaled.to(x.dtype)
