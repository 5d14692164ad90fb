"""Decoding by CUDA graphs: the operators of a token are launched at once, not one by one.

A pass over one token is hundreds of small operators, which a graphics card computes sooner than Python
launches them. A graph records them once, with the addresses that they read and write, and replays them for
each token:

    id, position ──> | embedding, layers in a cache of fixed size, head | ──> logits

A text that outgrows a cache moves to one of twice the size, which has a graph of its own. Prompts, several
requests in one pass, drafts, windows shorter than the cache, and frequencies that depend on a text's length
go the ordinary way, and so does everything where memory is short, or where a graph could not be captured or
gave other logits than the ordinary pass.
"""

from __future__ import annotations

import logging
import math
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
TOLERANCE = {torch.float32: 1e-3, torch.float16: 0.02, torch.bfloat16: 0.1}
"""Standard deviation of a graph's logits from those of the ordinary pass, in standard deviations of these.

Attention adds up its numbers in another order. On a processor (Intel Xeon with AVX-512) that made 7e-7,
0.002 and 0.02 at most, with 5 to 48 layers; a wrong token or place made 0.26 and more in the
bundled generator.
"""
# A graph's cache may take this part of the free memory; the rest is for the requests.
_PART = 8
# Runs before the capture, in which libraries prepare what must not be recorded.
_WARM_UP = 2
# PyTorch captures one graph at a time in a process.
_CAPTURING = threading.Lock()


class CudaCapture:
    """Captures computations as CUDA graphs, each with memory of its own for its intermediate results."""

    def __init__(self, device: torch.device) -> None:
        self._stream: torch.cuda.Stream = torch.cuda.Stream(device)  # type: ignore[no-untyped-call]

    def __call__(self, compute: Callable[[], None]) -> Callable[[], None]:
        graph, outside = torch.cuda.CUDAGraph(), torch.cuda.current_stream()
        self._stream.wait_stream(outside)
        try:
            # PyTorch does not leave the stream where a capture fails; the block of its own does.
            with _CAPTURING, torch.cuda.stream(self._stream):
                for _ in range(_WARM_UP):
                    compute()
                # Other models' threads may allocate meanwhile: this one alone keeps the rules of a capture.
                with torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"):
                    compute()
        finally:
            outside.wait_stream(self._stream)
        return graph.replay


