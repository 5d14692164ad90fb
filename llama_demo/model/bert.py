"""Encoders of the BERT kind (Devlin et al. 2018, arXiv:1810.04805), which read a whole text at once.

MiniLM and BGE are BERTs; multilingual-E5 is an XLM-R (Conneau et al. 2019, arXiv:1911.02116), which differs
in counting positions from behind the padding's id::

    ids ── word + position + type vectors ── norm ── Encoder (post-norm) ──┬── vectors (B, T, C)
                                                                           └── span head ── (B, T, 2)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from llama_demo.errors import CheckpointError
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.fields import Fields
from llama_demo.model.layers import ACTIVATIONS, Encoder, StackConfig
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.spans import SpanModel
from llama_demo.model.taps import Taps, within


@dataclass(frozen=True)
class BertConfig:
    """The numbers that fix a :class:`Bert`.

    Attributes:
        positions: rows of the table of positions.
        types: kinds of text that are distinguished, such as question and passage.
        first_position: row of the first token.
        pad_id: fills up shorter texts.
    """

    vocab_size: int
    encoder: StackConfig
    positions: int
    types: int
    first_position: int
    pad_id: int

    def __post_init__(self) -> None:
        if self.max_position_embeddings < 1:
            raise CheckpointError(
                "config_value",
                name="max_position_embeddings",
                value=self.positions,
                low=self.first_position + 1,
                high=1_000_000,
            )

    @property
    def width(self) -> int:
        """C"""
        return self.encoder.width

    @property
    def max_position_embeddings(self) -> int:
        """Tokens of a text, at most."""
        return self.positions - self.first_position


def read_bert(config: Mapping[str, Any]) -> BertConfig:
    """Read the ``config.json`` of a BERT.

    Raises:
        CheckpointError: a number is missing or absurd, or the model needs what is not built here.
    """
    return _read(Fields(config), first_position=0, pad_id=0)


def read_xlm_roberta(config: Mapping[str, Any]) -> BertConfig:
    """Read the ``config.json`` of an XLM-R; raises as :func:`read_bert`."""
    fields = Fields(config)
    pad_id = fields.whole("pad_token_id", 0, 1_000_000, 1)
    return _read(fields, first_position=pad_id + 1, pad_id=pad_id)


def _read(fields: Fields, *, first_position: int, pad_id: int) -> BertConfig:
    fields.refuse("position_embedding_type", "absolute")
    fields.refuse("is_decoder", False)
    vocab_size = fields.whole("vocab_size", 1, 1_000_000)
    return BertConfig(
        vocab_size=vocab_size,
        encoder=StackConfig(
            layers=fields.whole("num_hidden_layers", 1, 512),
            width=fields.whole("hidden_size", 1, 65_536),
            heads=fields.whole("num_attention_heads", 1, 1_024),
            mlp_width=fields.whole("intermediate_size", 1, 262_144),
            activation=fields.choice("hidden_act", ACTIVATIONS, "gelu"),
            norm="post",
            eps=fields.real("layer_norm_eps", 0.0, 1.0, 1e-12),
            dropout=fields.real("hidden_dropout_prob", 0.0, 0.9, 0.1),
        ),
        positions=fields.whole("max_position_embeddings", 1, 1_000_000),
        types=fields.whole("type_vocab_size", 1, 1_000, 2),
        first_position=first_position,
        pad_id=fields.whole("pad_token_id", 0, vocab_size - 1, pad_id),
    )


class Bert(nn.Module):
    """Token ids in, a vector for each token out, in the context of the whole text."""

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = EmbeddingTable(config.vocab_size, config.width)
        self.positions = EmbeddingTable(config.positions, config.width, exact=True)
        self.types = EmbeddingTable(config.types, config.width, exact=True)
        self.norm = nn.LayerNorm(config.width, config.encoder.eps)
        self.dropout = nn.Dropout(config.encoder.dropout)
        self.encoder = Encoder(config.encoder)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        types: Tensor | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """Read texts.

        Args:
            ids: (B, T), padded at the right.
            mask: (B, T), true at tokens, false at padding; ``None`` if there is no padding.
            types: (B, T), the kind of text that each token belongs to; the first kind if ``None``.
            taps: called with ``embedding`` and the encoder's names, see
                :meth:`~llama_demo.model.layers.Encoder.forward`, behind ``encoder.``.

        Returns:
            (B, T, C)
        """
        x = self.embedded(ids, types)
        if taps is not None:
            x = taps("embedding", x)
        visible = None if mask is None else mask[:, None, None, :]
        result: Tensor = self.encoder(x, visible, within(taps, "encoder"))
        return result

    def embedded(self, ids: Tensor, types: Tensor | None = None) -> Tensor:
        """What the encoder reads (B, T, C): vectors of tokens, places and kinds; see :meth:`forward`."""
        places = torch.arange(ids.size(1), device=ids.device) + self.config.first_position
        kinds = torch.zeros_like(ids) if types is None else types
        x = self.embedding(ids) + self.types(kinds) + self.positions(places)
        result: Tensor = self.dropout(self.norm(x))
        return result


class BertSpans(SpanModel):
    """An encoder whose head computes for each token the logits of an answer's beginning and end."""

    config: BertConfig

    def __init__(self, config: BertConfig) -> None:
        super().__init__()
        self.config = config
        self.bert = Bert(config)
        self.head = nn.Linear(config.width, 2)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        types: Tensor | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """Logits (B, T, 2) of beginning and end; arguments as of :meth:`Bert.forward`."""
        logits: Tensor = self.head(self.bert(ids, mask, types, taps=taps))
        return logits


