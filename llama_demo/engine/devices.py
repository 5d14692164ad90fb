"""Devices, precisions, and errors of devices."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from llama_demo.engine.throughput import measured_once
from llama_demo.errors import DemoError, DeviceError
from llama_demo.model.int4 import INT4

_log = logging.getLogger(__name__)

DTYPES = {
    "float32": torch.float32,
    "bfloat16": torch.bfloat16,
    "float16": torch.float16,
    "int8": torch.int8,
    "int4": INT4,
}


def choose_device(name: str) -> torch.device:
    """The device for ``auto``, ``cpu``, ``cuda`` or ``mps``.

    Raises:
        DeviceError: this machine has no such device.
    """
    cuda = torch.cuda.is_available() and not has_zero_gpu()
    available = {"cuda": cuda, "mps": torch.backends.mps.is_available(), "cpu": True}
    if name == "auto":
        name = next(kind for kind, present in available.items() if present)
    if not available.get(name, False):
        raise DeviceError("device_missing", name=name)
    return torch.device(name)


def has_zero_gpu() -> bool:
    """Whether this is a Space with ZeroGPU, which has its GPU in :mod:`~llama_demo.engine.zero_gpu` alone."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


SMALL = 300_000_000
"""Parameters below which a model stays exact on a processor."""


def choose_dtype(
    name: str,
    device: torch.device,
    parameters: int,
    fastest: Callable[[torch.device], str] = lambda device: measured_once(device).fastest,
) -> torch.dtype:
    """The precision for ``auto`` or a name of :data:`DTYPES`.

    Decoding reads every weight once a token, so half the bytes would be twice the speed for models that do
    not fit the processor's caches; but a processor without instructions for bfloat16 is slower with it. So
    ``auto`` takes what was measured to be faster for large models.

    Args:
        fastest: tells the faster one of float32 and bfloat16 on a device; measures it unless given.
    """
    if name != "auto":
        return DTYPES[name]
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.float32 if parameters < SMALL else DTYPES[fastest(device)]


def device_memory(device: torch.device) -> tuple[int, int]:
    """Bytes of a graphics card's own memory, free and in all; zeros for a processor."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        return free, total
    if device.type == "mps":
        total = torch.mps.recommended_max_memory()
        return max(0, total - torch.mps.driver_allocated_memory()), total
    return 0, 0


def device_name(device: torch.device) -> str:
    """What a graphics card is called; empty for a processor."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else ""


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


@contextmanager
def unexpected_errors() -> Iterator[None]:
    """Convert failures inside the block that are no device's to :class:`DemoError` ``unexpected``."""
    try:
        yield
    except DemoError:
        raise
    except Exception as error:
        _log.error("a request failed", exc_info=error)
        raise DemoError("unexpected") from error
