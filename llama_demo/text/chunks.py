"""Documents in pieces that an embedding model can read: whole sentences, under one heading each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import regex

from llama_demo.text.sentences import split_sentences

SEPARATOR = "\n\n"
"""Stands between two blocks in a document's text."""

_WORDS = regex.compile(r"\p{Han}|[^\s\p{Han}]+\s*|\s+")


class BlockLike(Protocol):
    """What a document consists of."""

    @property
    def text(self) -> str: ...
    @property
    def headings(self) -> tuple[str, ...]: ...
    @property
    def page(self) -> int | None: ...


@dataclass(frozen=True)
class Chunk:
    """A piece of a document; ``text == whole[start:end]``, blocks joined by :data:`SEPARATOR` to the whole.

    Attributes:
        page: on which it begins.
    """

    text: str
    start: int
    end: int
    headings: tuple[str, ...]
    page: int | None


@dataclass(frozen=True)
class _Unit:
    """A sentence, or a part of one that is too long."""

    start: int
    end: int
    headings: tuple[str, ...]
    page: int | None
    cost: int


def split_chunks(
    blocks: Sequence[BlockLike], count: Callable[[str], int], *, most: int, overlap: int, language: str = ""
) -> list[Chunk]:
    """Cut a document.

    Sentences are put together as long as they fit and stand under the same headings. A chunk repeats the
    last sentences of the one before where they belong to the same section.

    Args:
        count: how many tokens a text has.
        most: tokens of a chunk, at least 1. A single character that has more is a chunk of its own.
        overlap: tokens that are repeated at most, fewer than ``most``.
        language: ISO 639-1, of the document; empty if it is unknown.
    """
    if not 0 <= overlap < most:
        raise ValueError(f"overlap {overlap} must be at least 0 and below most {most}")
    whole = SEPARATOR.join(block.text for block in blocks)
    chunks: list[Chunk] = []
    open_: list[_Unit] = []
    for unit in _units(blocks, whole, count, most, language):
        if open_ and unit.headings != open_[-1].headings:
            chunks.append(_chunk(whole, open_))
            open_ = []
        elif open_ and not _fits(whole, [*open_, unit], count, most):
            chunks.append(_chunk(whole, open_))
            open_ = _repeated(whole, open_, unit, count, most=most, overlap=overlap)
        open_.append(unit)
    if open_:
        chunks.append(_chunk(whole, open_))
    return chunks


def _units(
    blocks: Sequence[BlockLike], whole: str, count: Callable[[str], int], most: int, language: str
) -> Iterator[_Unit]:
    offset = 0
    for block in blocks:
        for sentence in split_sentences(block.text, language=language):
            start, end = offset + sentence.start, offset + sentence.end
            for first, last, cost in _parts(whole, start, end, count, most):
                yield _Unit(first, last, block.headings, block.page, cost)
        offset += len(block.text) + len(SEPARATOR)


def _parts(
    whole: str, start: int, end: int, count: Callable[[str], int], most: int
) -> Iterator[tuple[int, int, int]]:
    """A sentence as it is, or cut between words, as evenly as halving makes it."""
    cost = count(whole[start:end])
    if cost <= most or end - start <= 1:
        yield start, end, cost
        return
    middle = (start + end) // 2
    cuts = [start + match.end() for match in _WORDS.finditer(whole[start:end])]
    inner = [cut for cut in cuts if start < cut < end]
    cut = min(inner, key=lambda place: abs(place - middle), default=middle)
    for first, last in ((start, cut), (cut, end)):
        text = whole[first:last]
        left = first + len(text) - len(text.lstrip())
        if text.strip():
            yield from _parts(whole, left, left + len(text.strip()), count, most)


def _fits(whole: str, units: list[_Unit], count: Callable[[str], int], most: int) -> bool:
    """Counted over the joined text: its tokens may be more than those of its parts."""
    if sum(unit.cost for unit in units) > 2 * most:
        return False
    return count(whole[units[0].start : units[-1].end]) <= most


def _repeated(
    whole: str, before: list[_Unit], unit: _Unit, count: Callable[[str], int], *, most: int, overlap: int
) -> list[_Unit]:
    """The last sentences of a chunk that go into the next one too, beside the sentence that opened it."""
    taken: list[_Unit] = []
    for each in reversed(before[1:]):
        wider = [each, *taken]
        if count(whole[each.start : taken[-1].end if taken else each.end]) > overlap:
            break
        if not _fits(whole, [*wider, unit], count, most):
            break
        taken = wider
    return taken


def _chunk(whole: str, units: list[_Unit]) -> Chunk:
    first, last = units[0], units[-1]
    return Chunk(whole[first.start : last.end], first.start, last.end, first.headings, first.page)
