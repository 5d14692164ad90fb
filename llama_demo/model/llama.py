"""The LLaMA decoder (Touvron et al. 2023, arXiv:2302.13971; Llama 3, arXiv:2407.21783), top to bottom.

One layer, read upwards from its input::

    x ──┬── RMSNorm ── attention (rotary positions) ──(+)──┬── RMSNorm ── SwiGLU ──(+)── x'
        └──────────────────────────────────────────────────┘└──────────────────────────┘

LLaMA is Meta AI's model family and decoder-only: every token sees itself and the tokens before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.model.cache import KeyValueCache, LayerCache, WindowCache
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.grouped_attention import attend, attend_tapped
from llama_demo.model.linear import Linear
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.packing import Packing
from llama_demo.model.parts import CheckpointTensor, linear_parts
from llama_demo.model.rms_norm import RMSNorm
from llama_demo.model.rotary import RotaryPositions, rotate
from llama_demo.model.single_token import DirectLayer, read_token
from llama_demo.model.taps import Taps, within


class Attention(nn.Module):
    """Multi-head attention with rotary positions and shared key/value heads.

    Args:
        window: how many tokens each one sees, itself included; ``None`` for all before it.
    """

    def __init__(self, config: LlamaConfig, *, window: int | None = None) -> None:
        super().__init__()
        self.heads = config.num_attention_heads
        self.groups = config.num_key_value_heads
        self.head_dim = config.head_dim
        self.window = window
        rows = (self.heads + 2 * self.groups) * self.head_dim
        self.qkv = Linear(config.hidden_size, rows, bias=config.attention_bias)
        self.out = Linear(self.heads * self.head_dim, config.hidden_size, bias=config.attention_bias)

    def project(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Query (B, H, T, D), keys and values (B, K, T, D) of ``x`` (B, T, C), positions not yet in them."""
        B, T, _ = x.shape
        heads = self.qkv(x).view(B, T, -1, self.head_dim).transpose(1, 2)  # (B, H + 2K, T, D)
        query, keys, values = heads.split((self.heads, self.groups, self.groups), dim=1)
        return query, keys, values

    def turn(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        """Queries or keys (B, H, T, D) turned to their positions."""
        return rotate(x, *rotation)

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        cache: LayerCache | None,
        taps: Taps | None,
    ) -> Tensor:
        query, keys, values = self.project(x)
        query, keys = self.turn(query, rotation), self.turn(keys, rotation)
        mixed = self._attend(query, keys, values, cache, taps)  # (B, H, T, D)
        result: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return result

    def forward_packed(
        self, x: Tensor, rotation: tuple[Tensor, Tensor], packing: Packing, caches: Sequence[LayerCache]
    ) -> Tensor:
        """The same for packed texts (1, P, C), each block of which attends to its own cache."""
        query, keys, values = self.project(x)
        heads = (self.turn(query, rotation), self.turn(keys, rotation), values)
        blocks = zip(*map(packing.split_heads, heads), strict=True)
        mixed = [
            self._attend(query, keys, values, cache, None)
            for (query, keys, values), cache in zip(blocks, caches, strict=True)
        ]
        result: Tensor = self.out(packing.join_heads(mixed))
        return result

    def _attend(
        self, query: Tensor, keys: Tensor, values: Tensor, cache: LayerCache | None, taps: Taps | None
    ) -> Tensor:
        visible = None
        if cache is not None:
            keys, values = cache.extend(keys, values)
            visible = cache.visible
        return self.mix(query, keys, values, taps, visible)

    def mix(
        self, query: Tensor, keys: Tensor, values: Tensor, taps: Taps | None, visible: Tensor | None = None
    ) -> Tensor:
        """The values that each query attends to, (B, H, T, D); see :func:`attend`."""
        if taps is None:
            return attend(query, keys, values, self.window, visible)
        return attend_tapped(query, keys, values, self.window, taps, visible=visible)

    def new_cache(self, batch: int, capacity: int, device: torch.device, dtype: torch.dtype) -> LayerCache:
        """Room for this layer's keys and values."""
        shape = (batch, self.groups, capacity, self.head_dim)
        if self.window is not None and self.window < capacity:
            return WindowCache(shape, self.window, device=device, dtype=dtype)
        return LayerCache(shape, device=device, dtype=dtype)


class SwiGLU(nn.Module):
    """``down(silu(gate(x)) * up(x))`` (Shazeer 2020, arXiv:2002.05202)."""

    def __init__(self, config: LlamaConfig) -> None:
        super().__init__()
        self.gate_up = Linear(config.hidden_size, 2 * config.intermediate_size, bias=config.mlp_bias)
        self.down = Linear(config.intermediate_size, config.hidden_size, bias=config.mlp_bias)

    def forward(self, x: Tensor) -> Tensor:
        gate, up = self.gate_up(x).chunk(2, dim=-1)
        result: Tensor = self.down(F.silu(gate) * up)
        return result


