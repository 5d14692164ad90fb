"""A table of embeddings that costs nothing to make on the meta device."""

from __future__ import annotations

from torch import nn


class EmbeddingTable(nn.Embedding):
    """``nn.Embedding`` whose weights are not drawn where there are none.

    On the meta device, where a model is made before its weights are loaded, the first normal distribution has
    PyTorch import 800 modules for 2.6 s.
    """

    def reset_parameters(self) -> None:
        if not self.weight.is_meta:
            super().reset_parameters()
