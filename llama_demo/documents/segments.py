"""What is to be translated in a file: passages of plain text with the formatting that lies on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import regex

_LETTER = regex.compile(r"\p{L}")

Link = tuple[tuple[int, int], tuple[int, int], float]
"""A word of the source (its span), a word of the translation, and how much they belong together, 0 to 1."""


@dataclass(frozen=True)
class Styled:
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
class Segment:
    """A passage that is translated as a whole: a paragraph, a cell, a subtitle.

    Attributes:
        styles: in order, none over another.
        pins: places, in order, at which something stands that is no text: an image, a footnote's number.
    """

    text: str
    styles: tuple[Styled, ...] = ()
    pins: tuple[int, ...] = ()

    @property
    def formatted(self) -> bool:
        """Whether something has to be placed in the translation."""
        return bool(self.styles or self.pins)


@dataclass(frozen=True)
class Translation:
    """A passage in the other language.

    Attributes:
        links: which words belong together, if the translator can tell.
    """

    text: str
    links: tuple[Link, ...] = ()


class Document(Protocol):
    """A file that can be written again with other words in it."""

    @property
    def segments(self) -> Sequence[Segment]:
        """Its passages in reading order."""

    def rewritten(self, translations: Sequence[Translation | None]) -> bytes:
        """The file with these translations, one for each passage; None leaves one as it was."""


def has_words(text: str) -> bool:
    """Whether there is anything to translate: numbers and signs are the same everywhere."""
    return bool(_LETTER.search(text))
