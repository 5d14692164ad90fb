"""Texts of several requests side by side, as one long row.

A block is a number of texts with equally many new tokens. Blocks of different lengths stand one behind the
other, so that all of them share the products with the weights, without padding::

    | block 0: B0 x T0 tokens | block 1: B1 x T1 tokens | ...       P tokens in all

Only attention tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import torch
from torch import Tensor

from llama_demo.model.transfer import send


class Packing:
    """Where each block stands.

    Args:
        shapes: texts and new tokens of each, (B, T), block by block.
    """

    def __init__(self, shapes: Sequence[tuple[int, int]]) -> None:
        self.shapes = tuple(shapes)
        self.sizes = [texts * tokens for texts, tokens in shapes]
        self._single = all(texts == 1 for texts, _ in shapes)  # then blocks are slices of the row

    @property
    def texts(self) -> list[int]:
        """Number of texts of each block."""
        return [texts for texts, _ in self.shapes]

    def join(self, blocks: Sequence[Tensor]) -> Tensor:
        """Blocks (B, T, ...) as one row (1, P, ...)."""
        if len(blocks) == 1:  # nothing is copied
            return blocks[0].flatten(0, 1)[None]
        return torch.cat([block.flatten(0, 1) for block in blocks])[None]

    def split(self, x: Tensor) -> list[Tensor]:
        """A row (1, P, C) as blocks (B, T, C)."""
        parts = torch.split(x[0], self.sizes)
        return [part.view(*shape, -1) for part, shape in zip(parts, self.shapes, strict=True)]

    def split_heads(self, x: Tensor) -> list[Tensor]:
        """A row (1, H, P, D) as blocks (B, H, T, D)."""
        if self._single:
            return list(x.split_with_sizes(self.sizes, dim=2))
        parts = zip(torch.split(x[0], self.sizes, dim=1), self.shapes, strict=True)  # of (H, B * T, D)
        return [part.reshape(part.size(0), *shape, -1).transpose(0, 1) for part, shape in parts]

    def join_heads(self, blocks: Sequence[Tensor]) -> Tensor:
        """Blocks (B, H, T, D) as one row (1, P, H * D)."""
        if self._single:
            return torch.cat(list(blocks), dim=2).transpose(1, 2).flatten(2)
        return self.join([block.transpose(1, 2).flatten(2) for block in blocks])

    def positions(self, seen: Sequence[int], device: torch.device) -> Tensor:
        """The position of every token (P), where ``seen`` tokens of each block's texts were read before."""
        rows = [
            torch.arange(before, before + tokens).repeat(texts)
            for before, (texts, tokens) in zip(seen, self.shapes, strict=True)
        ]
        return send(torch.cat(rows), device)

    def spread(self, values: Sequence[int]) -> list[int]:
        """A value of each block for every token of it, P in all."""
        return [value for value, size in zip(values, self.sizes, strict=True) for _ in range(size)]

    def last(self, device: torch.device) -> Tensor:
        """Where in the row the last token of every text stands, block by block."""
        starts = accumulate(self.sizes, initial=0)
        rows = [
            torch.arange(start + tokens - 1, start + size, tokens)
            for start, size, (_, tokens) in zip(starts, self.sizes, self.shapes, strict=False)
        ]
        return send(torch.cat(rows), device)
