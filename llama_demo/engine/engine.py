"""The engine: requests in, streams of steps out, on a thread of its own.

Requests that come at the same time are decoded together, a token of each in one forward pass, which costs
little more than a token of one: most of the time goes into reading the weights.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import torch

from llama_demo.engine.batch_runner import BatchRunner
from llama_demo.engine.checkpoint import Progress, load_model, no_progress
from llama_demo.engine.cuda_graph import DecodeGraphs, graphs_for
from llama_demo.engine.decoding import read
from llama_demo.engine.decoding_speed import DecodingSpeed
from llama_demo.engine.fair_share import Client
from llama_demo.engine.prefix_store import PrefixStore
from llama_demo.engine.request import Request, in_range
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.stream import Stream
from llama_demo.errors import InputError
from llama_demo.model.llama import Llama

__all__ = ["Engine", "Stream", "load_engine"]

Result = TypeVar("Result")

PREFIX_MEMORY = (64 * 2**20, 256 * 2**20)
"""Least and most bytes that are kept of texts. A small model reads a text anew in no time."""


def load_engine(
    folder: Path,
    *,
    device: torch.device,
    dtype: torch.dtype,
    limits: BatchLimits | None = None,
    cuda_graphs: bool = True,
    progress: Progress = no_progress,
) -> Engine:
    """Load a decoder's folder.

    Args:
        cuda_graphs: whether graphs decode a single request where the device has them.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    model = load_model(folder, Llama, device=device, dtype=dtype, progress=progress).model
    return Engine(model, limits=limits, graphs=graphs_for(model) if cuda_graphs else None)


class Engine:
    """Runs one model.

    Args:
        model: in evaluation mode, on its device.
        context: tokens, prompt and continuation together, that fit; the model's own limit unless given.
        limits: what is served at once.
        prefix_memory: bytes of keys and values that are kept of texts that were read, see
            :mod:`~llama_demo.engine.prefix_store`; as many as the weights take unless given, within
            :data:`PREFIX_MEMORY`; 0 for a model whose weights change.
        graphs: what decodes a single request in place of the ordinary passes.
    """

    def __init__(
        self,
        model: Llama,
        *,
        context: int | None = None,
        limits: BatchLimits | None = None,
        prefix_memory: int | None = None,
        graphs: DecodeGraphs | None = None,
    ) -> None:
        self.model = model
        self._prefixes = PrefixStore(_prefix_memory(model) if prefix_memory is None else prefix_memory)
        self._graphs = graphs
        self._read = partial(read, model) if graphs is None else graphs.read
        self._speed = DecodingSpeed()
        self.context = context or model.config.max_position_embeddings
        self._runner: BatchRunner[Stream] = BatchRunner(
            self._forward,
            limits or BatchLimits(),
            model.embedding.device,
            name="engine",
            idle=None if graphs is None else graphs.release,
        )

    def submit(self, request: Request) -> Stream:
        """Queue a request of the current client; in a closed engine it is stopped at once.

        Raises:
            InputError: the prompt is empty, or fills the context so that nothing can follow.
        """
        self.check(request)
        runner = self._runner
        stream = Stream(request, self.model, self._prefixes, ahead=runner.ahead_of, leave=runner.leave)
        runner.submit(stream)
        return stream

    def check(self, request: Request) -> None:
        """Raise as :meth:`submit` does."""
        size = len(request.prompt)
        if not size:
            raise InputError("prompt_empty")
        if size >= self.context:
            raise InputError("prompt_too_long", tokens=size, limit=self.context - 1)
        in_range("max_new_tokens", request.max_new_tokens, 1, self.context - size)

    def run(self, work: Callable[[Llama], Result]) -> Result:
        """Let ``work`` compute with the model when the current client's turn comes; returns its result.

        Raises:
            InputError: ``stopped``; the engine was closed before.
            DeviceError: there was not enough memory.
        """
        return self._runner.run(lambda: work(self.model))

    @property
    def requests(self) -> int:
        """Number of requests that wait or are served."""
        return self._runner.jobs

    @property
    def tokens_per_second(self) -> float:
        """Of one request, measured on those that came; 0 before there were enough."""
        return self._speed.tokens_per_second

    def forget(self, client: Client) -> None:
        """Drop what was read for a client; without an address, for all clients of its name."""
        self._prefixes.forget(client)

    def close(self) -> None:
        """Stop every request and end the thread."""
        self._runner.close()
        if self._graphs is not None:
            self._graphs.release()
        self._prefixes.clear()

    def _forward(self, streams: Sequence[Stream], chunk: int) -> list[Stream]:
        """Read the next tokens of several streams; returns those that have ended."""
        is_one_token = len(streams) == 1 and streams[0].cost(chunk) == 1
        began = time.perf_counter()
        logits = self._read([stream.decoding for stream in streams], chunk)
        ended = [stream for stream, own in zip(streams, logits, strict=True) if not stream.advance(own)]
        if is_one_token and not (self._graphs is not None and self._graphs.captured):
            self._speed.add(time.perf_counter() - began)
        return ended


def _prefix_memory(model: Llama) -> int:
    """Bytes for what a model has read: as many as its weights take, within bounds."""
    least, most = PREFIX_MEMORY
    return min(most, max(least, sum(part.numel() * part.element_size() for part in model.parameters())))
