"""A passage in the text that it stands in, put together again from the chunks around it."""

from __future__ import annotations

from collections.abc import Sequence

from llama_demo.store.chunks import ChunkRow

_AROUND = 4
"""Chunks before and after one, to which its context reaches."""


def around(chunks: Sequence[ChunkRow], one: ChunkRow) -> tuple[str, int]:
    """The text of a document near one of its chunks, and where that chunk begins in it."""
    return _joined([each for each in chunks if _is_near(each, one)], one)


def is_whole(chunks: Sequence[ChunkRow], one: ChunkRow) -> bool:
    """Whether the text near the chunk is all of the document."""
    return all(_is_near(each, one) for each in chunks)


def _is_near(chunk: ChunkRow, one: ChunkRow) -> bool:
    return abs(chunk.place - one.place) <= _AROUND


def _joined(chunks: Sequence[ChunkRow], one: ChunkRow) -> tuple[str, int]:
    """The text of chunks that follow one another, what they repeat only once, and where ``one`` begins."""
    text, end, begin = "", chunks[0].start, 0
    for chunk in chunks:
        gap = chunk.start - end
        if text:
            text += "\n\n" if gap > 1 else " " * max(gap, 0)
        if chunk.number == one.number:
            begin = len(text) + min(gap, 0)
        text += chunk.text[max(0, -gap) :]
        end = max(end, chunk.end)
    return text, begin
