"""Where formatting belongs in a translation.

A passage is translated as a whole, since a sentence that is cut at its bold words is translated badly. Each
formatted stretch is then looked for in the translation: by its own text (names, numbers, code), else by the
translator's word alignment, else at the same share of the length, to whole words. The last is a guess that
can sit a word off; it never loses a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from llama_demo.documents.segments import DocumentSegment, Link, SegmentTranslation, StyledSpan
from llama_demo.span import Span

_WORD = regex.compile(r"\p{Han}|[\p{Hiragana}\p{Katakana}]+|[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*")
_SPACED = regex.compile(r"[\p{L}\p{N}--\p{Han}]", regex.V1)
_LEAST_LITERAL = 2
"""Characters of a stretch that is looked for by its text: a single letter stands in too many places."""


@dataclass(frozen=True)
class StyledRun:
    """Text of one style; None is the passage's own."""

    text: str
    style: int | None = None


@dataclass(frozen=True)
class Pin:
    """The place of the passage's pin of this number."""

    number: int


def placed(segment: DocumentSegment, translation: SegmentTranslation) -> list[StyledRun | Pin]:
    """The translation in pieces, with every style and pin of the passage that finds room."""
    translation = _with_edges(translation, segment.text)
    place = _Places(segment.text, translation)
    labels: list[int | None] = [None] * len(translation.text)
    inserted: list[tuple[int, StyledRun | Pin]] = []
    for styled in sorted(segment.styles, key=lambda styled: not styled.kept):
        stretch = segment.text[styled.start : styled.end]
        found = place.literal(styled, labels)
        if found is None and styled.kept:
            at = place.point(styled.start)
            if _SPACED.match(translation.text[:at][-1:]):
                inserted.append((at, StyledRun(" ")))
            inserted.append((at, StyledRun(stretch, styled.style)))
            continue
        for start, end in [found] if found else place.candidates(styled):
            free = [i for i in range(start, end) if labels[i] is None]
            for i in free:
                labels[i] = styled.style
            if free:
                break
    latest = 0
    for number, pin in enumerate(segment.pins):
        latest = max(latest, place.point(pin))  # pins keep their order: some are pairs
        inserted.append((latest, Pin(number)))
    return list(_pieces(translation.text, labels, inserted))


def _with_edges(translation: SegmentTranslation, source: str) -> SegmentTranslation:
    """With the blanks around it that the source has: they part it from what stands before and behind."""
    text = translation.text.strip()
    before = source[: len(source) - len(source.lstrip())] if text else ""
    shift = len(before) - (len(translation.text) - len(translation.text.lstrip()))
    whole = before + text + source[len(source.rstrip()) :]
    links = tuple(
        (a, (_within(start + shift, whole), _within(end + shift, whole)), weight)
        for a, (start, end), weight in translation.links
    )
    return SegmentTranslation(whole, links)


def _within(at: int, text: str) -> int:
    """The place, or the nearest one in the text: a link may reach into blanks that are gone."""
    return min(max(0, at), len(text))


def _pieces(
    text: str, labels: Sequence[int | None], inserted: list[tuple[int, StyledRun | Pin]]
) -> Iterable[StyledRun | Pin]:
    inserted.sort(key=lambda each: each[0])
    waiting = iter([*inserted, (len(text) + 1, Pin(-1))])
    at, what = next(waiting)
    begin = 0
    for i in range(len(text) + 1):
        if i == len(text) or i == at or (i > begin and labels[i] != labels[i - 1]):
            if i > begin:
                yield StyledRun(text[begin:i], labels[begin])
            begin = i
        while at == i:
            yield what
            at, what = next(waiting)


class _Places:
    """From places of the source to places of the translation."""

    def __init__(self, source: str, translation: SegmentTranslation) -> None:
        self._source, self._target, self._links = source, translation.text, translation.links
        self._words = [match.span() for match in _WORD.finditer(translation.text)]
        self._best = _best_links(translation.links)

    def literal(self, styled: StyledSpan, labels: Sequence[int | None]) -> Span | None:
        """Where the stretch stands as it is and nothing else was found before."""
        wanted = self._source[styled.start : styled.end]
        if len(wanted.strip()) < _LEAST_LITERAL and not styled.kept and not wanted.strip().isdigit():
            return None
        start = self._target.find(wanted)
        while start >= 0:
            end = start + len(wanted)
            if all(label is None for label in labels[start:end]) and self._whole(start, end):
                return start, end
            start = self._target.find(wanted, start + 1)
        return None

    def _whole(self, start: int, end: int) -> bool:
        """Whether no word is cut."""
        return not any(a < start < b or a < end < b for a, b in self._words)

    def candidates(self, styled: StyledSpan) -> list[Span]:
        """Where the stretch may be, the best first."""
        if not self._source[: styled.start].strip() and not self._source[styled.end :].strip():
            return [(0, len(self._target))]
        aligned = self._aligned(styled)
        return [*([aligned] if aligned else []), self._share(styled)]

    def _aligned(self, styled: StyledSpan) -> Span | None:
        """From the first to the last word that looked into the stretch, one straggler left aside."""
        words = sorted(
            target for target, source in self._best.items() if styled.start <= source[0] < styled.end
        )
        groups: list[list[Span]] = []
        for word in words:
            between = self._target[groups[-1][-1][1] : word[0]] if groups else "."
            if groups and not _WORD.search(between):
                groups[-1].append(word)
            else:
                groups.append([word])
        if not groups:
            return None
        longest = max(groups, key=lambda group: group[-1][1] - group[0][0])
        return longest[0][0], longest[-1][1]

    def _share(self, styled: StyledSpan) -> Span:
        """The words that stand at the same share of the length, one at least."""
        scale = len(self._target) / max(1, len(self._source))
        low, high = styled.start * scale, styled.end * scale
        if not self._words:
            return 0, len(self._target)
        inside = [word for word in self._words if low <= sum(word) / 2 <= high]
        if not inside:
            inside = [min(self._words, key=lambda word: abs(sum(word) - low - high))]
        return inside[0][0], inside[-1][1]

    def point(self, at: int) -> int:
        """The place behind the word that stands before ``at``."""
        if not self._source[:at].strip():
            return 0
        if not self._source[at:].strip():
            return len(self._target)
        ends = [
            target[1]
            for target, source in self._best.items()
            if source[0] < at <= source[1] or source[1] == len(self._source[:at].rstrip())
        ]
        if ends:
            return max(ends)
        share = at * len(self._target) / len(self._source)
        return min((end for _, end in self._words), key=lambda end: abs(end - share), default=round(share))


def _best_links(links: Iterable[Link]) -> dict[Span, Span]:
    """For each word of the translation the word of the source that it looked at most."""
    best: dict[Span, tuple[float, Span]] = {}
    for source, target, weight in links:
        if weight > best.get(target, (0.0, source))[0]:
            best[target] = (weight, source)
    return {target: source for target, (_, source) in best.items()}
