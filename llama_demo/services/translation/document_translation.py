"""The translation of one document: its segments, put together from the translations of their texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from llama_demo.documents.segments import DocumentSegment, Link, RewritableDocument, SegmentTranslation
from llama_demo.span import Span
from llama_demo.tasks.translate_text import is_unsure, least_sure
from llama_demo.text.agreement.doubts import Doubt, all_doubts
from llama_demo.text.layout import between
from llama_demo.text.sentences import split_sentences

Aligner = Callable[[str, str], Sequence[Link]]
"""Links between the words of a sentence and of its translation."""


class DocumentTranslation:
    """The translation of one document, assembled from the translations of its texts.

    A segment is one text, except that a formatted segment is split into sentences, because only sentences
    can be aligned word by word. Equal texts are translated once.

    Args:
        document: the file.
        source, target: languages (ISO 639-1).
        align: called for the sentences of formatted segments.

    Attributes:
        texts: the texts to translate, without duplicates.
        results: for each segment its translation, or None if it is not finished.
        scores: for each finished segment its lowest text score; None if nothing was translated.
        doubts: for each finished segment the doubts about its texts.
    """

    def __init__(self, document: RewritableDocument, source: str, target: str, align: Aligner) -> None:
        self.segments = document.segments
        self._document = document
        self._target = target
        self._align = align
        indexes: dict[str, int] = {}
        self._parts = [
            [(start, indexes.setdefault(text, len(indexes))) for start, text in _texts(segment, source)]
            for segment in self.segments
        ]
        self.texts = list(indexes)
        self._translated: dict[int, tuple[str, float | None, Sequence[Doubt]]] = {}
        self.results: list[SegmentTranslation | None] = [None] * len(self.segments)
        self.scores: list[float | None] = []
        self.doubts: list[tuple[Doubt, ...]] = []

    @property
    def original(self) -> str:
        """The source texts of all segments, joined by line breaks."""
        return "\n".join(segment.text for segment in self.segments)

    @property
    def translated(self) -> str:
        """The translations of the finished segments, joined by line breaks."""
        return "\n".join(result.text for result in self.results[: self.done] if result)

    @property
    def done(self) -> int:
        """Number of finished segments; segments finish in order."""
        return len(self.scores)

    @property
    def unsure(self) -> int:
        """Number of finished segments whose translation should be checked."""
        return sum(result.doubtful for result in self.results[: self.done] if result)

    @property
    def over(self) -> bool:
        """Whether every segment is finished."""
        return self.done == len(self.segments)

    def add(self, index: int, translation: str, score: float | None, doubts: Sequence[Doubt] = ()) -> bool:
        """Set the translation of ``texts[index]``; returns whether this finished a segment."""
        self._translated[index] = translation, score, doubts
        before = self.done
        while not self.over and all(part in self._translated for _, part in self._parts[self.done]):
            parts = self._parts[self.done]
            joined = self._joined(self.segments[self.done], parts)
            score = least_sure(self._translated[part][1] for _, part in parts)
            doubts = all_doubts(self._translated[part][2] for _, part in parts)
            self.results[self.done] = replace(joined, doubtful=is_unsure(score) or bool(doubts))
            self.scores.append(score)
            self.doubts.append(doubts)
        return self.done > before

    def file_bytes(self, note: str = "") -> bytes:
        """The file with all finished translations; unfinished segments keep their source text.

        Args:
            note: a sentence about the translation that the file carries.
        """
        return self._document.rewritten(list(self.results), note)

    def pairs(self) -> list[dict[str, object]]:
        """The finished segments as JSON: spans in both joined texts, scores and doubts."""
        finished = [result.text for result in self.results[: self.done] if result]
        sources = _line_spans([segment.text for segment in self.segments[: self.done]])
        return [
            {"source": list(source), "target": list(target), "score": score, "doubts": list(doubts)}
            for source, target, score, doubts in zip(
                sources, _line_spans(finished), self.scores, self.doubts, strict=True
            )
        ]

    def _joined(self, segment: DocumentSegment, parts: Sequence[tuple[int, int]]) -> SegmentTranslation:
        text, seen = "", 0
        links: list[Link] = []
        for start, index in parts:
            original, translation = self.texts[index], self._translated[index][0]
            gap = segment.text[seen:start]
            text += between(gap, text, translation, self._target) if text else gap
            if segment.formatted:
                for (a, b), (c, d), weight in self._align(original, translation):
                    links.append(((start + a, start + b), (len(text) + c, len(text) + d), weight))
            text += translation
            seen = start + len(original)
        return SegmentTranslation(text + segment.text[seen:], tuple(links))


def _texts(segment: DocumentSegment, language: str) -> list[tuple[int, str]]:
    """The texts of a segment in this language, each with its offset."""
    if not segment.formatted:
        return [(0, segment.text)]
    return [(sentence.start, sentence.text) for sentence in split_sentences(segment.text, language=language)]


def _line_spans(lines: Sequence[str]) -> list[Span]:
    """The spans of lines in their join by line breaks."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [(end - 1 - len(line), end - 1) for line, end in zip(lines, ends, strict=True)]
