"""The precision of training's matrix products."""

from __future__ import annotations

import torch

from llama_demo.engine.throughput import measured_once


def fast_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where this device multiplies matrices faster with it, else float32.

    A processor without instructions for bfloat16 takes some thirty times as long with it, so it is measured.
    """
    speeds = {one.precision: one.multiply_adds for one in measured_once(device).precisions}
    return torch.bfloat16 if speeds["bfloat16"] > speeds["float32"] else torch.float32


def mixed_precision(device: torch.device) -> torch.autocast:
    """A context in which matrices are multiplied in :func:`fast_precision`.

    The weights stay in float32 (Micikevicius et al. 2018, arXiv:1710.03740).
    """
    precision = fast_precision(device)
    return torch.autocast(device.type, torch.bfloat16, enabled=precision == torch.bfloat16)
