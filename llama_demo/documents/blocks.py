"""The text of a document: blocks in reading order, each with its headings and its page."""

from __future__ import annotations

from dataclasses import dataclass

SEPARATOR = "\n\n"
"""Stands between two blocks in a document's text."""


@dataclass(frozen=True)
class Block:
    """A paragraph, a list, a row of a table.

    Attributes:
        text: never empty, without blanks around it.
        headings: the headings that it stands under, the widest first.
        page: of a PDF, or the slide's number, from 1; None where a format has no pages.
    """

    text: str
    headings: tuple[str, ...] = ()
    page: int | None = None


@dataclass(frozen=True)
class Parsed:
    """A document.

    Attributes:
        title: as the document gives it; empty if it gives none.
    """

    title: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """All of it; the places of chunks are counted in this."""
        return SEPARATOR.join(block.text for block in self.blocks)


class Outline:
    """The headings that are in force while a document is read from top to bottom."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str]] = []

    def enter(self, level: int, heading: str) -> None:
        """A heading of ``level`` (1 is the widest) closes those of its own level and below."""
        self._open = [(depth, text) for depth, text in self._open if depth < level]
        if heading := " ".join(heading.split()):
            self._open.append((level, heading))

    @property
    def path(self) -> tuple[str, ...]:
        """The open headings, the widest first."""
        return tuple(text for _, text in self._open)
