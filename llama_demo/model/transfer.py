"""From the processor's memory to that of a device."""

from __future__ import annotations

import torch
from torch import Tensor


def send(tensor: Tensor, device: torch.device) -> Tensor:
    """The tensor on a device. CUDA takes a copy at once, and does not wait until the device has it."""
    return tensor.to(device, non_blocking=device.type == "cuda")
