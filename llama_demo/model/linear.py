"""A linear layer that is fast for few rows, too."""

from __future__ import annotations

import torch
from torch import Tensor, nn

# From two rows up to this many, the product is turned round.
FEW_ROWS = 48


class Linear(nn.Linear):
    """``x W^T + b``.

    A few rows, as of requests that are decoded together, are computed as ``(W x^T)^T`` on a CPU: the same
    sums, for which BLAS reads ``W`` as it lies in memory. Measured with MKL on AVX2: 8 rows times a matrix of
    49,152 x 576 take a quarter of the time.
    """

    def forward(self, x: Tensor) -> Tensor:
        rows = x.numel() // self.in_features
        if not 1 < rows <= FEW_ROWS or x.device.type != "cpu" or x.dtype != torch.float32:
            return super().forward(x)
        turned = x.reshape(rows, self.in_features).t()  # (in, rows)
        if self.bias is None:
            product = self.weight @ turned  # (out, rows)
        else:
            product = torch.addmm(self.bias[:, None], self.weight, turned)
        return product.t().reshape(*x.shape[:-1], self.out_features).contiguous()
