"""Reading weights in 8 or 4 bits: which ones, and how they get into their layers.

Rows are quantized as they are read, so memory peaks near the quantized size. What stays as it is:
norms and biases, and layers of a handful of rows or columns. A shape that int4 does not take is int8.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from llama_demo.engine.weights import StoredTensor
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.int4 import INT4, Int4Matrix
from llama_demo.model.linear import Linear
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.quantized import Int8Matrix, blocks_of

_log = logging.getLogger(__name__)

QUANTIZED = (torch.int8, INT4)
"""Precisions of weights in which nothing else is computed."""

# A matrix with fewer rows or columns gains nothing.
_SMALLEST = 32


def computing_dtype(dtype: torch.dtype, device: torch.device) -> torch.dtype:
    """The precision of hidden states and of what is not quantized, for weights in ``dtype``."""
    if dtype not in QUANTIZED:
        return dtype
    if device.type == "cpu":
        return torch.float32
    has_bfloat16 = device.type != "cuda" or torch.cuda.is_bf16_supported()
    return torch.bfloat16 if has_bfloat16 else torch.float16


class Quantizer:
    """Quantizes the matrices of one model while it is loaded.

    Args:
        dtype: of the weights; one that is not in :data:`QUANTIZED` leaves everything as it is.
    """

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self.dtype = dtype
        self.device = device
        self._wider: list[str] = []
        self._count = 0

    def read(
        self,
        name: str,
        shape: Sequence[int],
        group: Sequence[CheckpointTensor],
        weights: Mapping[str, StoredTensor],
        holders: Sequence[tuple[nn.Module, str]],
    ) -> bool:
        """Read a parameter and quantize it; false if it has to be read as it is.

        Args:
            group: the tensors whose rows it is made of.
            holders: the modules that have it.
        """
        modules = [module for module, attribute in holders if attribute == "weight"]
        if self.dtype not in QUANTIZED or len(modules) < len(holders) or len(shape) != 2:
            return False
        if min(shape) < _SMALLEST or not all(map(_takes_quantized, modules)):
            return False
        self._count += 1
        four = self.dtype == INT4 and all(isinstance(module, Linear) for module in modules)
        blocks = _blocks(group, weights)
        matrix: Int4Matrix | Int8Matrix
        if four and Int4Matrix.takes(shape[0], shape[1], self.device):
            matrix = Int4Matrix(shape[0], shape[1], blocks)
        else:
            if self.dtype == INT4:
                self._wider.append(name)
            dtype = computing_dtype(self.dtype, self.device)
            matrix = Int8Matrix(shape[0], shape[1], blocks, device=self.device, dtype=dtype)
        for module in modules:
            assert isinstance(module, Linear | EmbeddingTable)
            module.quantize(matrix)  # type: ignore[arg-type]  # a table gets int8 only
        return True

    def log(self) -> None:
        """Say which matrices have more bits than was asked for."""
        if self._wider:
            _log.info(
                "%d of %d matrices are in int8, since int4 takes no tables and no such shapes: %s",
                len(self._wider),
                self._count,
                ", ".join(self._wider),
            )


def _takes_quantized(module: nn.Module) -> bool:
    return isinstance(module, Linear) or (isinstance(module, EmbeddingTable) and not module.exact)


def _blocks(
    group: Sequence[CheckpointTensor], weights: Mapping[str, StoredTensor]
) -> Iterator[tuple[Tensor, Tensor]]:
    """The rows of several tensors, stacked, some at a time; zeros where a tensor is missing."""
    above = 0
    for part in group:
        stored = weights.get(part.name)
        rows = stored.rows() if stored else blocks_of(torch.zeros(part.shape))
        yield from ((above + place, block) for place, block in rows)
        above += part.shape[0]
