"""Word documents: paragraphs under their headings, tables row by row."""

from __future__ import annotations

import io
import re

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from llama_demo.documents.document import Block, Document, Outline
from llama_demo.documents.office import check_package
from llama_demo.documents.readers.rows import joined
from llama_demo.errors import DocumentError

_HEADING = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)


def read(data: bytes, suffix: str) -> Document:
    """Read a .docx file.

    Raises:
        DocumentError: ``file_damaged``, ``file_locked``, ``document_bomb``.
    """
    del suffix
    check_package(data)
    try:
        document = docx.Document(io.BytesIO(data))
        outline = Outline()
        blocks: list[Block] = []
        for part in document.iter_inner_content():
            if isinstance(part, Table):
                blocks += [Block(text, outline.path) for text in _rows(part)]
            elif text := part.text.strip():
                if level := _level(part):
                    outline.enter(level, text)
                blocks.append(Block(text, outline.path))
        title = (document.core_properties.title or "").strip() or _title(blocks)
    except (PackageNotFoundError, XMLSyntaxError, KeyError, ValueError, AttributeError) as exc:
        raise DocumentError("file_damaged") from exc
    return Document(title, tuple(blocks))


def _level(paragraph: Paragraph) -> int:
    """1 for the title and the widest headings, 0 for what is no heading."""
    name = (paragraph.style.name if paragraph.style else "") or ""
    match = _HEADING.match(name)
    return int(match[1]) if match else int(name == "Title")


def _title(blocks: list[Block]) -> str:
    return blocks[0].text if blocks and blocks[0].headings == (blocks[0].text,) else ""


def _rows(table: Table) -> list[str]:
    """Merged cells are said once."""
    rows = []
    for row in table.rows:
        cells = {cell._tc: cell.text for cell in row.cells}
        rows.append(joined(cells.values()))
    return [row for row in rows if row]
