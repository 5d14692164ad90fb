"""A document as one parse of its file gives it: what is read, what is missing, and what can be rewritten.

file ── formats/<format>: read(data, suffix) ──> Document
          blocks        text to search, to ask about and to show
          notices       what the file has and the blocks have not
          rewritable()  segments to translate, and the file written again
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from llama_demo.documents.segments import RewritableDocument
from llama_demo.normal_form import normal_text
from llama_demo.unicode import replace_lone_surrogates

SEPARATOR = "\n\n"
"""Stands between two blocks in a document's text."""

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character of which the file does not say which it is."""


class BlockKind(StrEnum):
    """What a block is in its document."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    CODE = "code"
    NOTE = "note"
    """A footnote, an endnote, the notes of a speaker."""
    HEADER = "header"
    """What stands at the top or the bottom of each page."""
    FIELD = "field"
    """A field of a form, or of a record: its name and its value."""
    COMMENT = "comment"
    """A remark about the document, by a reviewer for instance."""
    CUE = "cue"
    """What is said in a stretch of time, which is in the headings."""


@dataclass(frozen=True)
class Block:
    """A paragraph, an item of a list, a row of a table.

    Attributes:
        text: as a reader of the document sees it, the number of a list item included; never empty, without
            white space around it.
        headings: the headings that it stands under, the widest first; a heading stands under itself.
        page: of a PDF, or the slide's number, from 1; None where a format has no pages.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None
    kind: BlockKind = BlockKind.PARAGRAPH


@dataclass(frozen=True)
class DocumentNotice:
    """What a document could not give.

    Attributes:
        key: of the sentence in the catalogues of texts, without the ``notices.`` in front.
        values: of the sentence's placeholders.
    """

    key: str
    values: Mapping[str, str | int] = field(default_factory=lambda: MappingProxyType({}))


def merged_notices(notices: Iterable[DocumentNotice]) -> tuple[DocumentNotice, ...]:
    """One notice of each key, for a document that is read in parts: their numbers are added."""
    merged: dict[str, dict[str, str | int]] = {}
    for notice in notices:
        values = merged.setdefault(notice.key, {})
        for name, value in notice.values.items():
            before = values.get(name, 0)
            values[name] = before + value if isinstance(before, int) and isinstance(value, int) else value
    return tuple(DocumentNotice(key, values) for key, values in merged.items())


@dataclass(frozen=True)
class Document:
    """A file's contents.

    Attributes:
        title: as the document gives it; empty if it gives none.
        notices: what could not be read, though the rest could.
        rewritable: makes the segments of the same parse and the way to write the file again; None for a
            format that cannot be written, and for a document that came from another process.
    """

    title: str
    blocks: tuple[Block, ...]
    notices: tuple[DocumentNotice, ...] = ()
    rewritable: Callable[[], RewritableDocument] | None = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str:
        """All of it; the places of chunks are counted in this."""
        return SEPARATOR.join(block.text for block in self.blocks)


def cleaned(document: Document) -> Document:
    """The document with its texts in normal form, line ends as LF, and U+FFFD for what is no character.

    Every text that is read passes here, so no other part has to know of soft hyphens or half surrogates.
    """
    headings = {path: tuple(map(_clean, path)) for path in {block.headings for block in document.blocks}}
    blocks = []
    for block in document.blocks:
        text, path = _clean(block.text), headings[block.headings]
        if text != block.text or path != block.headings:
            block = Block(text, path, block.page, block.kind)
        if text.strip():
            blocks.append(block)
    return replace(document, title=_clean(document.title), blocks=tuple(blocks))


def _clean(text: str) -> str:
    flat = text.replace("\n", "")
    if flat.isascii() and flat.isprintable():
        return text
    return normal_text(replace_lone_surrogates(text).replace("\r\n", "\n").replace("\r", "\n"))


def embedded_notices(count: int) -> tuple[DocumentNotice, ...]:
    """What there is to say of files and objects within a document, which are not read."""
    return (DocumentNotice("objects_embedded", {"count": count}),) if count else ()


def comment_text(text: str, *said: str) -> str:
    """A comment as it is read, so that it is not taken for the document: ``Comment (author): text``.

    Args:
        said: who wrote it, and where; empty ones are left out.
    """
    about = ", ".join(filter(None, said))
    return f"Comment ({about}): {text}" if about else f"Comment: {text}"


class Outline:
    """The headings that are in force while a document is read from top to bottom."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []
        self._path: tuple[str, ...] = ()

    def enter(self, level: int, heading: str) -> None:
        """A heading of ``level`` (1 is the widest) closes those of its own level and below."""
        self._open = [(depth, text) for depth, text in self._open if depth < level]
        if heading := " ".join(heading.split()):
            self._open.append((level, heading))
        self._path = tuple(text for _, text in self._open)

    @property
    def path(self) -> tuple[str, ...]:
        """The open headings, the widest first."""
        return self._path
