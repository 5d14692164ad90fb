"""Devices, precisions, and errors of devices: the only module that distinguishes devices."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from llama_demo.errors import DemoError, DeviceError

_log = logging.getLogger(__name__)

DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_device(name: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises:
        DeviceError: this machine has no such device.
    """
    available = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, present in available.items() if present)
    if not available.get(name, False):
        raise DeviceError("device_missing", name=name)
    return torch.device(name)


def choose_dtype(name: str, device: torch.device, parameters: int) -> torch.dtype:
    """The precision for ``auto`` or a name of :data:`DTYPES`.

    Decoding reads every weight once a token, so half the bytes are twice the speed for models that do
    not fit the processor's caches; small models stay exact.
    """
    if name != "auto":
        return DTYPES[name]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float32 if parameters < 300_000_000 else torch.bfloat16


def use_threads(count: int | None) -> None:
    """Set the number of threads for computing; None leaves PyTorch's choice."""
    if count is not None:
        torch.set_num_threads(count)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether PyTorch ran out of memory, which on the CPU only the message tells."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error).lower()


def release_memory(device: torch.device) -> None:
    """Free cached memory after a failure, for the next request."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


@contextmanager
def device_errors(device: torch.device) -> Iterator[None]:
    """Convert failures inside the block to :class:`DeviceError`, and release cached memory."""
    try:
        yield
    except DemoError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            release_memory(device)
            raise DeviceError("out_of_memory") from error
        _log.error("a computation failed", exc_info=error)
        raise DeviceError("engine_failed", detail=type(error).__name__) from error
