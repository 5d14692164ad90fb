"""Translators for tests: plain functions from passages to passages, with and without word alignment."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import regex

from llama_demo.documents.registry import read_document
from llama_demo.documents.segments import DocumentSegment, Link, RewritableDocument, SegmentTranslation

Translate = Callable[[Sequence[str]], Sequence[str]]

_WORD = regex.compile(r"`[^`]*`|[\p{L}\p{N}]+")


def shouted(texts: Sequence[str]) -> list[str]:
    """Capitals: another word for each word, in the same place; code stays."""
    return [_WORD.sub(lambda word: word[0] if word[0][0] == "`" else word[0].upper(), text) for text in texts]


def rewritable(name: str, data: bytes) -> RewritableDocument:
    """The segments of a file, and the way to write it again."""
    document = read_document(name, data)
    assert document.rewritable is not None
    return document.rewritable()


def translated(document: RewritableDocument, translate: Translate = shouted) -> bytes:
    """The document with every passage translated."""
    texts = translate([segment.text for segment in document.segments])
    return document.rewritten([SegmentTranslation(text) for text in texts])


def backwards(segment: DocumentSegment) -> SegmentTranslation:
    """Capitals in the opposite order, with the word alignment: nothing stands where it stood."""
    words = list(_WORD.finditer(segment.text))
    text = ""
    links: list[Link] = []
    for word in reversed(words):
        start = len(text) + bool(text)
        text = f"{text} {word[0].upper()}".strip()
        links.append((word.span(), (start, len(text)), 1.0))
    return SegmentTranslation(text, tuple(links))
