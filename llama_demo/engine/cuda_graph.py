"""Decoding by CUDA graphs: the operators of a token are launched at once, not one by one.

A pass over one token is hundreds of small operators, which a graphics card computes sooner than Python
launches them. A graph records them once, with the addresses that they read and write, and replays them for
each token:

    id, position ──> | embedding, layers in a cache of fixed size, head | ──> logits

A text that outgrows a cache moves to one of twice the size, which has a graph of its own. Prompts, several
requests in one pass, drafts, windows shorter than the cache, and frequencies that depend on a text's length
go the ordinary way, and so does everything where memory is short or the capture fails.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from llama_demo.engine.decoding import Decoding, read
from llama_demo.engine.devices import device_memory, release_memory
from llama_demo.model.cache import KeyValueCache
from llama_demo.model.fixed_cache import FixedCache
from llama_demo.model.llama import Llama

_log = logging.getLogger(__name__)

Capture = Callable[[Callable[[], None]], Callable[[], None]]
"""Takes a computation on fixed memory, and gives what computes it again."""

SMALLEST = 256
"""Tokens of the smallest cache."""
# A graph's cache may take this part of the free memory; the rest is for the requests.
_PART = 8
# Runs before the capture, in which libraries prepare what must not be recorded.
_WARM_UP = 2
# PyTorch captures one graph at a time in a process.
_CAPTURING = threading.Lock()


class CudaCapture:
    """Captures computations as CUDA graphs, which share the memory of their intermediate results."""

    def __init__(self, device: torch.device) -> None:
        self._stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()

    def __call__(self, compute: Callable[[], None]) -> Callable[[], None]:
        graph, outside = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
        self._stream.wait_stream(outside)
        try:
            # PyTorch does not leave the stream where a capture fails; the block of its own does.
            with _CAPTURING, torch.cuda.stream(self._stream):
                for _ in range(_WARM_UP):
                    compute()
                # Other models' threads may allocate meanwhile: this one alone keeps the rules of a capture.
                with torch.cuda.graph(graph, self._pool, self._stream, capture_error_mode="thread_local"):
                    compute()
        finally:
            outside.wait_stream(self._stream)
        return graph.replay


class DecodeGraphs:
    """Reads the next tokens of requests, by a graph where it can. Not thread-safe.

    Args:
        capture: see :data:`Capture`.
        free: tells the bytes of free memory.
        smallest: tokens of the smallest cache.
    """

    def __init__(
        self, model: Llama, capture: Capture, free: Callable[[], int], *, smallest: int = SMALLEST
    ) -> None:
        self._model, self._capture, self._free = model, capture, free
        self._smallest, self._largest = smallest, 2**62
        self._steps: dict[int, _Step] = {}
        self._last: Callable[[], Decoding | None] = lambda: None

    def read(self, decodings: Sequence[Decoding], chunk: int) -> list[Tensor]:
        """As :func:`~llama_demo.engine.decoding.read`; the logits are good until the next call."""
        try:
            logits = self._replay(decodings[0]) if len(decodings) == 1 else None
            return read(self._model, decodings, chunk) if logits is None else [logits]
        except torch.OutOfMemoryError:
            if not self._steps:
                raise
        self._stop("memory is short")
        for decoding in decodings:
            decoding.begin()  # some of the layers may have read the tokens
        return read(self._model, decodings, chunk)

    def _replay(self, decoding: Decoding) -> Tensor | None:
        """Logits (1, V) behind the next token of a request; ``None`` where that is no step of a graph."""
        token = decoding.next_id
        step = None if token is None else self._step(decoding.length + 1)
        if token is None or step is None:
            return None
        last = self._last()
        if last is not None and last is not decoding:
            last.leave()
        self._last = weakref.ref(decoding)
        decoding.enter(step.cache)
        return step(token)

    def _step(self, tokens: int) -> _Step | None:
        """The step for a text of so many tokens, captured when it is first needed."""
        size = max(self._smallest, 1 << (tokens - 1).bit_length())
        if size not in self._steps and size <= self._largest:
            self._add(size)
        return self._steps.get(size)

    def _add(self, size: int) -> None:
        try:
            if self._model.cache_bytes(size) > self._free() // _PART:
                _log.warning("memory is short: from %d tokens on no CUDA graph decodes", size)
                self._largest = size // 2
                return
            cache = self._model.new_cache(size)
            if cache.shortenable:
                self._steps[size] = _Step(self._model, cache, self._capture)
            else:  # as every larger one
                self._largest = size // 2
            return
        except RuntimeError as error:
            reason = str(error)
        self._stop(reason)

    def _stop(self, reason: str) -> None:
        """Use no graphs any more, and free their memory."""
        _log.warning("no CUDA graph decodes any more: %s", reason)
        self._largest = 0
        self._steps.clear()
        release_memory(self._model.embedding.device)


class _Step:
    """The pass over one token of a text that fits into a cache of one size."""

    def __init__(self, model: Llama, buffers: KeyValueCache, capture: Capture) -> None:
        device = model.embedding.device
        self.cache = FixedCache(buffers)
        self._ids = torch.zeros(1, 1, dtype=torch.long, device=device)
        self._logits = torch.zeros(1, model.config.vocab_size, device=device)  # in float32

        def compute() -> None:
            self._logits.copy_(model(self._ids, self.cache, last_only=True)[:, -1])

        self._replay = capture(compute)

    def __call__(self, token: int) -> Tensor:
        """Logits (1, V) behind a token, which the cache then holds. Nothing here waits for the device."""
        self._ids.fill_(token)
        self.cache.place()
        self._replay()
        self.cache.advance()
        return self._logits


def graphs_for(model: Llama) -> DecodeGraphs | None:
    """What decodes by graphs where the model is on a device that has them."""
    device = model.embedding.device
    if device.type != "cuda":
        return None
    return DecodeGraphs(model, CudaCapture(device), lambda: device_memory(device)[0])
