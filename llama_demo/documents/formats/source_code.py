"""Source code and configuration: parts between blank lines, with their indentation and line ends."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from llama_demo.documents.document import Block, BlockKind, Document
from llama_demo.documents.encoding import damage_notices, decode

# What Python, Emacs, Vim and XML take for the encoding, in the first two lines.
_DECLARED = regex.compile(rb"\A(?:[^\n]*\n)?[^\n]*?coding[:=][ \t]*[\"']?([-\w.]+)")


def read(data: bytes, suffix: str) -> Document:
    """Read a file of code.

    Raises:
        InputError: as :func:`~llama_demo.documents.encoding.decode`.
    """
    del suffix
    declared = _DECLARED.search(data[:1_000])
    decoded = decode(data, declared[1].decode("ascii") if declared else "")
    return Document("", tuple(_blocks(decoded.text)), damage_notices(decoded))


def _blocks(text: str) -> Iterator[Block]:
    """The text up to each blank line that a line without indentation follows."""
    part: list[str] = []
    blank = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n"):
        if blank and line[:1].strip() and part:
            yield from _block(part)
            part = []
        blank = not line.strip()
        part.append(line.rstrip())
    yield from _block(part)


def _block(lines: list[str]) -> Iterator[Block]:
    if code := "\n".join(lines).strip("\n"):
        yield Block(code, kind=BlockKind.CODE)