class Layer(nn.Module):
    """One decoder layer: attention, then SwiGLU, each behind a norm and added to its input."""

    def __init__(self, config: LlamaConfig, attention: Attention) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.attention = attention
        self.mlp_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.mlp = SwiGLU(config)

    def add(self, x: Tensor, attention: Callable[[Tensor], Tensor]) -> Tensor:
        """``x`` (B, T, C) with what attention and feed-forward layer add to it."""
        x = x + attention(self.attention_norm(x))
        result: Tensor = x + self.mlp(self.mlp_norm(x))
        return result

    def forward(
        self,
        x: Tensor,
        rotation: tuple[Tensor, Tensor],
        cache: LayerCache | None,
        taps: Taps | None,
    ) -> Tensor:
        inner = within(taps, "attention")
        x = self.add(x, lambda normed: self.attention(normed, rotation, cache, inner))
        return x if taps is None else taps("hidden", x)

    def direct(self) -> DirectLayer | None:
        """Its parts for one token; ``None`` for layers that differ from LLaMA's."""
        attention, mlp = self.attention, self.mlp
        if (type(self), type(attention), type(mlp)) != (Layer, Attention, SwiGLU) or attention.window:
            return None
        return DirectLayer(
            self.attention_norm.direct(),
            attention.qkv.direct(),
            attention.out.direct(),
            self.mlp_norm.direct(),
            mlp.gate_up.direct(),
            mlp.down.direct(),
        )

    def forward_packed(
        self, x: Tensor, rotation: tuple[Tensor, Tensor], packing: Packing, caches: Sequence[LayerCache]
    ) -> Tensor:
        """The same for packed texts (1, P, C)."""
        return self.add(x, lambda normed: self.attention.forward_packed(normed, rotation, packing, caches))


@dataclass(frozen=True)
class TokenBlock:
    """New tokens of texts that are equally long, and what was read of these texts before.

    Attributes:
        ids: (B, T)
    """

    ids: Tensor
    cache: KeyValueCache


class Llama(nn.Module):
    """Token ids in, logits of the next token out.

    Args:
        layer: makes a layer, given its number; families with layers of their own give theirs.
        embedding_scale: factor of the token embeddings.
        head: makes logits of what is behind the last norm; a linear layer without a bias unless given.

    Attributes:
        norm_place: ``pre`` or ``post``, before or behind attention and feed-forward layer.
        activation: of the feed-forward layers.
    """

    norm_place: ClassVar[str] = "pre"
    activation: ClassVar[str] = "SwiGLU"

    def __init__(
        self,
        config: LlamaConfig,
        layer: Callable[[int], Layer] | None = None,
        *,
        embedding_scale: float = 1.0,
        head: Linear | None = None,
    ) -> None:
        super().__init__()
        self.config = config
        self.embedding = EmbeddingTable(config.vocab_size, config.hidden_size, scale=embedding_scale)
        self.layers = nn.ModuleList(
            layer(i) if layer else Layer(config, Attention(config)) for i in range(config.num_hidden_layers)
        )
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.head = head or Linear(config.hidden_size, config.vocab_size, bias=False)
        if config.tie_word_embeddings:
            self.head.weight = self.embedding.weight
        self.positions = RotaryPositions(config)

    def forward(
        self,
        ids: Tensor,
        cache: KeyValueCache | None = None,
        *,
        last_only: bool = False,
        taps: Taps | None = None,
    ) -> Tensor:
        """Read ``ids`` (B, T) behind what ``cache`` holds.

        Args:
            cache: keys and values of earlier tokens; the new ones are added to it.
            last_only: compute logits for the last position alone, all that generation needs.
            taps: called with ``embedding``, with the tensors of :func:`attend_tapped` behind
                ``layers.{i}.attention.``, and with ``layers.{i}.hidden`` and ``norm`` (B, T, C). Costs
                nothing when ``None``. Rows of a layer with a window cover the positions that it still
                keeps, the newest last.

        Returns:
            Logits (B, T, V), or (B, 1, V) with ``last_only``.
        """
        x = self.hidden(ids, cache, last_only=last_only, taps=taps)
        logits: Tensor = self.head(x)  # (B, T or 1, V)
        return logits

    def hidden(
        self,
        ids: Tensor,
        cache: KeyValueCache | None = None,
        *,
        last_only: bool = False,
        taps: Taps | None = None,
    ) -> Tensor:
        """What :meth:`forward` gives to the head, (B, T, C) behind the last norm: a vector of each text
        up to each token. Texts of different lengths are padded on the right, where no token sees it.
        """
        x = self.embedding(ids)  # (B, T, C)
        if taps is not None:
            x = taps("embedding", x)
        rotation = self._rotation(x, cache)
        for index, layer in enumerate(self.layers):
            held = None if cache is None else cache.layers[index]
            x = layer(x, rotation, held, within(taps, "layers", index))
        x = self.norm(x[:, -1:] if last_only else x)
        return x if taps is None else taps("norm", x)

    def forward_packed(self, blocks: Sequence[TokenBlock]) -> list[Tensor]:
        """Read the new tokens of several texts in one pass, which reads every weight once.

        Returns:
            For each block the logits of its last position (B, V).
        """
        if len(blocks) == 1:
            only = blocks[0]
            if only.ids.numel() == 1 and self._direct_layers is not None:
                return [self._next_token(only, self._direct_layers)]
            return [self(only.ids, only.cache, last_only=True)[:, -1]]
        packing = Packing([(block.ids.size(0), block.ids.size(1)) for block in blocks])
        x = self.embedding(packing.join([block.ids for block in blocks]))  # (1, P, C)
        positions = packing.positions([block.cache.length for block in blocks], x.device)
        by_length = self.positions.by_length
        lengths = packing.spread([block.cache.capacity for block in blocks]) if by_length else None
        rotation = self.positions.at(positions, x.dtype, lengths)
        for index, layer in enumerate(self.layers):
            caches = [block.cache.layers[index] for block in blocks]
            x = cast(Layer, layer).forward_packed(x, rotation, packing, caches)
        logits: Tensor = self.head(self.norm(x[0, packing.last(x.device)]))  # (texts, V)
        return list(torch.split(logits, packing.texts))

    @cached_property
    def _direct_layers(self) -> list[DirectLayer] | None:
        """Of all layers, if all are LLaMA's. They hold the weights, so these must not be replaced."""
        layers = [cast(Layer, layer).direct() for layer in self.layers]
        return None if None in layers else cast(list[DirectLayer], layers)

    def _next_token(self, block: TokenBlock, layers: Sequence[DirectLayer]) -> Tensor:
        """Logits (1, V) of one token of one text, as :meth:`forward` gives them."""
        config, cache = self.config, block.cache
        x = self.embedding(block.ids)  # (1, 1, C)
        heads = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        x = read_token(x[0], layers, cache.layers, self._rotation(x, cache), heads)
        logits: Tensor = self.head(self.norm(x))
        return logits

    def _rotation(self, x: Tensor, cache: KeyValueCache | None) -> tuple[Tensor, Tensor]:
        """Of the positions of ``x`` (B, T, C) behind what a cache holds."""
        new = x.size(1)
        positions = torch.arange(new, device=x.device) if cache is None else cache.begin(new)
        length = new if cache is None else cache.capacity
        lengths = [length] * new if self.positions.by_length else None
        return self.positions.at(positions, x.dtype, lengths)

    def cache_bytes(self, capacity: int) -> int:
        """Bytes of a cache for one text of ``capacity`` tokens, at most."""
        config, size = self.config, self.embedding.dtype.itemsize
        width = config.num_hidden_layers * config.num_key_value_heads * config.head_dim
        return 2 * width * capacity * size  # keys and values; a window needs less

    def new_cache(self, capacity: int, *, batch: int = 1) -> KeyValueCache:
        """An empty cache for ``capacity`` tokens on this model's device and in its precision."""
        device, dtype = self.embedding.device, self.embedding.dtype
        layers = (cast(Layer, layer) for layer in self.layers)
        made = (layer.attention.new_cache(batch, capacity, device, dtype) for layer in layers)
        return KeyValueCache(made, capacity, transferable=not self.positions.by_length)


