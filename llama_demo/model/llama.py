"""The LLaMA decoder (Touvron et al. 2023, arXiv:2302.13971; Llama 3, arXiv:2407.21783), top to bottom.

One layer, read upwards from its input::

    x ──┬── RMSNorm ── attention (rotary positions) ──(+)──┬── RMSNorm ── SwiGLU ──(+)── x'
        └──────────────────────────────────────────────────┘└──────────────────────────┘

LLaMA is Meta AI's model family and decoder-only: every token sees itself and the tokens before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.model.cache import KeyValueCache, LayerCache, WindowCache
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.linear import Linear
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.packing import Packing
from llama_demo.model.parts import CheckpointTensor, linear_parts
from llama_demo.model.taps import Taps, within


class RMSNorm(nn.Module):
    """``x / sqrt(mean(x^2) + eps) * weight``, computed in float32 (Zhang & Sennrich, arXiv:1910.07467)."""

    def __init__(self, width: int, eps: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x: Tensor) -> Tensor:
        if x.dtype == torch.float32:
            return F.rms_norm(x, self.weight.shape, self.weight, self.eps)
        # The operator would round once, behind the weight; models were trained with two roundings.
        wide = x.float()
        scaled = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
        return self.weight * scaled.to(x.dtype)


class RotaryPositions:
    """Rotary position embedding (Su et al. 2021, arXiv:2104.09864).

    Component ``i`` of a head's first half and component ``i`` of its second half form a pair, turned by
    the angle ``position * theta^(-2i / D)``. The dot product of two turned vectors then depends on the
    distance of their positions alone. Kept in float32 whatever the model's precision: at position
    10,000 a bfloat16 angle would be off by several turns.
    """

    def __init__(self, config: LlamaConfig) -> None:
        self._theta, self._width, self._scaling = config.rope_theta, config.rotary_dim, config.rope_scaling
        self.frequencies = self._scaling.frequencies(self._theta, self._width, 1)  # (rotary D / 2)

    @property
    def by_length(self) -> bool:
        """Whether the frequencies depend on how long a text becomes."""
        return self._scaling.by_length

    def at(
        self, positions: Tensor, dtype: torch.dtype, lengths: Sequence[int] | None = None
    ) -> tuple[Tensor, Tensor]:
        """Cosine and sine of every angle at ``positions`` (T), each (T, rotary D).

        The first half of the sines is negated, as :func:`rotate` takes them.

        Args:
            lengths: for each position how long its text becomes at most, where that counts.
        """
        self.frequencies = self.frequencies.to(positions.device)
        frequencies = self.frequencies
        if self.by_length and lengths is not None:
            known = {n: self._scaling.frequencies(self._theta, self._width, n) for n in set(lengths)}
            frequencies = torch.stack([known[n] for n in lengths]).to(positions.device)  # (T, rotary D / 2)
        angles = positions.float()[:, None] * frequencies  # (T, rotary D / 2)
        cosine, sine = angles.cos(), angles.sin()  # (T, rotary D / 2)
        cosine, sine = torch.cat((cosine, cosine), dim=-1), torch.cat((-sine, sine), dim=-1)  # (T, rotary D)
        if self._scaling.magnitude != 1.0:
            cosine, sine = cosine * self._scaling.magnitude, sine * self._scaling.magnitude
        return cosine.to(dtype), sine.to(dtype)


def rotate(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Turn every pair of components of ``x`` (B, H, T, D) by its angle::

        first'  = first * cos - second * sin
        second' = second * cos + first * sin

    Where there are fewer angles than components, the last components stay as they are.
    """
    width = cosine.size(-1)
    if width < x.size(-1):
        return torch.cat((rotate(x[..., :width], cosine, sine), x[..., width:]), dim=-1)
    return torch.addcmul(x * cosine, x.roll(width // 2, dims=-1), sine)  # halves exchange places


def attend(query: Tensor, keys: Tensor, values: Tensor, window: int | None = None) -> Tensor:
    """Causal grouped-query attention, ``softmax(QK^T / sqrt(D)) V``.

    Args:
        query: (B, H, T, D), the newest ``T`` positions.
        keys, values: (B, K, S + T, D), all positions up to the newest.
        window: how many tokens each one sees, itself included; ``None`` for all before it.

    Returns:
        (B, H, T, D)
    """
    B, H, T, D = query.shape
    K, total = keys.size(1), keys.size(2)
    within = window is None or total <= window
    if T == 1 and within:
        # One new token sees everything, so there is no mask, and the query heads that share a key head
        # can stand as so many queries of it: the cache is read once and never repeated.
        folded = query.view(B, K, H // K, D)
        return F.scaled_dot_product_attention(folded, keys, values).reshape(B, H, 1, D)
    if H != K:
        keys = keys.repeat_interleave(H // K, dim=1)  # (B, H, S + T, D)
        values = values.repeat_interleave(H // K, dim=1)
    if T == total and within:
        return F.scaled_dot_product_attention(query, keys, values, is_causal=True)
    mask = _visible(T, total, window, query.device)
    return F.scaled_dot_product_attention(query, keys, values, attn_mask=mask)


def attend_tapped(
    query: Tensor, keys: Tensor, values: Tensor, window: int | None, taps: Taps, *, cap: float | None = None
) -> Tensor:
    """:func:`attend` step by step.

    ``taps`` is called with ``query``, ``keys`` and ``values`` as they came, turned to their positions, with
    ``rows`` (B, H, T, S + T) and with ``heads`` (B, H, T, D).

    Args:
        cap: bound of the scores, which they approach smoothly.
    """
    H, T, D = query.shape[1:]
    K, total = keys.size(1), keys.size(2)
    query, keys, values = taps("query", query), taps("keys", keys), taps("values", values)
    keys = keys.repeat_interleave(H // K, dim=1)
    values = values.repeat_interleave(H // K, dim=1)
    scores = query @ keys.transpose(-1, -2) / math.sqrt(D)  # (B, H, T, S + T)
    if cap is not None:
        scores = cap * torch.tanh(scores / cap)
    scores = scores.masked_fill(~_visible(T, total, window, query.device), float("-inf"))
    rows = taps("rows", scores.float().softmax(dim=-1).to(query.dtype))
    return taps("heads", rows @ values)


def _visible(new: int, total: int, window: int | None, device: torch.device) -> Tensor:
    # Only entries (i, j) with j > cached + i are masked: a token never sees a later one. With a window
    # also those with j <= cached + i - window.
    mask = torch.ones(new, total, dtype=torch.bool, device=device).tril(total - new)
    return mask if window is None else mask.triu(total - new - window + 1)


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
        result: Tensor = self.out(self._attend(query, keys, values, cache, taps))
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
        result: Tensor = self.out(packing.join(mixed))
        return result

    def _attend(
        self, query: Tensor, keys: Tensor, values: Tensor, cache: LayerCache | None, taps: Taps | None
    ) -> Tensor:
        if cache is not None:
            keys, values = cache.extend(keys, values)
        heads = self.mix(query, keys, values, taps)
        return heads.transpose(1, 2).flatten(2)  # (B, H, T, D) to (B, T, C)

    def mix(self, query: Tensor, keys: Tensor, values: Tensor, taps: Taps | None) -> Tensor:
        """The values that each query attends to, (B, H, T, D); see :func:`attend`."""
        if taps is None:
            return attend(query, keys, values, self.window)
        return attend_tapped(query, keys, values, self.window, taps)

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
        seen = 0 if cache is None else cache.length
        x = self.embedding(ids)  # (B, T, C)
        if taps is not None:
            x = taps("embedding", x)
        positions = torch.arange(seen, seen + ids.size(1), device=ids.device)
        length = ids.size(1) if cache is None else cache.capacity
        lengths = [length] * len(positions) if self.positions.by_length else None
        rotation = self.positions.at(positions, x.dtype, lengths)
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
            return [self(blocks[0].ids, blocks[0].cache, last_only=True)[:, -1]]
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
