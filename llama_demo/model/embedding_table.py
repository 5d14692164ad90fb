"""A table of embeddings that costs nothing to make on the meta device, and can be quantized."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from llama_demo.model.quantized import Int8Matrix, Quantizable


class EmbeddingTable(Quantizable[Int8Matrix], nn.Embedding):
    """``nn.Embedding`` whose weights are not drawn where there are none.

    On the meta device, where a model is made before its weights are loaded, the first normal distribution has
    PyTorch import 800 modules for 2.6 s.

    Args:
        scale: factor of every vector, rounded to the precision of the weights.
        exact: whether it stays as it is when the model is quantized.
    """

    def __init__(self, rows: int, width: int, *, scale: float = 1.0, exact: bool = False) -> None:
        super().__init__(rows, width)
        self.scale = scale
        self.exact = exact
        self.quantized = None

    def forward(self, ids: Tensor) -> Tensor:
        vectors = super().forward(ids) if self.quantized is None else self.quantized.lookup(ids)  # (..., C)
        return vectors if self.scale == 1.0 else vectors * torch.tensor(self.scale, dtype=vectors.dtype)

    def reset_parameters(self) -> None:
        if not self.weight.is_meta:
            super().reset_parameters()
