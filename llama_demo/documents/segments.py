"""Segments of a document: passages of plain text to translate, with their formatting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import regex

from llama_demo.errors import InputError
from llama_demo.span import Span

MOST_CHARACTERS = 300_000
"""Of all passages of a file together."""

MOST_PASSAGES = 30_000

_LETTER = regex.compile(r"\p{L}")

DOUBT_SIGN = "[?] "
"""Stands before a doubtful passage; every encoding has its characters."""

Link = tuple[Span, Span, float]
"""A word of the source (its span), a word of the translation, and how much they belong together, 0 to 1."""


@dataclass(frozen=True)
class StyledSpan:
    """A stretch of a passage that looks or works differently from the rest: bold, a link, code.

    Attributes:
        style: the format's own name for it.
        kept: whether its text stands in every language as it is.
    """

    start: int
    end: int
    style: int
    kept: bool = False


@dataclass(frozen=True)
class DocumentSegment:
    """A passage that is translated as a whole: a paragraph, a cell, a subtitle.

    Attributes:
        styles: in order, none over another.
        pins: places, in order, at which something stands that is no text: an image, a footnote's number.
    """

    text: str
    styles: tuple[StyledSpan, ...] = ()
    pins: tuple[int, ...] = ()

    @property
    def formatted(self) -> bool:
        """Whether something has to be placed in the translation."""
        return bool(self.styles or self.pins)


class SegmentBudget:
    """How much there is to translate, counted while it is read: what is too long is refused early."""

    def __init__(self) -> None:
        self._passages = self._characters = 0

    def add(self, segment: DocumentSegment) -> None:
        """Count one more passage.

        Raises:
            InputError: ``document_too_long``, ``document_too_many_passages``.
        """
        self._passages += 1
        self._characters += len(segment.text)
        if self._characters > MOST_CHARACTERS:
            raise InputError("document_too_long", limit=MOST_CHARACTERS)
        if self._passages > MOST_PASSAGES:
            raise InputError("document_too_many_passages", limit=MOST_PASSAGES)


@dataclass(frozen=True)
class SegmentTranslation:
    """A passage in the other language.

    Attributes:
        links: which words belong together, if the translator can tell.
        doubtful: whether it should be checked; it then begins with :data:`DOUBT_SIGN` in the file.
    """

    text: str
    links: tuple[Link, ...] = ()
    doubtful: bool = False

    @property
    def written(self) -> SegmentTranslation:
        """As it stands in the file: with the sign in front if it is doubtful."""
        if not self.doubtful:
            return self
        by = len(DOUBT_SIGN)
        links = tuple((source, (start + by, end + by), weight) for source, (start, end), weight in self.links)
        return replace(self, text=DOUBT_SIGN + self.text, links=links)


class RewritableDocument(Protocol):
    """A file that can be written again with other words in it."""

    @property
    def segments(self) -> Sequence[DocumentSegment]:
        """Its passages in reading order."""

    def rewritten(self, translations: Sequence[SegmentTranslation | None], note: str = "") -> bytes:
        """The file with these translations, one for each passage; None leaves one as it was.

        Args:
            note: a sentence about the translation that the file shall carry where its format has a place.
        """


def has_words(text: str) -> bool:
    """Whether there is anything to translate: numbers and signs are the same everywhere."""
    return bool(_LETTER.search(text))
