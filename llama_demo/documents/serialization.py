"""Documents, segments and translations as values of JSON, for the pipes to the worker process and back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.segments import DocumentSegment, SegmentTranslation, StyledSpan
from llama_demo.errors import DemoError, DocumentError


def serialize_document(document: Document) -> dict[str, Any]:
    """The title, the blocks and the notices."""
    blocks = [(block.text, block.headings, block.page, block.kind) for block in document.blocks]
    return {"title": document.title, "blocks": blocks, "notices": serialize_notices(document.notices)}


def deserialize_document(message: dict[str, Any]) -> Document:
    """The document of :func:`serialize_document`, without a way to write it again."""
    blocks = (
        Block(text, tuple(headings), page, BlockKind(kind))
        for text, headings, page, kind in message["blocks"]
    )
    return Document(message["title"], tuple(blocks), deserialize_notices(message["notices"]))


def serialize_notices(notices: Iterable[DocumentNotice]) -> list[Any]:
    """Each as its key and its values."""
    return [(notice.key, dict(notice.values)) for notice in notices]


def deserialize_notices(values: Iterable[Any]) -> tuple[DocumentNotice, ...]:
    """The notices of :func:`serialize_notices`."""
    return tuple(DocumentNotice(key, values) for key, values in values)


def serialize_segments(segments: Iterable[DocumentSegment]) -> list[Any]:
    """Each as its text, its styles and its pins."""
    return [
        (
            segment.text,
            [(style.start, style.end, style.style, style.kept) for style in segment.styles],
            segment.pins,
        )
        for segment in segments
    ]


def deserialize_segments(values: Iterable[Any]) -> tuple[DocumentSegment, ...]:
    """The segments of :func:`serialize_segments`."""
    return tuple(
        DocumentSegment(text, tuple(StyledSpan(*style) for style in styles), tuple(pins))
        for text, styles, pins in values
    )


def serialize_translations(translations: Iterable[SegmentTranslation | None]) -> list[Any]:
    """Each as its text, its links and whether it is doubtful; None stays None."""
    return [None if one is None else (one.text, one.links, one.doubtful) for one in translations]


def deserialize_translations(values: Iterable[Any]) -> Sequence[SegmentTranslation | None]:
    """The translations of :func:`serialize_translations`."""
    return [
        None
        if value is None
        else SegmentTranslation(
            value[0],
            tuple((tuple(source), tuple(target), weight) for source, target, weight in value[1]),
            value[2],
        )
        for value in values
    ]


def serialize_error(error: DemoError) -> dict[str, Any]:
    """Its key and its values; what is neither a number nor a text becomes one."""
    values = {
        key: value if isinstance(value, int | float) else str(value) for key, value in error.values.items()
    }
    return {"error": error.key, "values": values}


def deserialize_error(message: dict[str, Any]) -> DocumentError | None:
    """The error that a message carries; None without one."""
    return DocumentError(message["error"], **message["values"]) if "error" in message else None
