"""Translates documents for visitors: segment by segment, into a file of the same format."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import PurePosixPath
from queue import LifoQueue

import regex

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.parsing import Parser, ParsingLimits
from llama_demo.documents.registry import FORMATS, REWRITABLE, suffix_of
from llama_demo.documents.rewriting import LARGEST_FILE, OpenedDocument
from llama_demo.documents.segments import (
    DOUBT_SIGN,
    DocumentSegment,
    Link,
    RewritableDocument,
    SegmentTranslation,
)
from llama_demo.errors import DocumentError, InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.history.recording import RunRecording
from llama_demo.services.history.runs import RunService
from llama_demo.services.translation.request import AUTO, TranslationRequest, options_of
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.translation.translated_files import TranslatedFile, TranslatedFileStore
from llama_demo.services.visits import Visit
from llama_demo.span import Span
from llama_demo.tasks.glossary import Term
from llama_demo.tasks.translate_text import is_unsure, least_sure
from llama_demo.text.agreement.doubts import Doubt, all_doubts
from llama_demo.text.layout import between
from llama_demo.text.sentences import split_sentences

__all__ = [
    "DOUBT_SIGN",
    "LARGEST_FILE",
    "REWRITABLE",
    "DocumentTranslationProgress",
    "DocumentTranslationService",
    "TranslatedFile",
]

LONGEST_NAME = 120
"""Characters of a file's name that are kept."""

AT_ONCE, WAITING = 4, 12
"""Documents that are translated concurrently, and documents that may wait."""

_LIMITS = ParsingLimits(seconds=20)
"""Of a file that is read or written."""
_INTERVAL = 0.1
"""Seconds between two progress reports."""
_TICK = 0.5  # seconds between two reports of a waiting document; its reader may leave at each

# Not allowed in a file name: control characters, bidirectional controls, and what file systems forbid.
_UNFIT = regex.compile(r"[\p{C}\u2028\u2029<>:\"/\\|?*]+")

Aligner = Callable[[str, str], Sequence[Link]]
"""Links between the words of a sentence and of its translation."""


NoteWriter = Callable[[str, str, int], str]
"""The note of a translated file, given the model, the language and the number of doubtful segments."""


def _without_note(model: str, language: str, doubtful: int) -> str:
    del model, language, doubtful
    return ""


@dataclass(frozen=True)
class DocumentTranslationProgress:
    """Progress of a document.

    Attributes:
        id: of the file in :class:`TranslatedFileStore`; empty while the document waits.
        name: of the translated file.
        done, total: segments: paragraphs, cells, subtitles.
        language: source language.
        model: name of the model, or names joined by `` + ``.
        unsure: finished segments whose translation should be checked.
        state: ``waiting``, ``running``, ``done`` or ``stopped``.
        seconds_left: None until it can be estimated.
        latest: translation of the last finished segment.
        run_id: id of the row in the history; None if the visit keeps none.
        notices: what of the file could not be read.
    """

    id: str
    name: str
    done: int
    total: int
    language: str
    model: str
    unsure: int = 0
    state: str = "running"
    seconds_left: float | None = None
    latest: str = ""
    run_id: str | None = None
    notices: tuple[DocumentNotice, ...] = ()


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


