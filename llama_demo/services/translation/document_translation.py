"""A document's passages on their way through the translator: apart into texts, and together again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate

from llama_demo.documents.segments import DocumentSegment, Link, RewritableDocument, SegmentTranslation
from llama_demo.tasks.translate_text import is_unsure, least_sure
from llama_demo.text.layout import between
from llama_demo.text.sentences import split_sentences

Aligned = Callable[[str, str], Sequence[Link]]
"""Which words of a sentence and of its translation belong together."""


class DocumentTranslation:
    """What is to be translated of a document, and what is translated already.

    A passage is one text, but one with formatting goes sentence by sentence, since it is the words of
    sentences that can be aligned. Equal texts are translated once.

    Args:
        document: the file.
        language: into which it is translated.
        aligned: asked for sentences of passages with formatting.

    Attributes:
        texts: to translate, all different.
        results: for each passage its translation, or None as long as there is none.
        scores: of each passage that is done, the lowest of its texts; None if nothing was translated.
    """

    def __init__(self, document: RewritableDocument, language: str, aligned: Aligned) -> None:
        self.segments = document.segments
        self._document = document
        self._language = language
        self._aligned = aligned
        numbers: dict[str, int] = {}
        self._parts = [
            [(start, numbers.setdefault(text, len(numbers))) for start, text in _texts(segment)]
            for segment in self.segments
        ]
        self.texts = list(numbers)
        self._translated: dict[int, tuple[str, float | None]] = {}
        self.results: list[SegmentTranslation | None] = [None] * len(self.segments)
        self.scores: list[float | None] = []

    @property
    def original(self) -> str:
        """All passages, one a line."""
        return "\n".join(segment.text for segment in self.segments)

    @property
    def translated(self) -> str:
        """The passages that are done, one a line."""
        return "\n".join(result.text for result in self.results[: self.done] if result)

    @property
    def done(self) -> int:
        """Passages from the first one on that are translated."""
        return len(self.scores)

    @property
    def unsure(self) -> int:
        """Passages that are done and in which a reader should look twice."""
        return sum(map(is_unsure, self.scores))

    @property
    def over(self) -> bool:
        """Whether all is translated."""
        return self.done == len(self.segments)

    def add(self, number: int, translation: str, score: float | None) -> bool:
        """Take the translation of ``texts[number]``; returns whether a passage became complete."""
        self._translated[number] = translation, score
        before = self.done
        while not self.over and all(part in self._translated for _, part in self._parts[self.done]):
            parts = self._parts[self.done]
            self.results[self.done] = self._joined(self.segments[self.done], parts)
            self.scores.append(least_sure(self._translated[part][1] for _, part in parts))
        return self.done > before

    def written(self) -> bytes:
        """The file as far as it is translated; the rest has its original text."""
        return self._document.rewritten(list(self.results))

    def pairs(self) -> list[dict[str, object]]:
        """Where the passages stand in :attr:`original` and :attr:`translated`, as the history keeps it."""
        finished = [result.text for result in self.results[: self.done] if result]
        sources = _spans([segment.text for segment in self.segments[: self.done]])
        return [
            {"source": list(source), "target": list(target), "score": score}
            for source, target, score in zip(sources, _spans(finished), self.scores, strict=True)
        ]

    def _joined(self, segment: DocumentSegment, parts: Sequence[tuple[int, int]]) -> SegmentTranslation:
        text, seen = "", 0
        links: list[Link] = []
        for start, number in parts:
            original, (translation, _) = self.texts[number], self._translated[number]
            gap = segment.text[seen:start]
            text += between(gap, text, translation, self._language) if text else gap
            if segment.formatted:
                for (a, b), (c, d), weight in self._aligned(original, translation):
                    links.append(((start + a, start + b), (len(text) + c, len(text) + d), weight))
            text += translation
            seen = start + len(original)
        return SegmentTranslation(text + segment.text[seen:], tuple(links))


def _texts(segment: DocumentSegment) -> list[tuple[int, str]]:
    """Where the texts of a passage begin."""
    if not segment.formatted:
        return [(0, segment.text)]
    return [(sentence.start, sentence.text) for sentence in split_sentences(segment.text)]


def _spans(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Where lines stand that are joined by line breaks."""
    ends = accumulate(len(line) + 1 for line in lines)
    return [(end - 1 - len(line), end - 1) for line, end in zip(lines, ends, strict=True)]
