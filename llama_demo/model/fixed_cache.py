"""A cache for passes of one token that are the same operators on the same memory for every token.

::

    | read tokens | new | free               |
                   position, a tensor
    |     visible       | not visible        |

Where the new token stands is a number in the device's memory instead of a slice, and attention goes over all
places, of which it sees those that are filled.
"""

from __future__ import annotations

import torch
from torch import Tensor

from llama_demo.model.cache import KeyValueCache, LayerCache


class FixedLayerCache(LayerCache):
    """One layer's keys and values, in the buffers of an ordinary cache of one text.

    Args:
        position: (1), of the new token.
        visible: (1, 1, 1, tokens that fit), true up to the new token.
    """

    def __init__(self, buffers: LayerCache, position: Tensor, visible: Tensor) -> None:
        self.keys, self.values, self.length = buffers.keys, buffers.values, 0
        self._position, self.visible = position, visible

    def fill(self, other: LayerCache, length: int) -> None:
        """Hold the first ``length`` tokens of another cache, and zeros.

        A weight of zero hides any number, but not infinity or what is none, such as memory never written.
        """
        self.length = 0
        super().fill(other, length)
        self.keys[:, :, length:] = 0
        self.values[:, :, length:] = 0

    def extend(self, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write the new token; return all places, 2 x (1, K, tokens that fit, D)."""
        self.keys.index_copy_(2, self._position, keys)
        self.values.index_copy_(2, self._position, values)
        return self.keys, self.values


class FixedCache(KeyValueCache):
    """The caches of every layer, and where the next token stands.

    Args:
        buffers: an empty cache of one text, shortenable, which is used up.
    """

    def __init__(self, buffers: KeyValueCache) -> None:
        device = buffers.layers[0].keys.device
        self._position = torch.zeros(1, dtype=torch.long, device=device)
        self._places = torch.arange(buffers.capacity, device=device)
        self._visible = torch.zeros(1, 1, 1, buffers.capacity, dtype=torch.bool, device=device)
        layers = (FixedLayerCache(layer, self._position, self._visible) for layer in buffers.layers)
        super().__init__(layers, buffers.capacity)

    def begin(self, new: int) -> Tensor:
        assert new == 1
        torch.le(self._places, self._position, out=self._visible[0, 0, 0])
        return self._position

    def place(self) -> None:
        """Let the next pass read the token behind those that were read."""
        self._position.fill_(self.length)

    def advance(self) -> None:
        """Count the token of a pass, which cannot count it itself."""
        for layer in self.layers:
            layer.length += 1
