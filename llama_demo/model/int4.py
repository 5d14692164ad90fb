"""A matrix in 4 bits, of which 32 neighbours in a row share a scale and a zero.

``w = s (q - 8) + z`` with ``q`` of 0 to 15; scales and zeros in bfloat16. Few rows of an input are multiplied
by the numbers as they are packed. For many rows the operator would unpack them again and again; then some
rows of the matrix at a time become whole numbers of 8 bits, or float32 where those are slow.

Shapes as in :mod:`~llama_demo.model.quantized`; ``G`` groups in a row.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from llama_demo.model.quantized import (
    TINY,
    Blocks,
    QuantizedMatrix,
    as_float,
    fixed,
    integer_products_pay,
    quantize_rows,
)

INT4: torch.dtype = torch.int4  # type: ignore[attr-defined]  # not in PyTorch's declarations
"""The precision by which :class:`Int4Matrix` is chosen; PyTorch has the name, but no arithmetic."""

GROUP = 32
"""Neighbours that share a scale."""

# The overload itself, so that it is not looked for at each call.
_packed_product = torch.ops.aten._weight_int4pack_mm_for_cpu.default
# Rows that are packed at a time: the operator's order repeats after 64 at the most.
_PACKED_ROWS = 64
# Rows that are unpacked at a time.
_UNPACKED_ROWS = 512
# Rows of the input from which on it pays to unpack the matrix.
_MANY_ROWS = 64


class Int4Matrix(QuantizedMatrix):
    """A matrix in 4 bits, packed as PyTorch's operator for processors wants it.

    Args:
        rows, columns: a shape that it :meth:`takes`.
        blocks: all rows.
    """

    name = "int4"

    def __init__(self, rows: int, columns: int, blocks: Blocks) -> None:
        super().__init__()
        self.rows, self.columns = rows, columns
        groups = columns // GROUP
        packed = torch.empty(rows, columns // 2, dtype=torch.uint8)
        scales = torch.empty(groups, rows, 2, dtype=torch.bfloat16)  # scale and zero of each group
        for place, block in blocks:
            numbers, pairs = _quantize_groups(block.float().view(-1, groups, GROUP))
            even, odd = numbers.view(-1, columns // 2, 2).unbind(-1)
            packed[place], scales[:, place] = even | odd << 4, pairs.transpose(0, 1)
        for part in torch.split(packed, _PACKED_ROWS):  # in place, so that memory holds it once
            part.copy_(_packed(_nibbles(part, -1).flatten(1)))
        self.packed, self.scales = fixed(packed), fixed(scales)
        self._numbers, self._affines = packed, scales  # found faster than parameters

    @staticmethod
    def takes(rows: int, columns: int, device: torch.device) -> bool:
        """Whether the operator takes a matrix of this shape, on this device."""
        return device.type == "cpu" and rows % 16 == 0 and columns % GROUP == 0

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32

    def product(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        if x.size(0) < _MANY_ROWS or _block_width() is None:
            result: Tensor = _packed_product(x.bfloat16(), self._numbers, GROUP, self._affines).float()
        elif integer_products_pay():
            result = self._integer_product(x)
        else:
            result = x.new_empty(x.size(0), self.rows)
            for start in range(0, self.rows, _UNPACKED_ROWS):
                rows = slice(start, start + _UNPACKED_ROWS)
                torch.mm(x, self._unpacked(rows), out=result[:, rows])
        return result if bias is None else result.add_(bias)

    def _integer_product(self, x: Tensor) -> Tensor:
        """The product with the input and the unpacked matrix rounded to 8 bits, as in
        :class:`~llama_demo.model.quantized.Int8Matrix`.
        """
        result = x.new_empty(x.size(0), self.rows)
        numbers, steps = quantize_rows(x)
        for start in range(0, self.rows, _UNPACKED_ROWS):
            rows = slice(start, start + _UNPACKED_ROWS)
            scale, low = self._affine(rows)
            # The ends of each group are numbers of the matrix, so they tell the largest one of a row.
            largest = torch.maximum(low.abs(), (low + 15 * scale).abs()).amax(dim=0).clamp_min_(TINY)  # (n)
            step = largest / 127
            whole = self._scaled(rows, scale / step, low / step).round_().to(torch.int8)  # (C, n)
            torch.mul(as_float(torch._int_mm(numbers, whole)), step, out=result[:, rows])
        return result.mul_(steps)

    def _affine(self, rows: slice) -> tuple[Tensor, Tensor]:
        """Scale and least number of each group of some rows, (G, n) each, in float32."""
        scale, zero = self.scales[:, rows].float().unbind(-1)
        return scale, zero - 8 * scale

    def _unpacked(self, rows: slice) -> Tensor:
        """Some rows in float32, turned round: (C, n)."""
        return self._scaled(rows, *self._affine(rows))

    def _scaled(self, rows: slice, scale: Tensor, low: Tensor) -> Tensor:
        """``scale q + low`` of the numbers of some rows, (C, n)."""
        width = _block_width()
        assert width is not None
        numbers = _turned(self.packed[rows], self.columns, width)
        groups = numbers.view(-1, GROUP, numbers.size(1)).float()  # (G, 32, n)
        return torch.addcmul(low[:, None], groups, scale[:, None]).view(self.columns, -1)

    def dense(self) -> Tensor:
        if _block_width() is None:
            return self.product(torch.eye(self.columns)).t().contiguous()
        return self._unpacked(slice(None)).t().contiguous()


def _nibbles(packed: Tensor, dim: int) -> Tensor:
    """The lower and the upper four bits of each byte, side by side in a new dimension."""
    return torch.stack((packed & 15, packed >> 4), dim=dim)


def _turned(packed: Tensor, columns: int, width: int) -> Tensor:
    """The numbers (C, n) of rows that are packed in blocks of ``width``."""
    # In a block a byte holds a number of each half of the rows; in what is left, of two neighbours.
    count = packed.size(0) // width
    blocks = packed[: count * width].view(count, columns, width // 2).transpose(0, 1)
    numbers = _nibbles(blocks, 2).flatten(1)
    if count * width == packed.size(0):
        return numbers
    rest = _nibbles(packed[count * width :].view(columns, -1), -1).flatten(1)
    return torch.cat((numbers, rest), dim=1)


def _quantize_groups(groups: Tensor) -> tuple[Tensor, Tensor]:
    """Numbers of 0 to 15 (n, G, 32), and scale and zero (n, G, 2), for groups (n, G, 32)."""
    low, high = groups.amin(dim=-1, keepdim=True), groups.amax(dim=-1, keepdim=True)
    # Rounded as they are stored, so that the numbers are the nearest ones.
    scale = ((high - low) / 15).clamp_min_(TINY).bfloat16()
    zero = (low.bfloat16().float() + 8 * scale.float()).bfloat16()
    whole = groups.sub(zero.float()).div_(scale.float()).add_(8).round_().clamp_(0, 15)
    return whole.to(torch.uint8), torch.cat((scale, zero), dim=-1)


def _packed(numbers: Tensor) -> Tensor:
    """Numbers of 0 to 15 (n, C) in the order of the operator, two in a byte."""
    packed: Tensor = torch.ops.aten._convert_weight_to_int4pack_for_cpu(numbers.to(torch.int32), 1)
    return packed


@lru_cache(maxsize=1)
def _block_width() -> int | None:
    """Rows of a block in the order of the operator on this processor; ``None`` if it has another order.

    The order is no promise of PyTorch's, so it is found by trial.
    """
    generator = torch.Generator().manual_seed(0)
    numbers = torch.randint(0, 16, (64 + 16, GROUP), dtype=torch.uint8, generator=generator)
    packed = _packed(numbers)
    for width in (64, 32):
        if torch.equal(_turned(packed, GROUP, width), numbers.t()):
            return width
    return None
