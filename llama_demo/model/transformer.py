"""The encoder-decoder Transformer (Vaswani et al. 2017, arXiv:1706.03762), top to bottom.

The encoder reads the whole source at once; the decoder writes the target token by token, looking at what
it wrote and, through cross-attention, at the encoder's result::

    source ids ── embedding + positions ── Encoder ──┐
                                                     │ keys and values, computed once
    target ids ── embedding + positions ── Decoder ──┴── head ── logits

Shapes as in :mod:`~llama_demo.model.layers`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from llama_demo.errors import CheckpointError
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.fields import Fields
from llama_demo.model.layers import ACTIVATIONS, Decoder, Encoder, Memory, StackConfig, TargetCache
from llama_demo.model.linear import Linear
from llama_demo.model.packing import Packing
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.taps import Taps, within


@dataclass(frozen=True)
class TransformerConfig:
    """The numbers that fix a :class:`Transformer`.

    Attributes:
        source_vocab_size: differs from ``vocab_size`` (V) only if the two sides have embeddings of
            their own.
        shared_embedding: source, target and head use one matrix; else target and head do.
        max_position_embeddings: tokens of a source, and of a target, at most.
        embedding_scale: what embeddings are multiplied by before positions are added.
        first_position, slowest: see :class:`PositionalEncoding`.
        logits_bias: whether a bias is added to the logits.
        pad_id: fills up shorter sentences and is never written.
        start_id: stands before the first target token.
        forced_end: a target that reaches its longest is given its end mark in place of the last token.
    """

    vocab_size: int
    source_vocab_size: int
    encoder: StackConfig
    decoder: StackConfig
    max_position_embeddings: int
    embedding_scale: float
    pad_id: int
    start_id: int
    end_id: int
    shared_embedding: bool = True
    first_position: int = 0
    slowest: float = 1.0
    logits_bias: bool = False
    forced_end: bool = False

    def __post_init__(self) -> None:
        if self.shared_embedding and self.source_vocab_size != self.vocab_size:
            raise CheckpointError("config_unsupported", name="decoder_vocab_size", value=self.vocab_size)

    @property
    def width(self) -> int:
        """C, the same in encoder and decoder."""
        return self.decoder.width

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> TransformerConfig:
        """Read the ``config.json`` of our own translators, see :meth:`to_json`.

        Raises:
            CheckpointError: a number is missing or absurd.
        """
        fields = Fields(config)
        width = fields.whole("d_model", 2, 65_536)
        vocab_size = fields.whole("vocab_size", 1, 1_000_000)
        return cls(
            vocab_size=vocab_size,
            source_vocab_size=vocab_size,
            encoder=read_stack(fields, "encoder", norm="pre", activation="relu"),
            decoder=read_stack(fields, "decoder", norm="pre", activation="relu"),
            max_position_embeddings=fields.whole("max_position_embeddings", 1, 1_000_000),
            embedding_scale=math.sqrt(width),
            pad_id=fields.whole("pad_token_id", 0, vocab_size - 1),
            start_id=fields.whole("decoder_start_token_id", 0, vocab_size - 1),
            end_id=fields.whole("eos_token_id", 0, vocab_size - 1),
        )

    def to_json(self) -> dict[str, Any]:
        """The ``config.json`` of our own translators: pre-norm, one matrix for both sides and the head."""
        return {
            "architectures": ["Transformer"],
            "model_type": OWN_MODEL_TYPE,
            "vocab_size": self.vocab_size,
            "d_model": self.width,
            "encoder_layers": self.encoder.layers,
            "encoder_attention_heads": self.encoder.heads,
            "encoder_ffn_dim": self.encoder.mlp_width,
            "decoder_layers": self.decoder.layers,
            "decoder_attention_heads": self.decoder.heads,
            "decoder_ffn_dim": self.decoder.mlp_width,
            "activation_function": self.encoder.activation,
            "dropout": self.encoder.dropout,
            "max_position_embeddings": self.max_position_embeddings,
            "pad_token_id": self.pad_id,
            "decoder_start_token_id": self.start_id,
            "eos_token_id": self.end_id,
            "is_encoder_decoder": True,
        }


OWN_MODEL_TYPE = "llama_demo_transformer"


def read_stack(fields: Fields, side: str, *, norm: str, activation: str) -> StackConfig:
    """The shape of one side (``encoder`` or ``decoder``) in the spelling of BART, Marian and M2M100."""
    return StackConfig(
        layers=fields.whole(f"{side}_layers", 1, 512),
        width=fields.whole("d_model", 2, 65_536),
        heads=fields.whole(f"{side}_attention_heads", 1, 1_024),
        mlp_width=fields.whole(f"{side}_ffn_dim", 1, 262_144),
        activation=fields.choice("activation_function", ACTIVATIONS, activation),
        norm=norm,
        dropout=fields.real("dropout", 0.0, 0.9, 0.1),
    )


class PositionalEncoding:
    """A vector for each position: sines in the first half, cosines in the second.

    ``sin(p / 10000^(i / n))`` and the cosine of the same angle, for ``i`` in ``0 .. C / 2 - 1``. The
    paper interleaves the two, which is the same up to the order of components.

    Args:
        first: the number ``p`` of the first position; fairseq's models count from 2.
        slowest: where ``i / n`` ends is their other difference: ``n`` is ``C / 2`` in the paper
            (``slowest`` 1) and ``C / 2 - 1`` in fairseq's (``slowest`` 0: the last component turns
            exactly 10,000 times as slowly as the first).

    Nothing here is learnt, and angles stay in float32 whatever the model's precision.
    """

    def __init__(self, width: int, *, first: int = 0, slowest: float = 1.0) -> None:
        half = width // 2
        steps = torch.arange(half, dtype=torch.float64, device="cpu") / max(half - 1 + slowest, 1)
        self.frequencies = (10_000.0**-steps).float()  # (C / 2)
        self.first = first

    def at(self, start: int, count: int, device: torch.device, dtype: torch.dtype) -> Tensor:
        """The vectors of ``count`` positions (T, C), the text's token ``start`` first."""
        if self.frequencies.device != device:
            self.frequencies = self.frequencies.to(device)
        positions = torch.arange(self.first + start, self.first + start + count, device=device)
        angles = positions.float()[:, None] * self.frequencies  # (T, C / 2)
        return torch.cat((angles.sin(), angles.cos()), dim=-1).to(dtype)  # (T, C)


