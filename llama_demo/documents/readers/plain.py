"""Plain text: paragraphs between blank lines, pages between form feeds."""

from __future__ import annotations

from llama_demo.documents.document import Block, Document
from llama_demo.documents.encoding import decode
from llama_demo.documents.lines import paragraphs

_LONGEST_TITLE = 80


def read(data: bytes, suffix: str) -> Document:
    """Read a text file; a first line that stands alone and is no sentence is its title."""
    del suffix
    pages = decode(data).text.split("\f")
    blocks = [
        Block(paragraph, page=number if len(pages) > 1 else None)
        for number, page in enumerate(pages, 1)
        for paragraph in paragraphs(page.splitlines())
    ]
    first = blocks[0].text if blocks else ""
    alone = len(blocks) > 1 and "\n" not in first and len(first) <= _LONGEST_TITLE
    return Document(first if alone and first[-1] not in ".。,，;；" else "", tuple(blocks))
