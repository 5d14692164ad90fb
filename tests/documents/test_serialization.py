"""What goes through the pipes to the worker comes out equal on the other side."""

from __future__ import annotations

import json
from typing import Any

from llama_demo.documents.document import Block, BlockKind, Document, DocumentNotice
from llama_demo.documents.segments import DocumentSegment, SegmentTranslation, StyledSpan
from llama_demo.documents.serialization import (
    deserialize_document,
    deserialize_error,
    deserialize_segments,
    deserialize_translations,
    serialize_document,
    serialize_error,
    serialize_segments,
    serialize_translations,
)
from llama_demo.errors import DocumentError


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_documents_and_segments() -> None:
    """With kinds, pages, styles, pins and halves of characters."""
    notices = (DocumentNotice("pages_damaged", {"missing": 1, "count": 3}),)
    blocks = (Block("灯塔\udc80", ("A", "B"), 2, BlockKind.NOTE), Block("x"))
    document = Document("Title", blocks, notices)
    assert deserialize_document(through_json(serialize_document(document))) == document
    segments = (DocumentSegment("one two", (StyledSpan(0, 3, 1, kept=True),), (3,)), DocumentSegment("x"))
    assert deserialize_segments(through_json(serialize_segments(segments))) == segments


def test_translations() -> None:
    """Also those that are missing."""
    translations = [SegmentTranslation("eins", (((0, 3), (0, 4), 0.5),)), None]
    assert deserialize_translations(through_json(serialize_translations(translations))) == translations


def test_errors() -> None:
    """By key and values; an answer without one is none."""
    error = deserialize_error(through_json(serialize_error(DocumentError("file_too_long", count=3, limit=2))))
    assert error is not None
    assert (error.key, error.values["count"]) == ("file_too_long", 3)
    assert deserialize_error({"blocks": []}) is None
