"""Slides: each with its title as heading and its number as page, notes included."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from lxml.etree import XMLSyntaxError
from pptx import Presentation
from pptx.exc import PythonPptxError

from llama_demo.documents.document import Block, Document
from llama_demo.documents.office import check_package
from llama_demo.documents.rows import joined
from llama_demo.errors import DocumentError


def read(data: bytes, suffix: str) -> Document:
    """Read a .pptx file.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``document_bomb``.
    """
    del suffix
    check_package(data)
    blocks: list[Block] = []
    try:
        presentation = Presentation(io.BytesIO(data))
        for number, slide in enumerate(presentation.slides, 1):
            blocks += _blocks(slide, number)
        title = (presentation.core_properties.title or "").strip()
    except (PythonPptxError, XMLSyntaxError, KeyError, ValueError, AttributeError, RecursionError) as exc:
        raise DocumentError("file_damaged") from exc
    return Document("" if title == "PowerPoint Presentation" else title, tuple(blocks))


def _blocks(slide: Any, number: int) -> Iterator[Block]:
    head = slide.shapes.title
    title = " ".join(head.text_frame.text.split()) if head is not None and head.has_text_frame else ""
    headings = (title,) if title else ()
    texts = list(_texts(slide.shapes))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        texts.append(slide.notes_slide.notes_text_frame.text)
    for text in texts:
        clean = "\n".join(line for each in text.replace("\v", "\n").splitlines() if (line := each.strip()))
        if clean:
            yield Block(clean, headings, number)


def _texts(shapes: Any) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):  # a group
            yield from _texts(shape.shapes)
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield joined(cell.text for cell in row.cells)