class DecodeGraphs:
    """Reads the next tokens of requests, by a graph where it can. Not thread-safe.

    A text for which there is no graph goes the ordinary way for a token. On this token a new graph is tried,
    and it serves from the next one on if it gave the same logits.

    Args:
        capture: see :data:`Capture`.
        free: tells the bytes of free memory.
        smallest: tokens of the smallest cache.

    Attributes:
        captured: whether the latest call captured a graph, and so took longer.
    """

    def __init__(
        self, model: Llama, capture: Capture, free: Callable[[], int], *, smallest: int = SMALLEST
    ) -> None:
        self._model, self._capture, self._free = model, capture, free
        self._smallest, self._largest = smallest, math.inf  # tokens
        self._steps: dict[int, _Step] = {}
        self._failed = False
        self._last: weakref.ref[Decoding] | None = None
        self.captured = False

    def read(self, decodings: Sequence[Decoding], chunk: int) -> list[Tensor]:
        """As :func:`~llama_demo.engine.decoding.read`; the logits are good until the next call."""
        self.captured = False
        try:
            return self._read(decodings, chunk)
        except torch.OutOfMemoryError:
            if not self._steps:
                raise
        for decoding in decodings:
            decoding.clear()  # some of the layers may have read the tokens
        self._make_room()
        for decoding in decodings:
            decoding.begin()
        return read(self._model, decodings, chunk)

    def release(self) -> None:
        """Free the memory of the graphs; those that there was no memory for may be tried again."""
        self._largest = math.inf
        if self._steps:
            self._drop()

    def _read(self, decodings: Sequence[Decoding], chunk: int) -> list[Tensor]:
        decoding = decodings[0]
        token = decoding.next_id if len(decodings) == 1 else None
        if token is None:
            return read(self._model, decodings, chunk)
        place = decoding.length
        size = max(self._smallest, 1 << place.bit_length())
        if size in self._steps:
            return [self._replay(self._steps[size], decoding, token)]
        logits = read(self._model, decodings, chunk)
        # At the first place a graph that has kept the place of its capture would seem right.
        if place > 0 and size <= self._largest and not self._failed:
            self._add(size, decoding, token, logits[0])
        return logits

    def _replay(self, step: _Step, decoding: Decoding, token: int) -> Tensor:
        """Logits (1, V) behind the next token of a request."""
        if self._last is None or self._last() is not decoding:
            self._move_back()
            self._last = weakref.ref(decoding)
        decoding.move_to(step.cache)
        return step(token)

    def _add(self, size: int, decoding: Decoding, token: int, logits: Tensor) -> None:
        """Add a step, unless it fails; beside it the largest one stays.

        Args:
            token: the newest token that the request has read.
            logits: (1, V) behind it, from the ordinary pass.
        """
        if self._model.cache_bytes(size) > self._free() // _PART:
            _log.warning("memory is short: from %d tokens on no CUDA graph decodes", size)
            self._largest = size // 2
            return
        self._move_back()
        try:
            step = self._tried(size, decoding, token, logits)
        except torch.OutOfMemoryError:
            pass
        except Exception as error:  # noqa: BLE001  (whatever it is: the request has what it asked for)
            _log.warning("no CUDA graph decodes any more: %s", error, exc_info=error)
            self._failed = True
        else:
            if step is None:  # as every larger one
                self._largest = size // 2
                return
            self._steps[size] = step
            self._steps = {kept: self._steps[kept] for kept in (size, max(self._steps))}
            return
        # Not before the error is gone, which holds what was captured.
        if self._failed:
            self._drop()
        else:
            self._make_room()

    def _tried(self, size: int, decoding: Decoding, token: int, logits: Tensor) -> _Step | None:
        """A new step that has given the logits of the ordinary pass; ``None`` where windows are shorter.

        Raises:
            RuntimeError: they differ, or it could not be captured.
        """
        cache = self._model.new_cache(size)
        if not cache.shortenable:
            return None
        self.captured = True
        step = _Step(self._model, cache, self._capture)
        decoding.copy_to(step.cache, decoding.length - 1)
        logits = logits.float()
        difference = float((step(token) - logits).std() / logits.std())
        if not difference <= TOLERANCE[self._model.embedding.dtype]:  # it may be no number
            raise RuntimeError(f"its logits differ from those of the ordinary pass by {difference:.3g}")
        return step

    def _make_room(self) -> None:
        """Leave all memory to the requests, until there are none."""
        _log.warning("memory is short: no CUDA graph decodes until the model was idle")
        self._largest = 0
        self._drop()

    def _drop(self) -> None:
        self._move_back()
        self._steps.clear()
        release_memory(self._model.embedding.device)

    def _move_back(self) -> None:
        """Let the request whose text is in the cache of a step go on in its own."""
        last = None if self._last is None else self._last()
        if last is not None:
            last.move_back()


class _Step:
    """The pass over one token of a text that fits into a cache of one size."""

    def __init__(self, model: Llama, buffers: KeyValueCache, capture: Capture) -> None:
        device, cache = model.embedding.device, FixedCache(buffers)
        ids = torch.zeros(1, 1, dtype=torch.long, device=device)
        logits = torch.zeros(1, model.config.vocab_size, device=device)  # in float32

        def compute() -> None:  # not with this object, which would then hold itself
            logits.copy_(model(ids, cache, last_only=True)[:, -1])

        self.cache, self._ids, self._logits = cache, ids, logits
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
