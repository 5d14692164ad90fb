"""What is seen inside a model: predictions after each layer, and what changes when a part is silenced."""

from __future__ import annotations

from dataclasses import dataclass

from llama_demo.engine.inspection import Floats, SampledToken


@dataclass(frozen=True)
class NamedToken:
    """A token of the vocabulary with its probability or similarity."""

    id: int
    name: str
    value: float


@dataclass(frozen=True)
class HeadsView:
    """What the heads of one layer do at one position.

    Attributes:
        rows: where each head looks from there (H, S).
        outputs: what each head adds to the layer's sum (H, C); silenced heads included, as they would be.
        total: their sum (C), without the silenced ones.
        before, after: predictions of the model as it is, and without the silenced heads.
        unsilenced: probabilities of the tokens of ``after`` with all heads.
        remaining: probability of the first of ``before`` without the silenced heads.
    """

    rows: Floats
    outputs: Floats
    total: Floats
    before: list[NamedToken]
    after: list[NamedToken]
    unsilenced: list[float]
    remaining: float


@dataclass(frozen=True)
class NextTokens:
    """The prediction under a sampling.

    Attributes:
        tokens: the likeliest, with their probabilities.
        names: of ``tokens``.
        allowed: number of tokens that can be drawn.
        entropy: of the model's own distribution, in bits.
    """

    tokens: list[SampledToken]
    names: list[str]
    allowed: int
    entropy: float


@dataclass(frozen=True)
class LayerPredictions:
    """The prediction after each layer, at the last positions.

    Attributes:
        positions: indices of the tokens behind which is predicted.
        layers: for each layer, the embedding first, and each position the likeliest tokens.
    """

    positions: list[int]
    layers: list[list[list[NamedToken]]]


@dataclass(frozen=True)
class SpanPredictionsByLayer:
    """A reader's probabilities of the answer's first and last token after each layer, (L, T) each."""

    starts: Floats
    ends: Floats


@dataclass(frozen=True)
class SwapView:
    """What changes when two tokens change places.

    Attributes:
        cosines: of each token's last vector, before and after the swap, wherever the token stands.
        before, after: predictions.
    """

    cosines: list[float]
    before: list[NamedToken]
    after: list[NamedToken]