class DocumentTranslationService:
    """Translates files for visitors, and keeps the results in memory until they are downloaded.

    Args:
        parsers: one for each of :data:`AT_ONCE` documents, so that a slow file delays no other; each reads
            and writes in a process of its own, which starts when it is needed.
    """

    def __init__(
        self,
        translation: TranslationService,
        runs: RunService,
        files: TranslatedFileStore | None = None,
        *,
        waiting: int = WAITING,
        parsers: Sequence[Parser] = (),
    ) -> None:
        self._translation = translation
        self._runs = runs
        self._files = files or TranslatedFileStore()
        self._parsers = parsers or [Parser(_LIMITS) for _ in range(AT_ONCE)]
        self._free: LifoQueue[Parser] = LifoQueue()  # the last one used has its process already
        for parser in self._parsers:
            self._free.put(parser)
        self._queue = BoundedQueue(at_once=AT_ONCE, waiting=waiting, full="documents_busy")

    def translate_document(
        self,
        visit: Visit,
        name: str,
        data: bytes,
        *,
        source: str = AUTO,
        target: str = "en",
        otherwise: str = "",
        beams: int = 1,
        model: str = "",
        glossary: Sequence[Term] = (),
        key: str = "",
        note: NoteWriter = _without_note,
    ) -> Generator[DocumentTranslationProgress, None, None]:
        """Translate a file once the queue admits it. The first progress comes before anything is translated.

        Closing the iterator, or :meth:`stop`, ends it; finished segments stay translated, the rest of the
        file keeps its source text.

        Args:
            name: of the file; its suffix tells the format.
            otherwise: target language of a file that is in ``target`` already; empty to refuse it.
            key: names this translation for :meth:`stop`.
            note: writes the note that the translated file carries.

        Raises:
            InputError: before the first progress, if the file has no words, or is in the target language
                already, or if no model offers the direction; ``documents_busy`` if the queue is full.
            DemoError: before the first progress, if the file cannot be read or is too long; later, if the
                model fails: what was translated before can still be downloaded; or if the file cannot be
                written, which drops it.
        """
        request = TranslationRequest("", source, target, beams, model, tuple(glossary))
        with self._queue.place() as is_admitted:
            while not is_admitted(_TICK):
                waiting = translated_name(name, target)
                yield DocumentTranslationProgress("", waiting, 0, 0, "", "", state="waiting")
            with self._parser() as parser:
                opened = _opened(parser, name, data)
                request = self._resolved(request, opened.body, otherwise)
                yield from self._translated(visit, name, opened, request, key, note)

    def _translated(
        self,
        visit: Visit,
        name: str,
        opened: OpenedDocument,
        request: TranslationRequest,
        key: str,
        note: NoteWriter,
    ) -> Generator[DocumentTranslationProgress, None, None]:
        target, model = request.target, self._model_of(request)
        result = DocumentTranslation(
            opened.body, request.source, target, lambda text, to: self._align(request, text, to)
        )
        renamed = translated_name(name, target)
        file_id = self._files.hold(
            visit, lambda: _file(result, renamed, target, note(model, target, result.unsure))
        )
        options = {**options_of(request), "document": renamed}
        recording = self._runs.record(
            visit, task="translate", model=model, input=result.original, options=options
        )
        total = len(result.segments)
        first = DocumentTranslationProgress(
            file_id, renamed, 0, total, request.source, model, run_id=recording.id, notices=opened.notices
        )
        with recording:
            try:
                yield first
                yield from self._progress(result, request, first, recording, key)
            finally:
                with suppress(DocumentError):  # then the file is gone; another error may be on its way
                    self._files.finish(file_id)

    def stop(self, key: str) -> bool:
        """Stop the translation of this key; returns whether one was running."""
        return self._translation.stop(key)

    def result(self, visit: Visit, file_id: str) -> TranslatedFile:
        """The file with the segments translated so far.

        Raises:
            InputError: ``document_gone``, also for another visitor's file.
        """
        return self._files.get(visit, file_id)

    def discard(self, visit: Visit, file_id: str) -> None:
        """Drop a file of this visitor."""
        self._files.discard(visit, file_id)

    def discard_all(self, visit: Visit) -> None:
        """Drop all files of this visitor."""
        self._files.discard_all(visit)

    def close(self) -> None:
        """End the processes that read and write files."""
        for parser in self._parsers:
            parser.close()

    @contextmanager
    def _parser(self) -> Iterator[Parser]:
        """A parser that no other document uses during the block."""
        parser = self._free.get()
        try:
            yield parser
        finally:
            self._free.put(parser)

    def _resolved(
        self, request: TranslationRequest, document: RewritableDocument, otherwise: str
    ) -> TranslationRequest:
        """The request with both languages set, and with the language detected for the whole document.

        Raises:
            InputError: ``document_nothing``, ``document_same_language``, and what the translator refuses.
        """
        guess = self._translation.detect("\n".join(segment.text for segment in document.segments))
        source = guess.language if request.source == AUTO else request.source
        if not source:
            raise InputError("document_nothing")
        target = (source == request.target and otherwise) or request.target
        if source == target:
            raise InputError("document_same_language")
        request = replace(request, source=source, target=target, guess=guess)
        for _ in self._translation.translate_texts(request, []):
            pass  # raises now what it would raise later, and loads the models
        return request

    def _model_of(self, request: TranslationRequest) -> str:
        """The name of the model of this request, or of several."""
        routes = self._translation.models_for(request.source, request.target)
        named = [route for route in routes if request.model in (route.model, *route.models)]
        return (named or routes)[0].model

    def _progress(
        self,
        result: DocumentTranslation,
        request: TranslationRequest,
        first: DocumentTranslationProgress,
        recording: RunRecording,
        key: str,
    ) -> Generator[DocumentTranslationProgress, None, None]:
        begun = time.monotonic()
        due = 0.0
        for translated in self._translation.translate_texts(request, result.texts, key=key):
            if not result.add(*translated) or result.over:
                continue
            recording.progress(result.translated)
            if time.monotonic() >= due:
                yield _later(first, result, time.monotonic() - begun)
                due = time.monotonic() + _INTERVAL
        status = "done" if result.over else "stopped"
        timings = {
            "source": request.source,
            "target": request.target,
            "model": first.model,
            "total": first.total,
            "pairs": result.pairs(),
        }
        self._files.finish(first.id)
        recording.finish(status, result.translated, timings)
        yield replace(_later(first, result, 0.0), state=status, seconds_left=0.0)

    def _align(self, request: TranslationRequest, text: str, translation: str) -> list[Link]:
        """Word links of a sentence; empty if the model cannot align all of it.

        A sentence longer than the model's context was translated in parts, and cannot be aligned as a whole.
        """
        try:
            found = self._translation.alignment(replace(request, text=text), translation)
        except InputError:
            return []
        return [(link.source, link.target, link.weight) for link in found.links() if found.whole]


