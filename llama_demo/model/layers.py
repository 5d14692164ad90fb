"""The layers of encoders and decoders, top to bottom: attention, feed-forward network, stacks of both.

Two orders of norm and sum are in use. Each is a module that wraps any sublayer ``f``::

    PostNorm   x' = norm(x + f(x))      as published; Marian, BERT
    PreNorm    x' = x + f(norm(x))      trains more easily; M2M100, ours (Xiong et al., arXiv:2002.04745)

Shapes: ``B`` sources, ``N`` targets (``B`` times the number of beams), ``T`` new target tokens, ``S``
source tokens, ``H`` heads, ``D`` head size, ``C`` width, ``V`` target vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.errors import CheckpointError
from llama_demo.model.linear import Linear
from llama_demo.model.packing import Packing
from llama_demo.model.taps import Taps, within

# Under the names that a config.json uses.
ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": F.relu,
    "gelu": F.gelu,
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "silu": F.silu,
    "swish": F.silu,
}


@dataclass(frozen=True)
class StackConfig:
    """The shape of an encoder or a decoder.

    Attributes:
        width: C, of the vectors that pass from layer to layer.
        mlp_width: of the feed-forward network's hidden layer.
        norm: a key of :data:`RESIDUALS`.
    """

    layers: int
    width: int
    heads: int
    mlp_width: int
    activation: str = "relu"
    norm: str = "pre"
    eps: float = 1e-5
    dropout: float = 0.0

    def __post_init__(self) -> None:
        if self.width % self.heads:
            raise CheckpointError("config_width", width=self.width, heads=self.heads)


def attend(
    query: Tensor,
    keys: Tensor,
    values: Tensor,
    visible: Tensor | None = None,
    *,
    causal: bool = False,
    taps: Taps | None = None,
) -> Tensor:
    """``softmax(QK^T / sqrt(D)) V``.

    Args:
        query: (B, H, T, D)
        keys, values: (B, H, S, D)
        visible: (B, 1, 1, S), false where there is only padding; ``None`` if there is none.
        causal: query ``t`` sees the keys up to its own position, the newest query all of them.
        taps: called with ``query``, ``keys``, ``values`` as given, ``rows`` (B, H, T, S) and ``heads``
            (B, H, T, D).

    Returns:
        (B, H, T, D)
    """
    T, S, D = query.size(2), keys.size(2), query.size(3)
    if taps is None and (T == S or not causal or T == 1):
        return F.scaled_dot_product_attention(query, keys, values, visible, is_causal=causal and T > 1)
    if causal:
        # Only entries (t, s) with s > t + (S - T) are hidden: a token never sees a later one.
        visible = torch.ones(T, S, dtype=torch.bool, device=query.device).tril(S - T)
    if taps is None:
        return F.scaled_dot_product_attention(query, keys, values, visible)
    query, keys, values = taps("query", query), taps("keys", keys), taps("values", values)
    scores = query @ keys.transpose(-1, -2) / math.sqrt(D)  # (B, H, T, S)
    if visible is not None:
        scores = scores.masked_fill(~visible, float("-inf"))
    rows = taps("rows", scores.float().softmax(dim=-1).to(query.dtype))
    return taps("heads", rows @ values)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """(B, T, C) to (B, H, T, D)."""
    return x.view(x.size(0), x.size(1), heads, -1).transpose(1, 2)


def split_parts(x: Tensor, parts: int, heads: int) -> Tensor:
    """Several projections side by side, (B, T, parts * C), one behind the other: (parts, B, H, T, D)."""
    return x.view(x.size(0), x.size(1), parts, heads, -1).permute(2, 0, 3, 1, 4)


def join_heads(x: Tensor) -> Tensor:
    """(B, H, T, D) to (B, T, C)."""
    return x.transpose(1, 2).flatten(2)


class SelfAttention(nn.Module):
    """Multi-head attention of a text to itself."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = Linear(config.width, 3 * config.width, several=True)
        self.out = Linear(config.width, config.width, several=True)

    def forward(self, x: Tensor, visible: Tensor | None, taps: Taps | None) -> Tensor:
        """Every token of ``x`` (B, T, C) sees every visible one."""
        result: Tensor = self.out(self._attend(self.qkv(x), visible, taps))
        return result

    def forward_packed(self, x: Tensor, packing: Packing, visible: Sequence[Tensor | None]) -> Tensor:
        """The same for packed texts (1, P, C), each block of which has its own mask."""
        blocks = zip(packing.split(self.qkv(x)), visible, strict=True)
        result: Tensor = self.out(packing.join([self._attend(qkv, mask, None) for qkv, mask in blocks]))
        return result

    def _attend(self, qkv: Tensor, visible: Tensor | None, taps: Taps | None) -> Tensor:
        query, keys, values = split_parts(qkv, 3, self.heads).unbind()
        return join_heads(attend(query, keys, values, visible, taps=taps))

    def continue_(self, x: Tensor, layer: int, cache: TargetCache | None, taps: Taps | None) -> Tensor:
        """Every token of ``x`` (N, T, C) sees itself and those before it, cached ones included."""
        result: Tensor = self.out(self._continue(self.qkv(x), layer, cache, taps))
        return result

    def continue_packed(
        self, x: Tensor, layer: int, packing: Packing, caches: Sequence[TargetCache]
    ) -> Tensor:
        """The same for packed targets (1, P, C), each block of which has its own cache."""
        blocks = zip(packing.split(self.qkv(x)), caches, strict=True)
        mixed = [self._continue(qkv, layer, cache, None) for qkv, cache in blocks]
        result: Tensor = self.out(packing.join(mixed))
        return result

    def _continue(self, qkv: Tensor, layer: int, cache: TargetCache | None, taps: Taps | None) -> Tensor:
        query, keys, values = split_parts(qkv, 3, self.heads).unbind()
        if cache is not None:
            keys, values = cache.extend(layer, keys, values)
        return join_heads(attend(query, keys, values, causal=True, taps=taps))


