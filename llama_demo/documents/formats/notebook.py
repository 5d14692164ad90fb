"""Jupyter notebooks (.ipynb): cells of text as Markdown, cells of code as code, and what was printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from llama_demo.documents.document import Block, BlockKind, Document, merged_notices
from llama_demo.documents.encoding import damage_notices, decode
from llama_demo.documents.formats.markdown.inline import definitions
from llama_demo.documents.formats.markdown.reader import MarkdownReading
from llama_demo.documents.formats.markdown.syntax import elements
from llama_demo.errors import DocumentError


def read(data: bytes, suffix: str) -> Document:
    """Read a notebook, of any version since 3.

    Raises:
        DocumentError: ``file_damaged``.
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    decoded = decode(data)
    try:
        notebook = json.loads(decoded.text, strict=False)
        cells = list(_cells(notebook))
        if not cells and notebook.get("cells"):
            raise ValueError(notebook["cells"])
        reading = MarkdownReading()
        blocks = tuple(_blocks(cells, reading))
    except (ValueError, RecursionError, TypeError, AttributeError, KeyError) as exc:
        raise DocumentError("file_damaged") from exc
    heading = next((block.text for block in blocks if block.kind is BlockKind.HEADING), "")
    return Document(heading, blocks, damage_notices(decoded) + merged_notices(reading.notices))


def _cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sheets = (notebook, *(notebook.get("worksheets") or ()))  # these are from before version 4
    for sheet in sheets:
        yield from (cell for cell in sheet.get("cells") or () if isinstance(cell, dict))


def _blocks(cells: list[dict[str, Any]], reading: MarkdownReading) -> Iterator[Block]:
    """Cells stand under the headings of the text above them."""
    for cell in cells:
        kind = cell.get("cell_type", "raw")
        source = _text(cell.get("source", cell.get("input", "")))
        if kind == "heading":
            source = f"{'#' * int(cell.get('level', 1))} {source}"
        if kind in ("markdown", "heading"):
            yield from reading.blocks(elements(source), definitions(source))
            continue
        outputs = (_output(output, reading) for output in cell.get("outputs") or ())
        for text in (source, *outputs):
            if text := text.strip("\n").rstrip():
                yield Block(text, reading.outline.path, kind=BlockKind.CODE)


def _text(value: Any) -> str:
    """Text is stored as a string or as lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _output(output: dict[str, Any], reading: MarkdownReading) -> str:
    """What a cell printed, or the text of what it showed; pictures have none."""
    if output.get("output_type") == "error" or "traceback" in output:
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    shown = output.get("data", output)
    for name in ("text/markdown", "text/plain", "text"):
        if name in shown:
            return _text(shown[name])
    if "text/html" in shown:
        return "\n".join(block.text for block in reading.html_blocks(_text(shown["text/html"])))
    return ""
