"""Rich Text Format (.rtf): paragraphs, tables, notes, headers and comments, with the numbers of lists."""

from __future__ import annotations

from llama_demo.documents.document import (
    Block,
    BlockKind,
    Document,
    DocumentNotice,
    Outline,
    comment_text,
    embedded_notices,
)
from llama_demo.documents.formats.rtf.parser import RtfPart, RtfReader
from llama_demo.documents.rows import joined

_KINDS = {"footnote": BlockKind.NOTE, "header": BlockKind.HEADER, "annotation": BlockKind.COMMENT}


def read(data: bytes, suffix: str) -> Document:
    """Read a .rtf file.

    Raises:
        DocumentError: ``file_damaged`` if groups stand in one another without end.
    """
    del suffix
    reader = RtfReader(data)
    outline = Outline()
    blocks: list[Block] = []
    headers: dict[str, Block] = {}
    for part in reader.parts():
        if part.kind == "header":
            headers.setdefault(part.text, Block(part.text, kind=BlockKind.HEADER))
            continue
        block = _block(part, outline)
        if block.text:
            blocks.append(block)
    shown = [block for block in headers.values() if any(map(str.isalpha, block.text))]
    hidden = (DocumentNotice("hidden_left_out", {"count": reader.hidden}),) if reader.hidden else ()
    return Document(reader.title, (*blocks, *shown), (*hidden, *embedded_notices(reader.embedded)))


def _block(part: RtfPart, outline: Outline) -> Block:
    if part.cells:
        return Block(joined(part.cells), outline.path, kind=BlockKind.TABLE_ROW)
    if part.level and part.text:
        outline.enter(part.level, part.text)
        return Block(part.text, outline.path, kind=BlockKind.HEADING)
    text = part.text
    if part.kind == "annotation" and text:
        text = comment_text(text, part.author)
    kind = _KINDS.get(part.kind, BlockKind.LIST_ITEM if part.numbered else BlockKind.PARAGRAPH)
    return Block(text, outline.path, kind=kind)
