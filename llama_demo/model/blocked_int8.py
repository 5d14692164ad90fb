"""A matrix in 8 bits whose numbers lie as oneDNN multiplies several rows fastest.

:class:`~llama_demo.model.quantized.Int8Matrix` keeps its rows one behind the other, so that they can be
looked up, and one row of an input is multiplied without any preparation. For several rows the numbers have
to be put into blocks first; here they lie so from the beginning, and the scales of the weights are applied
within the same operator. It takes numbers of 0 to 255, which stand for the least to the largest of a row::

    x = s_x q_x + m_x
    y = x W^T + b  is about  s_x s_w (q_x q_w^T) + m_x s_w (1 q_w^T) + b

Shapes as in :mod:`~llama_demo.model.quantized`.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from llama_demo.model.quantized import (
    Int8Matrix,
    QuantizedMatrix,
    blocks_of,
    fixed,
    integer_products_pay,
    seconds,
)

# Numbers of a matrix up to which it is not worth 25 µs a call, which the operator takes to begin.
_SMALL = 2**18


class BlockedInt8Matrix(QuantizedMatrix):
    """An :class:`Int8Matrix` on a processor, put into blocks."""

    name = "int8"

    def __init__(self, matrix: Int8Matrix) -> None:
        super().__init__()
        self.rows, self.columns = matrix.rows, matrix.columns
        self.blocks = fixed(torch.ops.onednn.qlinear_prepack(matrix.numbers, None))
        self.scales = matrix.scales
        self._sums = torch.mv(matrix.dense(), matrix.scales.new_ones(self.columns))  # of each row
        self._zeros = torch.zeros(matrix.rows, dtype=torch.int64)

    @staticmethod
    def pays(matrix: Int8Matrix) -> bool:
        """Whether products with a matrix become faster."""
        large, aligned = matrix.rows * matrix.columns > _SMALL, matrix.columns % 4 == 0
        return large and aligned and matrix.device.type == "cpu" and blocked_products_pay()

    def dense(self) -> Tensor:
        return self.blocks.to_dense().t().to(self.dtype) * self.scales[:, None]  # held as (C, R)

    def product(self, x: Tensor, bias: Tensor | None = None) -> Tensor:
        numbers, scales, least = _quantize(x)
        product: Tensor = torch.ops.onednn.qlinear_pointwise.default(
            numbers, 1.0, 0, self.blocks, self.scales, self._zeros, None, 1.0, 0, x.dtype, "none", [], ""
        )
        product.mul_(scales).addcmul_(self._sums, least)
        return product if bias is None else product.add_(bias)


def _quantize(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Numbers (N, C) of 0 to 255, and the step and the least number of each row, (N, 1) each."""
    # One operator, made for tables of embeddings, does what takes six otherwise.
    packed: Tensor = torch.ops.quantized.embedding_bag_byte_prepack.default(x)  # (N, C + 8)
    steps_and_least = packed[:, -8:].view(torch.float32)  # (N, 2)
    return packed[:, :-8], steps_and_least[:, :1], steps_and_least[:, 1:]


@lru_cache(maxsize=1)
@torch.inference_mode()
def blocked_products_pay() -> bool:
    """Whether this processor has the operators, exact and faster than float32; see also
    :func:`~llama_demo.model.quantized.integer_products_pay`.
    """
    there = hasattr(torch.ops.onednn, "qlinear_pointwise")
    there &= hasattr(torch.ops.quantized, "embedding_bag_byte_prepack")
    if not there or not integer_products_pay():
        return False
    x, weight = torch.ones(64, 512), torch.ones(512, 512)
    x[:, 0] = 0.0
    whole = Int8Matrix(512, 512, blocks_of(weight), device=weight.device, dtype=weight.dtype)
    try:
        matrix = BlockedInt8Matrix(whole)
        exact = torch.allclose(matrix.product(x), torch.full_like(x, 511.0))
    except RuntimeError:  # PyTorch was built without it
        return False
    return exact and seconds(lambda: matrix.product(x)) < seconds(lambda: F.linear(x, weight))
