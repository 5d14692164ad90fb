"""Translates documents for visitors: segment by segment, into a file of the same format."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from queue import LifoQueue

import regex

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.parsing import Parser, ParsingLimits
from llama_demo.documents.registry import FORMATS, REWRITABLE, suffix_of
from llama_demo.documents.rewriting import LARGEST_FILE, OpenedDocument
from llama_demo.documents.segments import DOUBT_SIGN, Link, RewritableDocument
from llama_demo.errors import DocumentError, InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.history.recording import RunRecording
from llama_demo.services.history.runs import RunService
from llama_demo.services.translation.document_translation import DocumentTranslation
from llama_demo.services.translation.request import AUTO, TranslationRequest, options_of
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.translation.translated_files import TranslatedFile, TranslatedFileStore
from llama_demo.services.visits import Visit
from llama_demo.tasks.glossary import Term

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
