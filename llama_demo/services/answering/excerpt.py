"""Excerpts: evidence with the text of its document around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import Evidence, TextPart
from llama_demo.span import Span
from llama_demo.text.chunks import SEPARATOR

_AROUND = 2_000
"""Characters of a text that are shown before and after a passage."""


@dataclass(frozen=True)
class Excerpt:
    """A passage with the text around it.

    Attributes:
        span: of the passage in ``text``.
        answer: span of the answer in ``text``; None if its exact words are not there.
        whole: whether ``text`` is the whole document.
    """

    document: str
    page: int | None
    heading: str
    text: str
    span: Span
    answer: Span | None
    whole: bool


def excerpt_of(parts: Sequence[TextPart], evidence: Evidence) -> Excerpt:
    """The excerpt of the text that was asked about, around a piece of evidence.

    Raises:
        InputError: ``chunk_unknown`` if it is not from this text.
    """
    whole = SEPARATOR.join(part.text for part in parts if part.document == evidence.document)
    place = _place(parts, evidence)
    if place < 0 or not evidence.text:
        raise InputError("chunk_unknown")
    begin, end = max(0, place - _AROUND), min(len(whole), place + len(evidence.text) + _AROUND)
    span = (place - begin, place - begin + len(evidence.text))
    marked = evidence.end > evidence.start
    answer = (span[0] + evidence.start, span[0] + evidence.end) if marked else None
    return Excerpt(
        evidence.document,
        evidence.page,
        evidence.heading,
        whole[begin:end],
        span,
        answer,
        end - begin == len(whole),
    )


def _place(parts: Sequence[TextPart], evidence: Evidence) -> int:
    """The offset of the passage in its document, on its own page if several have the same words."""
    these = [part for part in parts if part.document == evidence.document]
    whole, offset = SEPARATOR.join(part.text for part in these), 0
    for part in these:
        if part.page == evidence.page and (place := whole.find(evidence.text, offset)) >= 0:
            return place
        offset += len(part.text) + len(SEPARATOR)
    return whole.find(evidence.text)
