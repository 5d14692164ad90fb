"""What goes wrong on a device, in terms that can be shown."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from llama_demo.engine.devices import is_out_of_memory, release_memory
from llama_demo.errors import DemoError, DeviceError

_log = logging.getLogger(__name__)


@contextmanager
def explained(device: torch.device) -> Iterator[None]:
    """Turn a failure of the computation inside into a :class:`DeviceError`; memory is given back."""
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
