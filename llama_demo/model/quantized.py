"""Matrices of fewer bits, in place of the weights of linear layers and embedding tables.

int8: each row ``w`` of a matrix is ``s q`` with whole numbers ``q`` of -127 to 127 and one scale
``s = max|w| / 127``. Where the processor multiplies whole numbers exactly and fast, each row of the input
is quantized in the same way when it comes (as in Dettmers et al. 2022, arXiv:2208.07339, without outliers
kept apart)::

    y = x W^T  is about  s_x s_w (q_x q_w^T)        q_x q_w^T in 32-bit integers, exact

A row's scale depends on that row alone, so a token's result is the same in every batch. Elsewhere only the
weights are in 8 bits, and the input is as it comes.

Shapes: ``R`` rows and ``C`` columns of the matrix, ``N`` rows of the input.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

BLOCK = 2**20
"""Numbers that are unpacked at a time: 4 MB in float32."""

# Rows of the input up to which weights are multiplied as they are packed, rather than unpacked first.
_FEW_ROWS = 8
TINY = 1e-12


Blocks = Iterable[tuple[Tensor, Tensor]]
"""A matrix in parts: numbers of some rows (n), and the rows themselves (n, C)."""


class QuantizedMatrix(nn.Module):
    """A matrix (R, C) of fewer bits, which gives and takes float32 on a processor.

    Attributes:
        name: of its precision.
        scales: of its numbers.
    """

    name: str
    rows: int
    columns: int
    scales: Tensor

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.scales.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision of what it takes and gives."""
        return self.scales.dtype

    def product(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        """``x W^T + bias`` of ``x`` (N, C) and ``bias`` (R): (N, R)."""
        raise NotImplementedError

    def dense(self) -> Tensor:
        """The matrix (R, C) unpacked."""
        raise NotImplementedError


class Int8Matrix(QuantizedMatrix):
    """A matrix in whole numbers of 8 bits with a scale for each row.

    Args:
        blocks: all rows.
        dtype: of what it takes and gives.
    """

    name = "int8"

    def __init__(
        self, rows: int, columns: int, blocks: Blocks, *, device: torch.device, dtype: torch.dtype
    ) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        self.numbers = fixed(torch.empty(rows, columns, dtype=torch.int8, device=device))
        self.scales = fixed(torch.empty(rows, dtype=dtype, device=device))
        for place, block in blocks:
            numbers, scales = quantize_rows(block.float())
            self.numbers[place] = numbers.to(device)
            self.scales[place] = scales[:, 0].to(device, dtype)
        self._whole = device.type == "cpu" and integer_products_pay()
        self._columns = self.numbers.t()

    def lookup(self, ids: Tensor) -> Tensor:
        """The rows of ``ids`` (...), unpacked: (..., C)."""
        return self.numbers[ids].to(self.dtype) * self.scales[ids][..., None]

    def dense(self) -> Tensor:
        return self.numbers.to(self.dtype) * self.scales[:, None]

    def product(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        if self._whole:
            return self._integer_product(x, bias)
        if self.device.type != "cpu":
            result = F.linear(x, self.numbers.to(x.dtype)) * self.scales
        elif x.size(0) <= _FEW_ROWS:
            result = self._packed_product(x)
        else:
            result = self._unpacked_product(x)
        return result if bias is None else result.add_(bias)

    def _integer_product(self, x: Tensor, bias: Tensor | None) -> Tensor:
        numbers, scales = quantize_rows(x)
        sums, own = torch._int_mm(numbers, self._columns), self.scales  # (N, R) in int32
        # One pass for few rows; for many it is faster to convert them where they are.
        result = sums * own if x.size(0) <= _FEW_ROWS else as_float(sums).mul_(own)
        result.mul_(scales)
        return result if bias is None else result.add_(bias)

    def _packed_product(self, x: Tensor) -> Tensor:
        # In bfloat16 this operator is fast on every x86 processor, with or without instructions for it.
        half = torch.bfloat16
        scales = self.scales.to(half)
        product: Tensor = torch.ops.aten._weight_int8pack_mm(x.to(half), self.numbers, scales)
        return product.to(x.dtype)

    def _unpacked_product(self, x: Tensor) -> Tensor:
        result = x.new_empty(x.size(0), self.rows)
        step = max(1, BLOCK // self.columns)
        for start in range(0, self.rows, step):
            rows = slice(start, start + step)
            torch.mm(x, self.numbers[rows].to(x.dtype).t(), out=result[:, rows])
        return result.mul_(self.scales)


def blocks_of(weight: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    """The parts of a matrix that is in memory."""
    step = max(1, BLOCK // weight.size(1))
    for start in range(0, weight.size(0), step):
        rows = weight[start : start + step]
        yield torch.arange(start, start + rows.size(0)), rows


MatrixT = TypeVar("MatrixT", bound=QuantizedMatrix)


class Quantizable(nn.Module, Generic[MatrixT]):
    """A layer whose ``weight`` can be replaced by a matrix of fewer bits.

    Attributes:
        quantized: stands in place of ``weight`` once :meth:`quantize` was called.
    """

    weight: Tensor
    quantized: MatrixT | None

    def quantize(self, matrix: MatrixT) -> None:
        """Compute with ``matrix`` from now on; there is no ``weight`` any more."""
        del self.weight
        self.quantized = matrix

    @property
    def device(self) -> torch.device:
        """Where it is."""
        return self.weight.device if self.quantized is None else self.quantized.device

    @property
    def dtype(self) -> torch.dtype:
        """The precision of what it gives."""
        return self.weight.dtype if self.quantized is None else self.quantized.dtype

    def dense(self) -> Tensor:
        """The weights (R, C), unpacked if they are quantized."""
        return self.weight if self.quantized is None else self.quantized.dense()


def quantize_rows(x: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers (N, C) of -127 to 127 and the scale of each row (N, 1), for ``x`` (N, C)."""
    scales = x.abs().amax(dim=-1, keepdim=True).clamp_min_(TINY).div_(127)
    return x.div(scales).round_().to(torch.int8), scales


def as_float(sums: Tensor) -> Tensor:
    """Integers of 32 bits as float32, in the memory that they have."""
    return sums.view(torch.float32).copy_(sums)


def fixed(tensor: Tensor) -> nn.Parameter:
    return nn.Parameter(tensor, requires_grad=False)


@lru_cache(maxsize=1)
@torch.inference_mode()
def integer_products_pay() -> bool:
    """Whether this processor multiplies whole numbers of 8 bits exactly, and faster than float32.

    Without the instructions for it (AVX-512 VNNI, AVX-VNNI, AMX) PyTorch adds products in 16 bits, where
    large ones are cut off, or counts in a plain loop. Measured in some milliseconds.
    """
    large = torch.full((_FEW_ROWS, 256), 127, dtype=torch.int8)
    if int(torch._int_mm(large, large.t()).min()) != 256 * 127**2:
        return False
    rows, matrix = torch.ones(64, 512), torch.ones(512, 512)
    whole_rows, whole_matrix = rows.to(torch.int8), matrix.to(torch.int8)
    return seconds(lambda: torch._int_mm(whole_rows, whole_matrix.t())) < seconds(
        lambda: F.linear(rows, matrix)
    )


def seconds(compute: Callable[[], Tensor], runs: int = 9) -> float:
    """Of the fastest of some runs, behind one that allocates."""
    compute()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        compute()
        times.append(time.perf_counter() - began)
    return min(times)
