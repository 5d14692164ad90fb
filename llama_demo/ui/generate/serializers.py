"""Serializers of the Generate tab."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_demo.services.generation import GenerationRequest
from llama_demo.tasks.poem_request import verse_of
from llama_demo.ui.generate.schemas import (
    FiguresItem,
    GenerationBeginLine,
    VerseItem,
    VerseLineItem,
    VersionRequest,
)

_PACES = ((4.0, "slower"), (12.0, "as_you_read"), (60.0, "faster"), (float("inf"), "far_faster"))
"""Upper bounds of paces in tokens per second; people read about 4 to 6 words a second."""


def serialize_figures(info: Mapping[str, Any]) -> FiguresItem:
    """The figures of a run as they are shown."""
    speed, first = info.get("tokens_per_second"), info.get("first_token_ms")
    return FiguresItem(
        tokens=info.get("tokens"),
        speed=None if not speed else f"{speed:,.0f}" if speed >= 10 else f"{speed:.1f}",
        pace=pace(speed) if speed else None,
        first=None if first is None else f"{first:,.0f}",
        model=info.get("model"),
        seed=None if info.get("seed") == -1 else info.get("seed"),
        temperature=info.get("temperature"),
    )


def pace(tokens_per_second: float) -> str:
    """The pace of a speed: the last part of a key ``pace.…``."""
    return next(name for limit, name in _PACES if tokens_per_second <= limit)


def serialize_verse(text: str) -> VerseItem | None:
    """Tones and rhymes of a poem; ``None`` for a text that has none of the regular forms."""
    verse = verse_of(text)
    if verse is None:
        return None
    lines = [
        VerseLineItem(
            tones=[tone.value if tone else None for tone in line.tones],
            faults=list(line.faults),
            rhymes=line.rhymes,
        )
        for line in verse.lines
    ]
    return VerseItem(form=verse.form.name, lines=lines, rhyme=verse.rhyme)


def serialize_begin(
    id: str,
    request: GenerationRequest,
    *,
    first: bool = True,
    source: VersionRequest | None = None,
) -> GenerationBeginLine:
    """The first line of a version called ``id``, which continues another if it has a ``source``."""
    return GenerationBeginLine(
        begin=id,
        text=request.text,
        preset=request.preset,
        form=request.form,
        theme=request.theme,
        model=request.model,
        answers=request.preset != "free",
        first=first and source is None,
        parent=source.version if source else "",
        kept=len(source.kept) if source else 0,
        chosen=source.kept[-1] if source and source.chosen and source.kept else None,
    )