class CrossAttention(nn.Module):
    """Multi-head attention of a target to its source."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.query = Linear(config.width, config.width, several=True)
        self.key_value = Linear(config.width, 2 * config.width, several=True)
        self.out = Linear(config.width, config.width, several=True)

    def remember(self, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Keys and values of an encoded source (B, S, C), 2 x (B, H, S, D)."""
        # Every later token reads them all, so they are put one behind the other once.
        keys, values = split_parts(self.key_value(encoded), 2, self.heads).contiguous().unbind()
        return keys, values

    def forward(
        self, x: Tensor, keys: Tensor, values: Tensor, visible: Tensor | None, taps: Taps | None
    ) -> Tensor:
        """Let ``x`` (N, T, C) look at sources (B, H, S, D); ``N / B`` targets share each source.

        The beams of a source stand as so many queries of it, so its keys and values are never repeated.
        """
        result: Tensor = self.out(self._look(self.query(x), keys, values, visible, taps))
        return result

    def forward_packed(self, x: Tensor, layer: int, packing: Packing, memories: Sequence[Memory]) -> Tensor:
        """The same for packed targets (1, P, C), each block of which has its own sources."""
        blocks = zip(packing.split(self.query(x)), memories, strict=True)
        mixed = [self._look(query, *memory.layers[layer], memory.visible, None) for query, memory in blocks]
        result: Tensor = self.out(packing.join(mixed))
        return result

    def _look(
        self, query: Tensor, keys: Tensor, values: Tensor, visible: Tensor | None, taps: Taps | None
    ) -> Tensor:
        N, T, C = query.shape
        B = keys.size(0)
        query = split_heads(query.reshape(B, N // B * T, C), self.heads)
        return join_heads(attend(query, keys, values, visible, taps=taps)).view(N, T, C)


class FeedForward(nn.Module):
    """``down(activation(up(x)))``, for each token by itself."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.up = Linear(config.width, config.mlp_width, several=True)
        self.down = Linear(config.mlp_width, config.width, several=True)
        self.activation = ACTIVATIONS[config.activation]

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.down(self.activation(self.up(x)))
        return result


class PostNorm(nn.Module):
    """``norm(x + f(x))``"""

    # What a whole stack ends with: nothing, since its last layer has just been normalised.
    last = nn.Identity

    def __init__(self, width: int, eps: float, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        added = sublayer(x)
        result: Tensor = self.norm(x + (self.dropout(added) if self.training else added))
        return result


class PreNorm(nn.Module):
    """``x + f(norm(x))``"""

    # The sum of all layers is normalised once, at the end.
    last = nn.LayerNorm

    def __init__(self, width: int, eps: float, dropout: float) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width, eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, sublayer: Callable[[Tensor], Tensor]) -> Tensor:
        added = sublayer(self.norm(x))
        return x + (self.dropout(added) if self.training else added)


RESIDUALS: dict[str, type[PreNorm] | type[PostNorm]] = {"pre": PreNorm, "post": PostNorm}


class EncoderLayer(nn.Module):
    """Self-attention, then the feed-forward network, each added to its input."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        residual = partial(RESIDUALS[config.norm], config.width, config.eps, config.dropout)
        self.around_attention, self.attention = residual(), SelfAttention(config)
        self.around_mlp, self.mlp = residual(), FeedForward(config)

    def forward(self, x: Tensor, visible: Tensor | None, taps: Taps | None) -> Tensor:
        attention = within(taps, "attention")
        x = self.around_attention(x, lambda y: self.attention(y, visible, attention))
        x = self.around_mlp(x, self.mlp)
        return x if taps is None else taps("hidden", x)

    def forward_packed(self, x: Tensor, packing: Packing, visible: Sequence[Tensor | None]) -> Tensor:
        """The same for packed texts (1, P, C)."""
        x = self.around_attention(x, lambda y: self.attention.forward_packed(y, packing, visible))
        result: Tensor = self.around_mlp(x, self.mlp)
        return result


class DecoderLayer(nn.Module):
    """Self-attention, cross-attention, then the feed-forward network, each added to its input."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        residual = partial(RESIDUALS[config.norm], config.width, config.eps, config.dropout)
        self.around_attention, self.attention = residual(), SelfAttention(config)
        self.around_cross, self.cross = residual(), CrossAttention(config)
        self.around_mlp, self.mlp = residual(), FeedForward(config)

    def forward(
        self, x: Tensor, layer: int, memory: Memory, cache: TargetCache | None, taps: Taps | None
    ) -> Tensor:
        attention, cross = within(taps, "attention"), within(taps, "cross")
        keys, values = memory.layers[layer]
        x = self.around_attention(x, lambda y: self.attention.continue_(y, layer, cache, attention))
        x = self.around_cross(x, lambda y: self.cross(y, keys, values, memory.visible, cross))
        x = self.around_mlp(x, self.mlp)
        return x if taps is None else taps("hidden", x)

    def forward_packed(
        self,
        x: Tensor,
        layer: int,
        packing: Packing,
        memories: Sequence[Memory],
        caches: Sequence[TargetCache],
    ) -> Tensor:
        """The same for packed targets (1, P, C)."""
        x = self.around_attention(x, lambda y: self.attention.continue_packed(y, layer, packing, caches))
        x = self.around_cross(x, lambda y: self.cross.forward_packed(y, layer, packing, memories))
        result: Tensor = self.around_mlp(x, self.mlp)
        return result


class Encoder(nn.Module):
    """A stack of layers in which every token sees every other."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EncoderLayer(config) for _ in range(config.layers))
        self.norm = RESIDUALS[config.norm].last(config.width, config.eps)

    def forward(self, x: Tensor, visible: Tensor | None = None, taps: Taps | None = None) -> Tensor:
        """Encode embedded tokens.

        Args:
            x: (B, S, C)
            visible: (B, 1, 1, S), false at padding.
            taps: called with the tensors of :func:`attend` behind ``layers.{i}.attention.``, and with
                ``layers.{i}.hidden`` and ``norm`` (B, S, C).
        """
        for index, layer in enumerate(self.layers):
            x = layer(x, visible, within(taps, "layers", index))
        x = self.norm(x)
        return x if taps is None else taps("norm", x)

    def forward_packed(self, x: Tensor, packing: Packing, visible: Sequence[Tensor | None]) -> Tensor:
        """The same for packed texts (1, P, C), each block of which has its own mask."""
        for layer in self.layers:
            x = cast(EncoderLayer, layer).forward_packed(x, packing, visible)
        result: Tensor = self.norm(x)
        return result


@dataclass(frozen=True)
class Memory:
    """What the decoder keeps of a batch of sources.

    Attributes:
        layers: for each decoder layer, keys and values of its cross-attention, (B, H, S, D) each.
        visible: (B, 1, 1, S), false at padding; ``None`` if there is none.
    """

    layers: tuple[tuple[Tensor, Tensor], ...]
    visible: Tensor | None

    @property
    def sources(self) -> int:
        """B"""
        return self.layers[0][0].size(0)

    def select(self, rows: Tensor) -> Memory:
        """That of some of the sources."""
        layers = tuple((keys[rows], values[rows]) for keys, values in self.layers)
        return Memory(layers, None if self.visible is None else self.visible[rows])


class TargetCache:
    """Keys and values of the target tokens written so far, in buffers that are allocated once.

    Args:
        rows: N, targets that are written at once.
        capacity: tokens that fit into each.
    """

    def __init__(
        self, config: StackConfig, rows: int, capacity: int, *, device: torch.device, dtype: torch.dtype
    ) -> None:
        shape = (2, config.layers, rows, config.heads, capacity, config.width // config.heads)
        self._buffer = torch.empty(shape, device=device, dtype=dtype)
        self._take(rows)
        self.length = 0

    def _take(self, rows: int) -> None:
        """Use the first rows alone, layer by layer."""
        keys, values = self._buffer[:, :, :rows].unbind()
        self._layers = list(zip(keys.unbind(), values.unbind(), strict=True))  # of (N, H, capacity, D)

    def extend(self, layer: int, keys: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
        """Write ``T`` new tokens of one layer behind the cached ones; return all, 2 x (N, H, S + T, D)."""
        count, (all_keys, all_values) = keys.size(2), self._layers[layer]
        all_keys.narrow(2, self.length, count).copy_(keys)
        all_values.narrow(2, self.length, count).copy_(values)
        end = self.length + count
        return all_keys.narrow(2, 0, end), all_values.narrow(2, 0, end)

    def advance(self, tokens: int) -> None:
        """Count the tokens that every layer has now written."""
        self.length += tokens

    def select(self, rows: Tensor) -> None:
        """Go on with these targets, in this order; one may come several times or not at all."""
        seen = self._buffer[..., : self.length, :]
        seen[:, :, : len(rows)] = seen[:, :, rows]
        self._take(len(rows))


class Decoder(nn.Module):
    """A stack of layers in which every token sees those before it, and the source."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.layers))
        self.norm = RESIDUALS[config.norm].last(config.width, config.eps)

    def remember(self, encoded: Tensor, visible: Tensor | None) -> Memory:
        """What every layer needs of encoded sources (B, S, C)."""
        layers = (cast(DecoderLayer, layer) for layer in self.layers)
        return Memory(tuple(layer.cross.remember(encoded) for layer in layers), visible)

    def forward(
        self, x: Tensor, memory: Memory, cache: TargetCache | None = None, taps: Taps | None = None
    ) -> Tensor:
        """Read embedded target tokens ``x`` (N, T, C) behind those in ``cache``, which they are added to.

        ``taps`` is called with the tensors of :func:`attend` behind ``layers.{i}.attention.``, with rows
        (N, H, T, S + T), and behind ``layers.{i}.cross.``, with rows (B, H, N / B * T, S), and with
        ``layers.{i}.hidden`` and ``norm`` (N, T, C).
        """
        for index, layer in enumerate(self.layers):
            x = layer(x, index, memory, cache, within(taps, "layers", index))
        if cache is not None:
            cache.advance(x.size(1))
        x = self.norm(x)
        return x if taps is None else taps("norm", x)

    def forward_packed(
        self, x: Tensor, packing: Packing, memories: Sequence[Memory], caches: Sequence[TargetCache]
    ) -> Tensor:
        """The same for packed targets (1, P, C), each block of which has its own sources and cache."""
        for index, layer in enumerate(self.layers):
            x = cast(DecoderLayer, layer).forward_packed(x, index, packing, memories, caches)
        for cache, (_, tokens) in zip(caches, packing.shapes, strict=True):
            cache.advance(tokens)
        result: Tensor = self.norm(x)
        return result
