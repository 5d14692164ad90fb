"""Schemas of the tab "Inside", of what the inspection returns."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from llama_demo.catalogue import ModelEntry
from llama_demo.services.inspection.beam_tree import BeamTree
from llama_demo.services.inspection.subject import MOST_TOKENS, Inspectable
from llama_demo.services.inspection.views import NamedToken, NextTokens
from llama_demo.ui.hood.schemas import (
    ArchitectureItem,
    AttentionKindItem,
    BeamNodeItem,
    BeamsResponse,
    InspectionResponse,
    NamedTokenItem,
    NextTokenItem,
    NextTokenResponse,
    ScoredTextItem,
    TensorItem,
    TokenisedTextItem,
    TokenPieceItem,
)


def serialize_inspection(seen: Inspectable, entry: ModelEntry, characters: int) -> InspectionResponse:
    """A subject as its model reads it."""
    return InspectionResponse(
        task=seen.task,
        model=seen.model,
        family=entry.family,
        parameters=entry.parameters,
        architecture=ArchitectureItem(**asdict(seen.architecture)),
        texts=[
            TokenisedTextItem(
                part=text.part,
                pieces=[TokenPieceItem(id=one.id, text=one.text, name=one.name) for one in text.pieces],
                cut=text.cut,
            )
            for text in seen.texts
        ],
        kinds=[
            AttentionKindItem(
                name=kind.name,
                layers=kind.layers,
                heads=kind.heads,
                key_heads=kind.key_heads,
                queries=kind.queries,
                keys=kind.keys,
                causal=kind.causal,
            )
            for kind in seen.kinds
        ],
        second=seen.second,
        characters=characters,
        most=MOST_TOKENS,
    )


def serialize_tensor(values: NDArray[np.float32]) -> TensorItem:
    """Numbers in 16 bits each, between the lowest and the highest of them."""
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    scaled = np.rint((values - low) / ((high - low) or 1.0) * 65_535).astype("<u2")
    return TensorItem(
        shape=list(values.shape), low=low, high=high, data=base64.b64encode(scaled.tobytes()).decode("ascii")
    )


def serialize_tokens(tokens: Sequence[NamedToken]) -> list[NamedTokenItem]:
    """Tokens with rounded values."""
    return [NamedTokenItem(id=one.id, name=one.name, value=round(one.value, 5)) for one in tokens]


def serialize_next(found: NextTokens) -> NextTokenResponse:
    """The prediction of the next token."""
    return NextTokenResponse(
        tokens=[
            NextTokenItem(id=one.id, name=name, model=round(one.model, 5), sampling=round(one.sampling, 5))
            for one, name in zip(found.tokens, found.names, strict=True)
        ],
        allowed=found.allowed,
        entropy=round(found.entropy, 3),
    )


def serialize_beams(tree: BeamTree) -> BeamsResponse:
    """A beam search."""
    return BeamsResponse(
        nodes=[
            BeamNodeItem(
                parent=one.parent, step=one.step, name=one.name, score=round(one.score, 4), state=one.state
            )
            for one in tree.nodes
        ],
        best=tree.best,
        texts=[ScoredTextItem(text=text, score=round(score, 4)) for text, score in tree.texts],
        greedy=tree.greedy,
        greedy_text=ScoredTextItem(text=tree.greedy_text[0], score=round(tree.greedy_text[1], 4)),
    )
