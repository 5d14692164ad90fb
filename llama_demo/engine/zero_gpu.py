"""ZeroGPU, where a Hugging Face Space has it: a GPU for as long as one call lasts.

The package ``spaces`` runs a decorated function in a forked process, to which it attaches a GPU, and passes
its arguments and results between the processes. So :func:`decode` is pure: it takes a folder and a request,
and gives steps. The main process has no CUDA; all else stays on the processor there.

    main process                                   process with a GPU
    ZeroGpuEngine.submit(request)  -- arguments -->  decode: loads the folder, unless it did before
    Stream                         <-- steps ------  Engine of its own

The Space finds out at its start whether there is such a function: this module is imported before the launch.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextvars import copy_context
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from llama_demo.engine.batch_runner import BatchJob
from llama_demo.engine.checkpoint import Progress, count_parameters, load_model, no_progress
from llama_demo.engine.devices import SMALL, choose_dtype, has_zero_gpu
from llama_demo.engine.engine import Engine, load_engine
from llama_demo.engine.request import FinishReason, Request, Step
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.stream import Stream
from llama_demo.errors import DeviceError
from llama_demo.model.llama import Llama

try:
    import spaces
except ImportError:  # the package is on Spaces alone
    spaces = None

_log = logging.getLogger(__name__)

Decode = Callable[[str, Request], Iterator[list[Step] | FinishReason]]


def seconds_for(folder: str, request: Request) -> int:  # noqa: ARG001  (it has the arguments of decode)
    """How long a call may take; the GPU is given back as soon as it ends. An estimate: none was measured."""
    return min(120, 30 + request.max_new_tokens // 10)


def decode(folder: str, request: Request) -> Iterator[list[Step] | FinishReason]:
    """Write one continuation.

    Args:
        folder: of the decoder.
        request: without functions, which cannot be sent to another process.

    Yields:
        The steps as they come, and in the end why they ended.
    """
    with _engine(folder).submit(request) as stream:
        while (steps := stream.take(0.05)) is not None:
            if steps:
                yield steps
        assert stream.finish_reason is not None
        yield stream.finish_reason


@lru_cache(maxsize=1)
def _engine(folder: str) -> Engine:
    """The engine of this process, kept for its next call; in the precision that suits its GPU."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    precision = choose_dtype("auto", device, count_parameters(Path(folder)))
    # The setting does not reach this process, whose time is counted, and a capture takes some.
    return load_engine(Path(folder), device=device, dtype=precision, cuda_graphs=False)


decode_on_gpu: Decode = decode if spaces is None else spaces.GPU(decode, duration=seconds_for)
"""The function that gets a GPU; elsewhere than on ZeroGPU it is :func:`decode` itself."""


class ZeroGpuStream(Stream):
    """The steps of a request that another process decodes."""

    def close(self) -> None:
        """Stop at once, also while no GPU is free."""
        super().close()
        self._finish(FinishReason.STOPPED)

    def start(self, steps: Iterator[list[Step] | FinishReason]) -> None:
        """Take the steps on a thread of its own, in the context of the visitor's call, whose quota counts."""
        context = copy_context()
        threading.Thread(target=context.run, args=(self._read, steps), name="ZeroGPU", daemon=True).start()

    def _read(self, steps: Iterator[list[Step] | FinishReason]) -> None:
        try:
            for found in steps:
                if self.stopped:
                    break
                if isinstance(found, FinishReason):
                    self._finish(found)
                else:
                    self._put(found)
            self._finish(FinishReason.STOPPED)
        except Exception as error:  # noqa: BLE001  (whatever spaces raises: no GPU, no quota, a worker that ended)
            _log.warning("ZeroGPU gave no GPU or lost it: %s", type(error).__name__)
            self._finish(None, DeviceError("gpu_unavailable"))
        finally:
            if close := getattr(steps, "close", None):
                close()


class ZeroGpuEngine(Engine):
    """An engine whose plain requests are decoded on a GPU, and all others on the processor.

    Args:
        model: on the processor.
        folder: of the model.
        decoder: what decodes.
        limits: of the processor.
    """

    def __init__(
        self,
        model: Llama,
        folder: Path,
        *,
        decoder: Decode = decode_on_gpu,
        limits: BatchLimits | None = None,
    ) -> None:
        super().__init__(model, limits=limits)
        self._folder, self._decoder = str(folder.absolute()), decoder

    def submit(self, request: Request) -> Stream:
        """As :meth:`Engine.submit`. Requests with functions, such as a filter, stay on the processor."""
        if request.new_filter is not None or request.preference is not None:
            return super().submit(request)
        self.check(request)
        stream = ZeroGpuStream(request, self.model, self._prefixes, ahead=_none, leave=_nothing)
        stream.start(self._decoder(self._folder, request))
        return stream


def load_zero_gpu_engine(
    folder: Path,
    *,
    dtype: torch.dtype,
    limits: BatchLimits | None = None,
    progress: Progress = no_progress,
) -> ZeroGpuEngine:
    """Load a decoder's folder; raises as :func:`~llama_demo.engine.engine.load_engine`.

    Args:
        dtype: on the processor.
    """
    model = load_model(folder, Llama, device=torch.device("cpu"), dtype=dtype, progress=progress).model
    return ZeroGpuEngine(model, folder, limits=limits)


def is_worth_it(folder: Path) -> bool:
    """Whether a decoder gets a GPU: on ZeroGPU, unless it is so small that the call would take longer."""
    return spaces is not None and has_zero_gpu() and count_parameters(folder) >= SMALL


def _none(_: Any) -> int:
    return 0


def _nothing(_: BatchJob) -> None:
    """Nothing is queued here."""
