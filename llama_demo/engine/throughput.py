"""How fast this machine computes, in each precision: measured in about two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache, partial

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.model.int4 import Int4Matrix
from llama_demo.model.llama import Llama
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.quantized import Int8Matrix, blocks_of

_SIDE = 512

WEIGHT_BYTES: Mapping[str, float] = {
    "float32": 4,
    "bfloat16": 2,
    "float16": 2,
    "int8": 1,
    "int4": 5 / 8,  # each group of 32 has a scale and a zero of 16 bits
}
"""Bytes of a weight in the precisions that are measured, the exact one first."""

ROWS = 64
"""Rows of the product by which prompts are measured; decoding is measured by one row."""

# Matrices that together are beyond every cache of a processor: 8 of 4 million weights.
_WIDTH, _HEIGHT, _MATRICES = 2_048, 2_048, 8
# A request that a precision is chosen by.
_PROMPT, _CONTINUATION = 200, 100
# A decoder whose own arithmetic takes no time, so that what is left is the cost of its calls.
_LAYERS = 4
_TINY = LlamaConfig(
    vocab_size=64,
    hidden_size=64,
    intermediate_size=128,
    num_hidden_layers=_LAYERS,
    num_attention_heads=2,
    num_key_value_heads=2,
    head_dim=32,
    max_position_embeddings=64,
)


@dataclass(frozen=True)
class PrecisionThroughput:
    """Speed of matrix products in one precision.

    Attributes:
        multiply_adds: a second, of a product of :data:`ROWS` rows, as when a prompt is read.
        bandwidth: bytes of weights a second, of products of one row, as when a token is decoded.
    """

    precision: str
    multiply_adds: float
    bandwidth: float

    @property
    def request_seconds(self) -> float:
        """Seconds for each weight of a request with a prompt and a continuation of usual lengths."""
        size = WEIGHT_BYTES[self.precision]
        return _PROMPT / self.multiply_adds + _CONTINUATION * size / self.bandwidth


@dataclass(frozen=True)
class Throughput:
    """The measured speeds of a device.

    Attributes:
        precisions: those that it knows, float32 first.
        layer_seconds: of the calls of one decoder layer for one token, whatever its size.
    """

    precisions: Sequence[PrecisionThroughput]
    layer_seconds: float

    @property
    def fastest(self) -> str:
        """The precision in which a large model answers soonest; float32 unless bfloat16 is faster.

        float16 is never chosen by itself: weights of many models exceed its range. Nor are int8 and int4,
        whose loss depends on the model.
        """
        known = [one for one in self.precisions if one.precision in ("float32", "bfloat16")]
        return min(known, key=lambda one: one.request_seconds).precision


@torch.inference_mode()
def multiply_adds_per_second(device: torch.device, *, seconds: float = 0.15) -> float:
    """Multiply-adds a second of float32 products of 512 x 512 matrices, the best of some ``seconds``."""
    one = torch.ones(_SIDE, _SIDE, device=device)
    return _SIDE**3 / _best(lambda: one @ one, seconds)


@torch.inference_mode()
def measure(device: torch.device, *, seconds: float = 2.0) -> Throughput:
    """Measure a device for about ``seconds``; the best of several runs counts, since others compute too."""
    names = [name for name in WEIGHT_BYTES if name != "int4" or device.type == "cpu"]
    share = seconds / (2 * len(names) + 1)
    precisions = [_measured(name, device, share) for name in names]
    return Throughput(tuple(precisions), _layer_seconds(device, share))


@lru_cache(maxsize=1)
def measured_once(device: torch.device) -> Throughput:
    """The result of :func:`measure`, once in a process."""
    return measure(device)


def _measured(name: str, device: torch.device, seconds: float) -> PrecisionThroughput:
    weight = torch.full((_HEIGHT, _WIDTH), 0.01, device=device)  # no denormal numbers
    products, dtype = _products(name, weight)
    row, rows = (weight.new_full((count, _WIDTH), 0.01, dtype=dtype) for count in (1, ROWS))

    def decode() -> Tensor:
        return [product(row) for product in products][-1]

    return PrecisionThroughput(
        name,
        multiply_adds=ROWS * _WIDTH * _HEIGHT / _best(lambda: products[0](rows), seconds),
        bandwidth=_MATRICES * weight.numel() * WEIGHT_BYTES[name] / _best(decode, seconds),
    )


def _products(name: str, weight: Tensor) -> tuple[list[Callable[[Tensor], Tensor]], torch.dtype]:
    """Products with so many copies of a matrix in one precision, and the precision of what they take."""
    if name == "int4":
        packed = Int4Matrix(_HEIGHT, _WIDTH, blocks_of(weight))
        return [deepcopy(packed).product for _ in range(_MATRICES)], packed.dtype
    if name == "int8":
        blocks = blocks_of(weight)
        matrix = Int8Matrix(_HEIGHT, _WIDTH, blocks, device=weight.device, dtype=torch.float32)
        return [deepcopy(matrix).product for _ in range(_MATRICES)], matrix.dtype
    dtype: torch.dtype = getattr(torch, name)
    copies = [weight.to(dtype, copy=True) for _ in range(_MATRICES)]
    return [partial(_linear, each) for each in copies], dtype


def _linear(weight: Tensor, x: Tensor) -> Tensor:
    return F.linear(x, weight)


def _layer_seconds(device: torch.device, seconds: float) -> float:
    with device:
        model = Llama(_TINY).eval()
    cache, ids = model.new_cache(_TINY.max_position_embeddings), torch.zeros(1, 1, dtype=torch.long)
    ids = ids.to(device)

    def step() -> Tensor:
        if cache.length == _TINY.max_position_embeddings:
            for layer in cache.layers:
                layer.length = 0
        logits: Tensor = model(ids, cache, last_only=True)
        return logits

    return _best(step, seconds) / _LAYERS


def _best(compute: Callable[[], Tensor], seconds: float) -> float:
    """Seconds of the fastest of the runs that fit into ``seconds``, at least one behind the first."""
    best, until = float("inf"), time.perf_counter() + seconds
    compute().sum().item()  # the first one allocates
    while best == float("inf") or time.perf_counter() < until:
        began = time.perf_counter()
        compute().sum().item()  # waits until the product is there
        best = min(best, time.perf_counter() - began)
    return best
