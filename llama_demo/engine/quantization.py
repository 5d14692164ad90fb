"""Reading weights in 8 or 4 bits: which ones, and how they get into their layers.

A matrix is quantized as soon as it is read, so memory peaks near the quantized size. What stays as it is:
norms and biases, and layers of a handful of rows or columns. A shape that int4 does not take is int8.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from llama_demo.engine.weights import StoredTensor
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.linear import Linear
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.quantized import INT4, Int4Matrix, Int8Matrix

_log = logging.getLogger(__name__)

QUANTIZED = (torch.int8, INT4)
"""Precisions of weights in which nothing else is computed."""

# A matrix with fewer rows or columns gains nothing.
_SMALLEST = 32
# Types that weights are read in, as they are stored; all others are read in float32.
_STAGED = (torch.bfloat16, torch.float16)


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
        matrix: Int4Matrix | Int8Matrix
        if four and Int4Matrix.takes(shape[0], shape[1], self.device):
            matrix = Int4Matrix(torch.cat([_staged(part, weights) for part in group]))
        else:
            if self.dtype == INT4:
                self._wider.append(name)
            matrix = self._int8(shape, group, weights)
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

    def _int8(
        self, shape: Sequence[int], group: Sequence[CheckpointTensor], weights: Mapping[str, StoredTensor]
    ) -> Int8Matrix:
        dtype = computing_dtype(self.dtype, self.device)
        matrix = Int8Matrix(shape[0], shape[1], device=self.device, dtype=dtype)
        row = 0
        for part in group:
            matrix.set_rows(row, _staged(part, weights))
            row += part.shape[0]
        return matrix


def _takes_quantized(module: nn.Module) -> bool:
    return isinstance(module, Linear) or (isinstance(module, EmbeddingTable) and not module.exact)


def _staged(part: CheckpointTensor, weights: Mapping[str, StoredTensor]) -> Tensor:
    """The numbers of one tensor in the precision in which they are stored, or float32."""
    if part.name not in weights:
        return torch.zeros(part.shape)
    stored = weights[part.name]
    tensor = torch.empty(part.shape, dtype=stored.dtype if stored.dtype in _STAGED else torch.float32)
    stored.read_into(tensor)
    return tensor
