"""The next token of one text, with nothing between the operators.

A token of a small model costs less in arithmetic than in Python: modules that call modules, their attributes,
shapes of batches. This walks through the weights of a plain LLaMA with the same operators in the same order
as the modules, so the result is the same to the last bit.

``H`` query heads, ``K`` key heads of ``D`` components; widths ``C``, and ``F`` of the feed-forward layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from llama_demo.model.cache import LayerCache
from llama_demo.model.grouped_attention import attend
from llama_demo.model.rotary import rotate

Rows = Callable[[Tensor], Tensor]
"""From a row (1, in) to a row (1, out)."""


@dataclass(frozen=True)
class DirectLayer:
    """The parts of a layer as functions, with their weights."""

    attention_norm: Rows
    qkv: Rows
    out: Rows
    mlp_norm: Rows
    gate_up: Rows
    down: Rows


def read_token(
    x: Tensor,
    layers: Sequence[DirectLayer],
    caches: Sequence[LayerCache],
    rotation: tuple[Tensor, Tensor],
    heads: tuple[int, int, int],
) -> Tensor:
    """What the layers make of a token.

    Args:
        x: its embedding (1, C).
        caches: of each layer, of one text; the token is added.
        rotation: of its position, see :func:`~llama_demo.model.rotary.rotate`.
        heads: H, K and D.

    Returns:
        (1, C)
    """
    H, K, D = heads
    for layer, cache in zip(layers, caches, strict=True):
        projected = layer.qkv(layer.attention_norm(x)).view(1, H + 2 * K, 1, D)
        turned, values = projected.split_with_sizes((H + K, K), dim=1)
        query, keys = rotate(turned, *rotation).split_with_sizes((H, K), dim=1)
        mixed = attend(query, *cache.extend(keys, values), visible=cache.visible)  # (1, H, 1, D)
        x = x + layer.out(mixed.view(1, H * D))
        gate, up = layer.gate_up(layer.mlp_norm(x)).chunk(2, dim=-1)  # (1, F) each
        x = x + layer.down(F.silu(gate) * up)
    return x
