"""Somebody has a document translated: passage by passage, into a file of the same format."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

import regex

from llama_demo.documents.formats import suffix_of
from llama_demo.documents.rewriting import LARGEST_FILE, SUFFIXES, open_document
from llama_demo.documents.segments import Link, RewritableDocument
from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.history.recording import Recording
from llama_demo.services.history.runs import Runs
from llama_demo.services.translation.document_translation import DocumentTranslation
from llama_demo.services.translation.request import AUTO, TranslationRequest, settings_of
from llama_demo.services.translation.service import TranslationService
from llama_demo.services.translation.translated_files import TranslatedFile, TranslatedFileStore
from llama_demo.services.visits import Visit
from llama_demo.tasks.glossary import Term

__all__ = [
    "LARGEST_FILE",
    "SUFFIXES",
    "DocumentTranslationProgress",
    "DocumentTranslationService",
    "TranslatedFile",
]

LONGEST_NAME = 120
"""Characters of the file's name that are kept."""

AT_ONCE, WAITING = 4, 12
"""Documents that are translated at the same time, and those that may wait for it."""

_INTERVAL = 0.1
"""Seconds between two progresses."""
_TICK = 0.5  # seconds of waiting, after which a reader may have left

_MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".srt": "application/x-subrip",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# What a name is not to hold: control characters, signs that turn the reading order, and what
# file systems forbid.
_UNFIT = regex.compile(r"[\p{C}\u2028\u2029<>:\"/\\|?*]+")