Parts = dict[str, tuple[CheckpointTensor, ...]]

# The sentence head of the original training, its masked-word head, and tables of numbers.
UNUSED = (
    "embeddings.position_ids",
    "embeddings.token_type_ids",
    "pooler.dense.weight",
    "pooler.dense.bias",
    "lm_head.bias",
    "lm_head.dense.weight",
    "lm_head.dense.bias",
    "lm_head.layer_norm.weight",
    "lm_head.layer_norm.bias",
    "lm_head.decoder.weight",
    "lm_head.decoder.bias",
    "cls.predictions.bias",
    "cls.predictions.transform.dense.weight",
    "cls.predictions.transform.dense.bias",
    "cls.predictions.transform.LayerNorm.weight",
    "cls.predictions.transform.LayerNorm.bias",
    "cls.predictions.decoder.weight",
    "cls.predictions.decoder.bias",
    "cls.seq_relationship.weight",
    "cls.seq_relationship.bias",
)


def encoder_parts(config: BertConfig, *, prefix: str) -> Parts:
    """Which tensors of a folder make up each parameter of :class:`Bert`, all of them behind ``prefix``."""
    C, width = config.width, config.encoder.mlp_width
    table = f"{prefix}embeddings."
    parts: Parts = {
        "embedding.weight": (CheckpointTensor(f"{table}word_embeddings.weight", (config.vocab_size, C)),),
        "positions.weight": (CheckpointTensor(f"{table}position_embeddings.weight", (config.positions, C)),),
        "types.weight": (CheckpointTensor(f"{table}token_type_embeddings.weight", (config.types, C)),),
    } | _pair("norm", (f"{table}LayerNorm",), (C,))
    for i in range(config.encoder.layers):
        theirs, ours = f"{prefix}encoder.layer.{i}", f"encoder.layers.{i}"
        attention = tuple(f"{theirs}.attention.self.{name}" for name in ("query", "key", "value"))
        parts |= _pair(f"{ours}.attention.qkv", attention, (C, C))
        parts |= _pair(f"{ours}.attention.out", (f"{theirs}.attention.output.dense",), (C, C))
        parts |= _pair(f"{ours}.around_attention.norm", (f"{theirs}.attention.output.LayerNorm",), (C,))
        parts |= _pair(f"{ours}.mlp.up", (f"{theirs}.intermediate.dense",), (width, C))
        parts |= _pair(f"{ours}.mlp.down", (f"{theirs}.output.dense",), (C, width))
        parts |= _pair(f"{ours}.around_mlp.norm", (f"{theirs}.output.LayerNorm",), (C,))
    return parts


def span_parts(config: BertConfig, *, prefix: str) -> Parts:
    """Which tensors of a folder make up each parameter of :class:`BertSpans`."""
    inner = {f"bert.{name}": parts for name, parts in encoder_parts(config, prefix=prefix).items()}
    return inner | _pair("head", ("qa_outputs",), (2, config.width))


def _pair(ours: str, theirs: tuple[str, ...], shape: tuple[int, ...]) -> Parts:
    """A weight of ``shape`` and the bias beside it, several stacked along the rows."""
    return {
        f"{ours}.weight": tuple(CheckpointTensor(f"{name}.weight", shape) for name in theirs),
        f"{ours}.bias": tuple(CheckpointTensor(f"{name}.bias", shape[:1]) for name in theirs),
    }


bert_parts, bert_span_parts = partial(encoder_parts, prefix="bert."), partial(span_parts, prefix="bert.")
xlm_roberta_parts = partial(encoder_parts, prefix="roberta.")
xlm_roberta_span_parts = partial(span_parts, prefix="roberta.")