def _opened(parser: Parser, name: str, data: bytes) -> OpenedDocument:
    """The file, opened for rewriting.

    Raises:
        DemoError: as :meth:`Parser.open`, and ``document_nothing`` if it has no segments.
    """
    opened = parser.open(name, data)
    if not opened.body.segments:
        raise InputError("document_nothing")
    return opened


def translated_name(name: str, target: str) -> str:
    """The translated file's name (``report.docx`` becomes ``report.zh.docx``), without unfit characters."""
    suffix = suffix_of(name)
    stem = PurePosixPath(name.replace("\\", "/")).name[: -len(suffix)]
    return f"{_UNFIT.sub(' ', stem).strip(' .')[:LONGEST_NAME] or 'document'}.{target}{suffix}"


def _file(result: DocumentTranslation, name: str, language: str, note: str) -> TranslatedFile:
    media_type = FORMATS[suffix_of(name)].media_type
    complete = result.over  # read first: another thread may add the last segment meanwhile
    return TranslatedFile(name, result.file_bytes(note), media_type, language, complete)


def _later(
    first: DocumentTranslationProgress, result: DocumentTranslation, seconds: float
) -> DocumentTranslationProgress:
    """The progress after so many seconds of work."""
    done = result.done
    latest = result.results[done - 1] if done else None
    left = seconds / done * (first.total - done) if done else None
    return replace(
        first,
        done=done,
        unsure=result.unsure,
        seconds_left=left,
        latest=latest.text if latest else "",
    )