@dataclass(frozen=True)
class TargetBlock:
    """New tokens of equally long targets, their sources, and what was read of the targets before.

    Attributes:
        target: ids (N, T)
    """

    target: Tensor
    memory: Memory
    cache: TargetCache


class Transformer(nn.Module):
    """Source ids and target ids in, logits of the next target token out."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = EmbeddingTable(config.source_vocab_size, config.width)
        self.target_embedding = (
            self.embedding if config.shared_embedding else EmbeddingTable(config.vocab_size, config.width)
        )
        self.encoder = Encoder(config.encoder)
        self.decoder = Decoder(config.decoder)
        self.head = Linear(config.width, config.vocab_size, bias=False, several=True)
        self.head.weight = self.target_embedding.weight
        if config.logits_bias:
            self.logits_bias = nn.Parameter(torch.zeros(1, config.vocab_size))
        self.positions = PositionalEncoding(config.width, first=config.first_position, slowest=config.slowest)
        self.dropout = nn.Dropout(config.encoder.dropout)

    def forward(
        self,
        source: Tensor,
        target: Tensor,
        source_mask: Tensor | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """Logits of every target position at once, as training needs them.

        Args:
            source: ids (B, S), padded at the right.
            target: ids (B, T) that begin with the start token; position ``t`` sees those up to ``t``.
                Padding at the right changes nothing before it, so it needs no mask here: leave it out
                of the loss.
            source_mask: (B, S), true at tokens, false at padding; ``None`` if there is no padding.

        Returns:
            (B, T, V): those at ``t`` tell what comes at ``t + 1``.
        """
        return self.decode(target, self.encode(source, source_mask, taps=taps), taps=taps)

    def encode(
        self, source: Tensor, source_mask: Tensor | None = None, *, taps: Taps | None = None
    ) -> Memory:
        """Read sources (B, S).

        ``taps`` gets ``encoder.embedding`` and, behind ``encoder.``, the encoder's.
        """
        visible = None if source_mask is None else source_mask[:, None, None, :]
        inner = within(taps, "encoder")
        x = self._embed(self.embedding, source, 0, inner)
        return self.decoder.remember(self.encoder(x, visible, inner), visible)

    def encode_packed(self, sources: Sequence[tuple[Tensor, Tensor | None]]) -> list[Memory]:
        """Read several batches of sources, given as arguments of :meth:`encode`, in one pass."""
        packing = Packing([(ids.size(0), ids.size(1)) for ids, _ in sources])
        visible = [None if mask is None else mask[:, None, None, :] for _, mask in sources]
        x = packing.join([self._embed(self.embedding, ids, 0, None) for ids, _ in sources])  # (1, P, C)
        encoded = packing.split(self.encoder.forward_packed(x, packing, visible))
        return [self.decoder.remember(one, mask) for one, mask in zip(encoded, visible, strict=True)]

    def decode(
        self,
        target: Tensor,
        memory: Memory,
        cache: TargetCache | None = None,
        *,
        last_only: bool = False,
        taps: Taps | None = None,
    ) -> Tensor:
        """Read target ids (N, T) behind what ``cache`` holds.

        Returns logits (N, T, V), or (N, 1, V) with ``last_only``. ``taps`` gets ``decoder.embedding`` and,
        behind ``decoder.``, the decoder's.
        """
        x = self.decode_hidden(target, memory, cache, taps=taps)
        return self.logits(x[:, -1:] if last_only else x)

    def decode_hidden(
        self,
        target: Tensor,
        memory: Memory,
        cache: TargetCache | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """What :meth:`decode` gives to the head, (N, T, C)."""
        inner = within(taps, "decoder")
        seen = 0 if cache is None else cache.length
        embedded = self._embed(self.target_embedding, target, seen, inner)
        hidden: Tensor = self.decoder(embedded, memory, cache, inner)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Logits (..., V) of hidden states (..., C)."""
        logits: Tensor = self.head(hidden)
        return logits.add_(self.logits_bias) if self.config.logits_bias else logits

    def decode_packed(self, blocks: Sequence[TargetBlock]) -> list[Tensor]:
        """Read the new tokens of several batches of targets in one pass, which reads every weight once.

        Returns:
            For each block the logits of its last position (N, V).
        """
        packing = Packing([(block.target.size(0), block.target.size(1)) for block in blocks])
        x = packing.join(
            [self._embed(self.target_embedding, block.target, block.cache.length, None) for block in blocks]
        )  # (1, P, C)
        memories, caches = [block.memory for block in blocks], [block.cache for block in blocks]
        x = self.decoder.forward_packed(x, packing, memories, caches)
        logits = self.logits(x[0, packing.last(x.device)])  # (targets, V)
        return list(torch.split(logits, packing.texts))

    def initialise(self) -> None:
        """Draw fresh weights to train from.

        Embeddings are scaled up by ``sqrt(C)`` on their way in and used as they are by the head, so
        they are drawn small enough for both.
        """
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        for embedding in {self.embedding, self.target_embedding}:
            nn.init.normal_(embedding.weight, std=self.config.width**-0.5)

    def _embed(self, embedding: nn.Embedding, ids: Tensor, seen: int, taps: Taps | None) -> Tensor:
        x = embedding(ids) * self.config.embedding_scale  # (B, T, C)
        x = self.dropout(x + self.positions.at(seen, ids.size(1), x.device, x.dtype))
        return x if taps is None else taps("embedding", x)

    def new_cache(self, rows: int, capacity: int) -> TargetCache:
        """An empty cache for ``rows`` targets, on this model's device and in its precision."""
        device, dtype = self.head.device, self.head.dtype
        return TargetCache(self.config.decoder, rows, capacity, device=device, dtype=dtype)


def checkpoint_parts(config: TransformerConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """The tensors of our own translators: each parameter under its own name."""
    with torch.device("meta"):
        parameters = Transformer(config).named_parameters()
    return {name: (CheckpointTensor(name, tuple(parameter.shape)),) for name, parameter in parameters}