@dataclass(frozen=True)
class DocumentTranslationProgress:
    """How far a document has come.

    Attributes:
        id: by which the file can be fetched as soon as it is translated; empty while it waits.
        name: of the translated file.
        done, total: passages: paragraphs, cells, subtitles.
        language: from which it is translated.
        model: the model's name, or several.
        unsure: passages of these in which a reader should look twice.
        state: ``waiting`` for the documents of others, ``running``, ``done`` or ``stopped``.
        seconds_left: None as long as nobody can tell.
        latest: the passage that was translated last.
        run_id: of its row in the history; None if nothing is kept.
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


class DocumentTranslationService:
    """Translates files for visitors and keeps the results until they are fetched."""

    def __init__(
        self, translating: TranslationService, runs: Runs, files: TranslatedFileStore | None = None
    ) -> None:
        self._translating = translating
        self._runs = runs
        self._files = files or TranslatedFileStore()
        self._line = BoundedQueue(at_once=AT_ONCE, waiting=WAITING, full="documents_busy")

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
    ) -> Generator[DocumentTranslationProgress, None, None]:
        """Translate a file, when it is its turn. The first progress comes before anything is translated.

        Closing the iterator, or :meth:`stop`, ends it; what was translated stays, the rest of the file
        keeps its original text.

        Args:
            name: of the file; its ending tells the format.
            otherwise: into which language a file goes that is in ``target`` already; none if empty.
            key: what :meth:`stop` can name this by.

        Raises:
            InputError: before the first progress, for a file that cannot be read, that is too long or has
                no words, for one that is in the target language already, for a direction that nobody
                translates; ``documents_busy`` if too many wait.
            DemoError: later, for what broke; what was translated before can still be fetched.
        """
        asked = TranslationRequest("", source, target, beams, model, tuple(glossary))
        with self._line.place() as patience:
            while not patience(_TICK):
                yield DocumentTranslationProgress(
                    "", translated_name(name, target), 0, 0, "", "", state="waiting"
                )
            document = _opened(name, data)
            yield from self._translated(visit, name, document, self._settled(asked, document, otherwise), key)

    def _translated(
        self, visit: Visit, name: str, document: RewritableDocument, asked: TranslationRequest, key: str
    ) -> Generator[DocumentTranslationProgress, None, None]:
        target, used = asked.target, self._model_of(asked)
        passages = DocumentTranslation(
            document, target, lambda text, other: self._aligned(asked, text, other)
        )
        renamed = translated_name(name, target)
        file_id = self._files.hold(visit, lambda: _file(passages, renamed, target))
        options = {**settings_of(asked), "document": renamed}
        recording = self._runs.record(
            visit, task="translate", model=used, input=passages.original, options=options
        )
        total = len(passages.segments)
        first = DocumentTranslationProgress(
            file_id, renamed, 0, total, asked.source, used, run_id=recording.id
        )
        with recording:
            try:
                yield first
                yield from self._progress(passages, asked, first, recording, key)
            finally:
                self._files.finish(file_id)

    def stop(self, key: str) -> bool:
        """End the translation that was begun under ``key``; returns whether there was one."""
        return self._translating.stop(key)

    def result(self, visit: Visit, file_id: str) -> TranslatedFile:
        """The file with what is translated so far.

        Raises:
            InputError: ``document_gone``, for another visitor's file too.
        """
        return self._files.get(visit, file_id)

    def discard(self, visit: Visit, file_id: str) -> None:
        """Forget a file of this visitor."""
        self._files.discard(visit, file_id)

    def _settled(
        self, asked: TranslationRequest, document: RewritableDocument, otherwise: str
    ) -> TranslationRequest:
        """The request with both languages told.

        Raises:
            InputError: ``document_nothing``, ``document_same_language``, and what the translator refuses.
        """
        source = asked.source
        if source == AUTO:
            sample = "\n".join(segment.text for segment in document.segments)
            source = self._translating.detect(sample).language
        if not source:
            raise InputError("document_nothing")
        asked = replace(asked, source=source, target=(source == asked.target and otherwise) or asked.target)
        if source == asked.target:
            raise InputError("document_same_language")
        for _ in self._translating.texts(asked, []):
            pass  # refuses what it would refuse later, and loads the models
        return asked

    def _model_of(self, asked: TranslationRequest) -> str:
        """The name of the model that will be used, or of several."""
        routes = self._translating.models_for(asked.source, asked.target)
        named = [route for route in routes if asked.model in (route.model, *route.models)]
        return (named or routes)[0].model

    def _progress(
        self,
        passages: DocumentTranslation,
        asked: TranslationRequest,
        first: DocumentTranslationProgress,
        recording: Recording,
        key: str,
    ) -> Generator[DocumentTranslationProgress, None, None]:
        begun = time.monotonic()
        due = 0.0
        for number, text, score in self._translating.texts(asked, passages.texts, key=key):
            if not passages.add(number, text, score) or passages.over:
                continue
            recording.progress(passages.translated)
            if time.monotonic() >= due:
                yield _later(first, passages, time.monotonic() - begun)
                due = time.monotonic() + _INTERVAL
        status = "done" if passages.over else "stopped"
        told = {
            "source": asked.source,
            "target": asked.target,
            "model": first.model,
            "total": first.total,
            "pairs": passages.pairs(),
        }
        recording.finish(status, passages.translated, told)
        yield replace(_later(first, passages, 0.0), state=status, seconds_left=0.0)

    def _aligned(self, asked: TranslationRequest, text: str, translation: str) -> list[Link]:
        """The words of a sentence that belong together; none if the translator cannot tell.

        A sentence that is longer than the model reads was translated in parts and cannot be aligned whole.
        """
        try:
            found = self._translating.alignment(replace(asked, text=text), translation)
        except InputError:
            return []
        return [(link.source, link.target, link.weight) for link in found]


def translated_name(name: str, target: str) -> str:
    """``report.docx`` as ``report.zh.docx``, without what a file system or a reader could stumble over."""
    suffix = suffix_of(name)
    stem = PurePosixPath(name.replace("\\", "/")).name[: -len(suffix)]
    return f"{_UNFIT.sub(' ', stem).strip(' .')[:LONGEST_NAME] or 'document'}.{target}{suffix}"


def _opened(name: str, data: bytes) -> RewritableDocument:
    """The file, if it is one that can be translated.

    Raises:
        InputError: what :func:`open_document` raises, ``document_nothing``.
    """
    document = open_document(name, data)
    if not document.segments:
        raise InputError("document_nothing")
    return document


def _file(passages: DocumentTranslation, name: str, language: str) -> TranslatedFile:
    media_type = _MEDIA_TYPES[suffix_of(name)]
    complete = passages.over  # asked first: another thread may add the last passage meanwhile
    return TranslatedFile(name, passages.written(), media_type, language, complete)


def _later(
    first: DocumentTranslationProgress, passages: DocumentTranslation, seconds: float
) -> DocumentTranslationProgress:
    """The progress now, after so many seconds of work."""
    done = passages.done
    latest = passages.results[done - 1] if done else None
    left = seconds / done * (first.total - done) if done else None
    return replace(
        first,
        done=done,
        unsure=passages.unsure,
        seconds_left=left,
        latest=latest.text if latest else "",
    )
