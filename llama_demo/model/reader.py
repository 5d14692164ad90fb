"""The bundled reader: a small encoder that is told which words question and passage share.

What large readers learn from billions of words, which part of a passage talks about what was asked, a small
one is told by numbers beside each token (FastQA, Weissenborn et al. 2017, arXiv:1703.04816)::

    ids ──┬── embedding ──────────────(+)── pre-norm layers, rotary positions ── head ── (B, T, 2)
          └── overlap features ── Linear ─┘

Shapes: ``B`` questions, ``T`` tokens of question and passage, ``H`` heads, ``D`` head size, ``C`` width,
``V`` vocabulary, ``F`` features.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llama_demo.model.fields import Fields
from llama_demo.model.layers import FeedForward, PreNorm, StackConfig, attend, join_heads, split_heads
from llama_demo.model.llama import rotate
from llama_demo.model.parts import CheckpointTensor
from llama_demo.model.spans import SpanModel
from llama_demo.model.taps import Taps, within

MODEL_TYPE = "llama_demo_reader"
# Tokens to each side within which shared words count as near.
REACHES = (4, 10, 30)
FEATURES = 5 + len(REACHES)
_THETA = 10_000.0


@dataclass(frozen=True)
class ReaderConfig:
    """The numbers that fix an :class:`OverlapReader`.

    Attributes:
        max_position_embeddings: tokens of a question with its passage.
        no_answer_bias: added to the score of "no answer"; measured after training.
    """

    vocab_size: int
    encoder: StackConfig
    max_position_embeddings: int
    pad_id: int = 0
    no_answer_bias: float = 0.0

    @classmethod
    def from_json(cls, config: Mapping[str, Any]) -> ReaderConfig:
        """Read a ``config.json`` that :meth:`to_json` wrote.

        Raises:
            CheckpointError: a number is missing or absurd.
        """
        fields = Fields(config)
        vocab_size = fields.whole("vocab_size", 1, 1_000_000)
        return cls(
            vocab_size=vocab_size,
            encoder=StackConfig(
                layers=fields.whole("num_hidden_layers", 1, 512),
                width=fields.whole("hidden_size", 1, 65_536),
                heads=fields.whole("num_attention_heads", 1, 1_024),
                mlp_width=fields.whole("intermediate_size", 1, 262_144),
                activation="gelu",
                dropout=fields.real("hidden_dropout_prob", 0.0, 0.9, 0.0),
            ),
            max_position_embeddings=fields.whole("max_position_embeddings", 1, 1_000_000),
            pad_id=fields.whole("pad_token_id", 0, vocab_size - 1, 0),
            no_answer_bias=fields.real("no_answer_bias", -1e3, 1e3, 0.0),
        )

    def to_json(self) -> dict[str, Any]:
        """The ``config.json`` of such a model."""
        return {
            "architectures": ["OverlapReader"],
            "model_type": MODEL_TYPE,
            "vocab_size": self.vocab_size,
            "hidden_size": self.encoder.width,
            "num_hidden_layers": self.encoder.layers,
            "num_attention_heads": self.encoder.heads,
            "intermediate_size": self.encoder.mlp_width,
            "hidden_dropout_prob": self.encoder.dropout,
            "max_position_embeddings": self.max_position_embeddings,
            "pad_token_id": self.pad_id,
            "no_answer_bias": self.no_answer_bias,
        }


def overlap_features(ids: Tensor, types: Tensor, rarity: Tensor, vectors: Tensor) -> Tensor:
    """What each token shares with the other of the two texts.

    Args:
        ids: (B, T)
        types: (B, T), 0 in the question and 1 in the passage.
        rarity: (B, T), from 0 for marks and padding, which share nothing, to 1 for the rarest pieces.
        vectors: (B, T, C), each token's.

    Returns:
        (B, T, F): the piece occurs in the other text; the same times its rarity; it does so beside the
        same neighbour; cosine of the most similar piece of the other text; rarity; and for each of
        :data:`REACHES` the share of the question, by rarity, that occurs so near.
    """
    real = rarity > 0
    across = (types[:, :, None] != types[:, None, :]) & real[:, :, None] & real[:, None, :]  # (B, T, T)
    same = across & (ids[:, :, None] == ids[:, None, :])
    shared = same.any(dim=-1)
    following = same[:, :-1, :-1] & same[:, 1:, 1:]
    begins = following.any(dim=-1)  # (B, T - 1)
    paired = F.pad(begins, (0, 1)) | F.pad(begins, (1, 0))
    units = F.normalize(vectors, dim=-1)
    cosines = (units @ units.transpose(1, 2)).masked_fill(~across, 0.0).amax(dim=-1)
    columns = [shared, shared * rarity, paired, cosines, rarity, *_nearness(same, types, rarity)]
    return torch.stack([column.to(rarity.dtype) for column in columns], dim=-1)


def _nearness(same: Tensor, types: Tensor, rarity: Tensor) -> list[Tensor]:
    """For each reach the share (B, T) of the question, by rarity, that occurs within it."""
    T = same.size(1)
    asked = rarity * (types == 0)  # (B, T)
    shares = asked / asked.sum(dim=1, keepdim=True).clamp(min=1e-6)
    before = F.pad(same.float().cumsum(dim=1), (0, 0, 1, 0))  # (B, T + 1, T): occurrences up to a place
    places = torch.arange(T, device=same.device)
    near = []
    for reach in REACHES:
        start, end = (places - reach).clamp(min=0), (places + reach + 1).clamp(max=T)
        found = before[:, end] > before[:, start]  # (B, T, T)
        near.append((found * shares[:, None, :]).sum(dim=-1) * (types == 1))
    return near


class RotaryAttention(nn.Module):
    """Multi-head attention of a text to itself, which sees distances (RoPE, arXiv:2104.09864)."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.heads = config.heads
        self.qkv = nn.Linear(config.width, 3 * config.width)
        self.out = nn.Linear(config.width, config.width)

    def forward(
        self, x: Tensor, angles: tuple[Tensor, Tensor], visible: Tensor | None, taps: Taps | None
    ) -> Tensor:
        """Every token of ``x`` (B, T, C) sees every visible one."""
        query, keys, values = (split_heads(part, self.heads) for part in self.qkv(x).chunk(3, dim=-1))
        cosine, sine = (part.to(query.dtype) for part in angles)  # (T, D)
        query, keys = rotate(query, cosine, sine), rotate(keys, cosine, sine)
        result: Tensor = self.out(join_heads(attend(query, keys, values, visible, taps=taps)))
        return result