def checkpoint_parts(config: LlamaConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """Which tensors of a Hugging Face folder make up each parameter of :class:`Llama`.

    Query, key and value are one product here, as are gate and up, since one large product is faster than
    three small ones.
    """
    C, width = config.hidden_size, config.intermediate_size
    queries = config.num_attention_heads * config.head_dim
    groups = config.num_key_value_heads * config.head_dim
    parts: dict[str, tuple[CheckpointTensor, ...]] = {
        "embedding.weight": (CheckpointTensor("model.embed_tokens.weight", (config.vocab_size, C)),),
        "norm.weight": (CheckpointTensor("model.norm.weight", (C,)),),
    }
    if not config.tie_word_embeddings:
        parts["head.weight"] = (CheckpointTensor("lm_head.weight", (config.vocab_size, C)),)
    for i in range(config.num_hidden_layers):
        theirs, ours = f"model.layers.{i}", f"layers.{i}"
        parts[f"{ours}.attention_norm.weight"] = (CheckpointTensor(f"{theirs}.input_layernorm.weight", (C,)),)
        parts[f"{ours}.mlp_norm.weight"] = (
            CheckpointTensor(f"{theirs}.post_attention_layernorm.weight", (C,)),
        )
        own, mlp = f"{theirs}.self_attn", f"{theirs}.mlp"
        heads = {f"{own}.q_proj": queries, f"{own}.k_proj": groups, f"{own}.v_proj": groups}
        parts |= linear_parts(f"{ours}.attention.qkv", heads, C, bias=config.attention_bias)
        parts |= linear_parts(
            f"{ours}.attention.out", {f"{own}.o_proj": C}, queries, bias=config.attention_bias
        )
        both = {f"{mlp}.gate_proj": width, f"{mlp}.up_proj": width}
        parts |= linear_parts(f"{ours}.mlp.gate_up", both, C, bias=config.mlp_bias)
        parts |= linear_parts(f"{ours}.mlp.down", {f"{mlp}.down_proj": C}, width, bias=config.mlp_bias)
    return parts
