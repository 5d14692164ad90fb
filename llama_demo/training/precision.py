"""The precision of training's matrix products."""

from __future__ import annotations

import torch

from llama_demo.engine.throughput import measured_once


def mixed_precision(device: torch.device) -> torch.autocast:
    """A context in which matrix products are computed in bfloat16 where this device is faster with it.

    A processor without instructions for bfloat16 takes some thirty times as long with it as with float32, so
    it is measured. The weights stay in float32 either way (Micikevicius et al. 2018, arXiv:1710.03740).
    """
    speeds = {one.precision: one.multiply_adds for one in measured_once(device).precisions}
    return torch.autocast(device.type, torch.bfloat16, enabled=speeds["bfloat16"] > speeds["float32"])
