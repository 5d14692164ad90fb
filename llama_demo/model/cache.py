"""Keys and values of the tokens read so far, in buffers that are allocated once."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Self

import torch
from torch import Tensor


class LayerCache:
    """One layer's keys and values, all of them.

    Args:
        shape: (B, K, tokens that fit, D).

    Attributes:
        length: tokens read.
        visible: (1, 1, 1, S + T), true where :meth:`extend` gives those of a token; ``None`` if everywhere.
    """

    visible: Tensor | None = None

    def __init__(self, shape: tuple[int, int, int, int], *, device: torch.device, dtype: torch.dtype) -> None:
        self.keys = torch.empty(shape, device=device, dtype=dtype)
        self.values = torch.empty(shape, device=device, dtype=dtype)
        self.length = 0

    def repeat(self, rows: int) -> Self:
        """A cache of ``rows`` texts, of a cache of one text that they all begin with."""
        other = copy(self)
        other.keys, other.values = (buffer.repeat(rows, 1, 1, 1) for buffer in (self.keys, self.values))
        return other

    @property
    def shortenable(self) -> bool:
        """Whether the keys and values of all earlier tokens are still there."""
        return True

    def fill(self, other: LayerCache, length: int) -> None:
        """Take over the first ``length`` tokens of another cache, shortenable, as far as they are not here.

        Both are of one text, and its beginning that is here is the same.
        """
        new = slice(self.length, length)
        self.keys[:, :, new] = other.keys[:, :, new]
        self.values[:, :, new] = other.values[:, :, new]
        self.length = length

    def trimmed(self) -> Self:
        """A copy with room for what was read alone; of a shortenable cache."""
        other = copy(self)
        other.keys, other.values = (b[:, :, : self.length].clone() for b in (self.keys, self.values))
        return other

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write ``T`` new tokens behind the ``S`` cached ones; return all ``S + T``."""
        start, new = self.length, keys.size(2)
        self.length += new
        self.keys.narrow(2, start, new).copy_(keys)
        self.values.narrow(2, start, new).copy_(values)
        return self.keys.narrow(2, 0, self.length), self.values.narrow(2, 0, self.length)  # (B, K, S + T, D)


class WindowCache(LayerCache):
    """Keys and values of a layer that sees ``window`` tokens, itself included, and no more.

    The buffer holds two windows, however long the text. New tokens are written behind the old ones::

        | seen no more | window - 1 tokens | new | free      |
                                            <- T ->

    and when the free part is too short, the last ``window - 1`` move to the front: one token copied for
    each token read, on average, instead of a whole window.
    """

    def __init__(
        self,
        shape: tuple[int, int, int, int],
        window: int,
        *,
        device: torch.device,
        dtype: torch.dtype,
    ) -> None:
        batch, groups, capacity, width = shape
        self.window = window
        self._filled = 0  # tokens in the buffer
        super().__init__(
            (batch, groups, min(capacity, 2 * window), width),
            device=device,
            dtype=dtype,
        )

    @property
    def shortenable(self) -> bool:
        return False

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Add ``T`` new tokens; return them behind as many earlier ones as the first of them sees."""
        self.length += keys.size(2)
        visible = min(self._filled, self.window - 1)
        first, end = self._filled - visible, self._filled + keys.size(2)
        if end <= self.keys.size(2):
            self.keys[:, :, self._filled : end] = keys
            self.values[:, :, self._filled : end] = values
            self._filled = end
            return self.keys[:, :, first:end], self.values[:, :, first:end]
        keys = torch.cat((self.keys[:, :, first : self._filled], keys), dim=2)
        values = torch.cat((self.values[:, :, first : self._filled], values), dim=2)
        self._filled = min(keys.size(2), self.window - 1)
        kept = keys.size(2) - self._filled
        self.keys[:, :, : self._filled] = keys[:, :, kept:]
        self.values[:, :, : self._filled] = values[:, :, kept:]
        return keys, values  # 2 x (B, K, at most window - 1 + T, D)


class KeyValueCache:
    """The caches of every layer, first to last.

    Args:
        capacity: tokens that each text has at most.
        transferable: whether the keys would be the same in a text of another capacity.
    """

    def __init__(self, layers: Iterable[LayerCache], capacity: int, *, transferable: bool = True) -> None:
        self.layers = list(layers)
        self.capacity = capacity
        self._transferable = transferable

    @property
    def length(self) -> int:
        """Tokens that every layer has read."""
        return self.layers[-1].length

    def begin(self, new: int) -> Tensor:
        """Begin a pass over the next ``new`` tokens; returns their positions (T)."""
        return torch.arange(self.length, self.length + new, device=self.layers[0].keys.device)

    @property
    def rows(self) -> int:
        """B, the number of texts."""
        return self.layers[0].keys.size(0)

    @property
    def shortenable(self) -> bool:
        """Whether another text may begin with what is here; see :meth:`LayerCache.shortenable`."""
        return self._transferable and all(layer.shortenable for layer in self.layers)

    @property
    def bytes(self) -> int:
        """Memory of the buffers."""
        return sum(layer.keys.nbytes + layer.values.nbytes for layer in self.layers)

    def fill(self, other: KeyValueCache, length: int) -> None:
        """See :meth:`LayerCache.fill`."""
        for layer, given in zip(self.layers, other.layers, strict=True):
            layer.fill(given, length)

    @property
    def bytes_read(self) -> int:
        """Memory of what was read, of a shortenable cache."""
        return self.bytes * self.length // self.layers[0].keys.size(2)

    def trimmed(self) -> KeyValueCache:
        """See :meth:`LayerCache.trimmed`."""
        return self._of(layer.trimmed() for layer in self.layers)

    def repeat(self, rows: int) -> KeyValueCache:
        """See :meth:`LayerCache.repeat`."""
        return self._of(layer.repeat(rows) for layer in self.layers)

    def _of(self, layers: Iterable[LayerCache]) -> KeyValueCache:
        return KeyValueCache(layers, self.capacity, transferable=self._transferable)