class ReaderLayer(nn.Module):
    """Self-attention, then the feed-forward network, each added to its input."""

    def __init__(self, config: StackConfig) -> None:
        super().__init__()
        self.around_attention = PreNorm(config.width, config.eps, config.dropout)
        self.attention = RotaryAttention(config)
        self.around_mlp = PreNorm(config.width, config.eps, config.dropout)
        self.mlp = FeedForward(config)

    def forward(
        self, x: Tensor, angles: tuple[Tensor, Tensor], visible: Tensor | None, taps: Taps | None
    ) -> Tensor:
        attention = within(taps, "attention")
        x = self.around_attention(x, lambda y: self.attention(y, angles, visible, attention))
        x = self.around_mlp(x, self.mlp)
        return x if taps is None else taps("hidden", x)


class OverlapReader(SpanModel):
    """Marks answers by what question and passage share, and by how such answers look.

    The parameter ``rarity`` (V) is counted before training and stays as it is.
    """

    config: ReaderConfig

    def __init__(self, config: ReaderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.encoder.width
        self.embedding = nn.Embedding(config.vocab_size, width)
        self.rarity = nn.Parameter(torch.ones(config.vocab_size), requires_grad=False)
        self.types = nn.Embedding(2, width)
        self.overlap = nn.Linear(FEATURES, width)
        self.dropout = nn.Dropout(config.encoder.dropout)
        self.layers = nn.ModuleList(ReaderLayer(config.encoder) for _ in range(config.encoder.layers))
        self.norm = nn.LayerNorm(width, config.encoder.eps)
        self.head = nn.Linear(width, 2)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor | None = None,
        types: Tensor | None = None,
        *,
        taps: Taps | None = None,
    ) -> Tensor:
        """Logits as of :meth:`~llama_demo.model.spans.SpanModel.forward`.

        ``taps`` is called with ``overlap`` (B, T, F), ``embedding`` (B, T, C) and for each layer with
        ``layers.{i}.attention.rows`` (B, H, T, T), ``layers.{i}.attention.heads`` (B, H, T, D) and
        ``layers.{i}.hidden`` (B, T, C).
        """
        kinds = torch.zeros_like(ids) if types is None else types
        vectors = self.embedding(ids)  # (B, T, C)
        rarity = self.rarity[ids] if mask is None else self.rarity[ids] * mask
        shared = overlap_features(ids, kinds, rarity, vectors.detach())
        if taps is not None:
            shared = taps("overlap", shared)
        x = self.dropout(vectors + self.types(kinds)) + self.overlap(shared)
        if taps is not None:
            x = taps("embedding", x)
        angles = self._angles(ids.size(1), ids.device)
        visible = None if mask is None else mask[:, None, None, :]
        for index, layer in enumerate(self.layers):
            x = layer(x, angles, visible, within(taps, "layers", index))
        logits: Tensor = self.head(self.norm(x))  # (B, T, 2)
        nothing = torch.zeros_like(logits)
        nothing[:, 0] = self.config.no_answer_bias / 2
        return logits + nothing

    def _angles(self, length: int, device: torch.device) -> tuple[Tensor, Tensor]:
        """Cosine and sine of every position's angles, each (T, D)."""
        D = self.config.encoder.width // self.config.encoder.heads
        frequencies = _THETA ** -(torch.arange(0, D, 2, device=device).float() / D)  # (D / 2)
        angles = torch.arange(length, device=device).float()[:, None] * frequencies
        angles = torch.cat((angles, angles), dim=-1)  # (T, D)
        return angles.cos(), angles.sin()


def checkpoint_parts(config: ReaderConfig) -> dict[str, tuple[CheckpointTensor, ...]]:
    """The tensors of a folder: each parameter under its own name."""
    with torch.device("meta"):
        model = OverlapReader(config)
    return {
        name: (CheckpointTensor(name, tuple(parameter.shape)),)
        for name, parameter in model.named_parameters()
    }
