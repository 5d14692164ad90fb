"""Schemas of the tab "Under the hood", of what the inspection returns."""

from __future__ import annotations

from dataclasses import asdict

from llama_demo.catalogue import ModelEntry
from llama_demo.services.inspection.subject import MOST_TOKENS, Inspectable
from llama_demo.ui.hood.schemas import (
    ArchitectureItem,
    AttentionKindItem,
    InspectionResponse,
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
