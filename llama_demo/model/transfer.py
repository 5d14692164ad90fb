"""From the processor's memory to that of a device."""

from __future__ import annotations

import torch
from torch import Tensor


def send(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on a device. PyTorch does not wait until CUDA has copied it; the driver may."""
    return tensor.to(device, non_blocking=device.type == "cuda")
