"""How fast this machine multiplies matrices."""

from __future__ import annotations

import time

import torch

_SIDE = 512


@torch.inference_mode()
def multiply_adds_per_second(device: torch.device, *, seconds: float = 0.15) -> float:
    """Multiply-adds a second of float32 products of 512 x 512 matrices, the best of some ``seconds``."""
    one = torch.ones(_SIDE, _SIDE, device=device)
    best, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        (one @ one).sum().item()  # waits until the product is there
        best = min(best, time.perf_counter() - began)
    return _SIDE**3 / best
