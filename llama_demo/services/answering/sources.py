"""Texts to ask about, pasted or in a file, as parts with page and heading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from llama_demo.documents.document import SEPARATOR, Block, DocumentNotice
from llama_demo.documents.parsing import Parser, ParsingLimits
from llama_demo.documents.registry import NAMED, SUFFIXES
from llama_demo.errors import InputError
from llama_demo.services.answering.answer import TextPart
from llama_demo.services.answering.retrieval import LONGEST_TEXT
from llama_demo.services.library.chunking import BETWEEN
from llama_demo.services.names import file_name

__all__ = ["LARGEST_FILE", "LONGEST_TEXT", "NAMED", "SUFFIXES", "SourceFile", "Sources"]

LARGEST_FILE = 20 * 1024**2
"""Bytes."""

_SECONDS = 30.0
"""Most seconds that reading a file may take, as other visitors wait for it."""


@dataclass(frozen=True)
class SourceFile:
    """A file that was read.

    Attributes:
        parts: its text, a part for each page and heading.
        notices: what of it could not be read.
    """

    parts: tuple[TextPart, ...]
    notices: tuple[DocumentNotice, ...] = ()


class Sources:
    """Reads texts. Files are read one at a time, in a process with limits, and not stored."""

    def __init__(self, limits: ParsingLimits | None = None) -> None:
        self._parser = Parser(limits or ParsingLimits(seconds=_SECONDS, largest=LARGEST_FILE))

    def pasted(self, text: str) -> tuple[TextPart, ...]:
        """The parts of a pasted text; form feeds separate its pages.

        Raises:
            InputError: ``ask_text_empty``, ``ask_text_too_long``.
        """
        pages = [page.strip("\r\n") for page in text.split("\f")]
        several = len(pages) > 1
        return _checked(
            TextPart(page, page=number if several else None)
            for number, page in enumerate(pages, start=1)
            if page.strip()
        )

    def file(self, name: str, data: bytes) -> SourceFile:
        """The text of a file, and what of it could not be read.

        Args:
            name: of the file; its suffix decides the format where the bytes do not.

        Raises:
            DocumentError: it cannot be read, with the reason.
            InputError: ``ask_text_empty``, ``ask_text_too_long``.
        """
        called = file_name(name)
        parsed = self._parser.parse(name, data)
        parts = _checked(
            TextPart(SEPARATOR.join(block.text for block in blocks), called, page, BETWEEN.join(headings))
            for (page, headings), blocks in groupby(parsed.blocks, key=_where)
        )
        return SourceFile(parts, parsed.notices)

    def close(self) -> None:
        """End the process that reads files."""
        self._parser.close()


def _where(block: Block) -> tuple[int | None, tuple[str, ...]]:
    return block.page, block.headings


def _checked(parts: Iterable[TextPart]) -> tuple[TextPart, ...]:
    """The parts that are not empty.

    Raises:
        InputError: ``ask_text_empty``, ``ask_text_too_long``.
    """
    found = tuple(parts)
    characters = sum(len(part.text) for part in found)
    if not characters:
        raise InputError("ask_text_empty")
    if characters > LONGEST_TEXT:
        raise InputError("ask_text_too_long", characters=characters, limit=LONGEST_TEXT)
    return found
