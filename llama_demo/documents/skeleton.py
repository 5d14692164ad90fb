"""A text file as what stays and what is translated: literal pieces with slots between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from llama_demo.documents.encoding import Decoded
from llama_demo.documents.segments import DocumentSegment, SegmentBudget, SegmentTranslation

_LINE_END = re.compile(r"\r\n|\r|\n")

Written = Callable[[SegmentTranslation], str]
"""How a slot's translation is spelled in its format: escaped, marked up, wrapped."""

Noted = Callable[[str, str], str]
"""The text of a file with a note in it."""


def line_end(text: str) -> str:
    """What ends the first line of a text."""
    found = _LINE_END.search(text)
    return found[0] if found else "\n"


@dataclass(frozen=True)
class SegmentSlot:
    """The place of a passage.

    Attributes:
        original: its spelling in the file, byte for byte.
    """

    segment: DocumentSegment
    original: str
    written: Written


@dataclass(frozen=True)
class Skeleton:
    """The :class:`~llama_demo.documents.segments.RewritableDocument` of a format that is text.

    Attributes:
        noted: puts a note where the format has a place for it.
    """

    decoded: Decoded
    parts: Sequence[str | SegmentSlot]
    noted: Noted

    @classmethod
    def of(cls, decoded: Decoded, parts: Iterable[str | SegmentSlot], noted: Noted) -> Skeleton:
        """The file, if it has no more passages than can be translated; else it is not read to its end.

        Raises:
            InputError: ``document_too_long``, ``document_too_many_passages``.
        """
        size, taken = SegmentBudget(), []
        for part in parts:
            taken.append(part)
            if isinstance(part, SegmentSlot):
                size.add(part.segment)
        return cls(decoded, taken, noted)

    @property
    def segments(self) -> Sequence[DocumentSegment]:
        """The slots' passages in their order."""
        return [part.segment for part in self.parts if isinstance(part, SegmentSlot)]

    def rewritten(self, translations: Sequence[SegmentTranslation | None], note: str = "") -> bytes:
        """The file with these translations in its slots."""
        waiting = iter(translations)
        text = "".join(part if isinstance(part, str) else _filled(part, next(waiting)) for part in self.parts)
        return self.decoded.encoded(self.noted(text, note) if note else text)


def _filled(slot: SegmentSlot, translation: SegmentTranslation | None) -> str:
    return slot.original if translation is None else slot.written(translation.written)
