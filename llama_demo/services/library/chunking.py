"""The chunks of a document, and their texts as models and the full-text index read them."""

from __future__ import annotations

from llama_demo.documents.document import Document
from llama_demo.services.library.embedders import Embedder
from llama_demo.store.chunks import ChunkRow
from llama_demo.text.chunks import split_chunks
from llama_demo.text.languages import detect_language

LONGEST_CHUNK, OVERLAP = 192, 24
"""Most tokens of a chunk and of its overlap: about one thought, as one vector can represent. They are counted
by the quick model; of the deep one, which has a larger vocabulary and reads 256, they are hardly more."""

BETWEEN = " › "
"""Separator of a chunk's headings."""

_SAMPLE = 4_000
"""Characters from which a document's language is detected."""


def language_of(parsed: Document) -> str:
    """The language of a document; empty if it is not known."""
    return detect_language(parsed.text[:_SAMPLE]).language


def cut(parsed: Document, embedder: Embedder | None, language: str) -> list[ChunkRow]:
    """The chunks of a document, of lengths that suit the model."""
    if embedder is None:
        pieces = split_chunks(
            parsed.blocks, _words_at_most, most=LONGEST_CHUNK, overlap=OVERLAP, language=language
        )
    else:
        encoder = embedder.encoder
        most = min(LONGEST_CHUNK, encoder.longest)
        pieces = split_chunks(
            parsed.blocks,
            encoder.size,
            most=most,
            overlap=min(OVERLAP, most // 4),
            language=language,
        )
    return [
        ChunkRow(
            piece.text, place, piece.start, piece.end, piece.page, BETWEEN.join(piece.headings), language
        )
        for place, piece in enumerate(pieces)
    ]


def readable(chunk: ChunkRow) -> str:
    """The text of a chunk for the model, with the headings above it."""
    above = [heading for heading in chunk.heading.split(BETWEEN) if not chunk.text.startswith(heading)]
    return "\n".join([*above, chunk.text])


def _words_at_most(text: str) -> int:
    """An estimate of a text's tokens, for use without a model."""
    return max(1, len(text.encode()) // 4)
