"""Suggested questions about a text or documents, checked by the reader's answers."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath

from llama_demo.engine.fair_share import FairLock
from llama_demo.services.answering.answer import AnswerUpdate, Evidence, Subject, Variant
from llama_demo.services.answering.extractive import extractive_answer
from llama_demo.services.answering.retrieval import PassageRetrieval
from llama_demo.services.library.library import SAMPLE, DocumentRow, Library
from llama_demo.services.library.samples import SampleQuestion, sample_questions
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit
from llama_demo.store.chunks import ChunkStore
from llama_demo.store.library import DONE
from llama_demo.tasks.extract import Way
from llama_demo.tasks.read import Reader
from llama_demo.tasks.suggest import in_turns, suggestions

MOST = 4

_MOST_SECONDS = 4.0
"""Seconds after which no further question is checked."""
_MOST_DOCUMENTS = 3
"""Newest documents of a collection from which questions are made."""
_REMEMBERED = 5_000
"""Most checked questions that are cached."""
_LOOSE = 2.0
"""Largest ratio of the lengths of an answer and the expected words, one of which contains the other."""


@dataclass(frozen=True)
class _Candidate:
    """A question that may be suggested, with its expected answer.

    Attributes:
        answer: the expected words.
        near: the text around them.
        document: the name of the document; empty if there is only one.
    """

    question: str
    answer: str
    near: str
    document: str = ""


class Suggestions:
    """Suggests questions."""

    def __init__(self, models: Models, search: SearchService, library: Library, chunks: ChunkStore) -> None:
        self._models = models
        self._library = library
        self._chunks = chunks
        self._passages = PassageRetrieval(models, search, library)
        self._known: OrderedDict[tuple[str, str], float] = OrderedDict()
        self._turn = FairLock()

    def about(self, visit: Visit, subject: Subject) -> tuple[str, ...]:
        """At most four questions, the most confident first; none for open chat.

        Questions about the samples come with them, in the visitor's language; others are made from sentences
        of the text, or of the newest documents.

        Raises:
            InputError: ``collection_unknown``.
            CheckpointError, DeviceError: the reader cannot be loaded.
        """
        if subject.kind == "chat" or not self._models.entries("ask"):
            return ()
        reader = self._models.reader()
        candidates, name = self._candidates(visit, subject)
        key = f"{reader.name} {name}"
        with self._turn:  # one at a time: later callers with the same subject find the result in the cache
            found = dict(self._answered(visit, reader, subject, candidates, key))
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return tuple(sorted(found, key=lambda question: -found[question]))

    def _candidates(self, visit: Visit, subject: Subject) -> tuple[Iterator[_Candidate], str]:
        """Candidates, and the key under which they are cached."""
        if subject.kind == "text":
            text = "\n\n".join(part.text for part in subject.parts)
            return _made([("", text)]), sha256(text.encode("utf-8", "replace")).hexdigest()
        if subject.collection == SAMPLE and not subject.documents:
            return self._of_samples(visit), f"{SAMPLE} {visit.language}"
        documents = self._documents(visit, subject)
        texts = ((one.name, self._text(visit, one)) for one in documents)
        return _made(texts), " ".join(one.id for one in documents)

    def _documents(self, visit: Visit, subject: Subject) -> list[DocumentRow]:
        every = self._library.documents(visit, subject.collection)
        chosen = [one for one in every if not subject.documents or one.id in subject.documents]
        return [one for one in chosen if one.state == DONE][:_MOST_DOCUMENTS]

    def _text(self, visit: Visit, document: DocumentRow) -> str:
        return "\n\n".join(self._pieces(visit, document))

    def _near(self, visit: Visit, document: DocumentRow, answer: str) -> str:
        """The passage of a document that contains these words; empty if none does."""
        return next((text for text in self._pieces(visit, document) if answer in text), "")

    def _pieces(self, visit: Visit, document: DocumentRow) -> list[str]:
        return [chunk.text for chunk in self._chunks.of_document(document.id, owner=visit.owner)]

    def _answered(
        self,
        visit: Visit,
        reader: Reader,
        subject: Subject,
        candidates: Iterator[_Candidate],
        key: str,
    ) -> Iterator[tuple[str, float]]:
        """The questions that the reader answers as expected, with its confidence, within the time limit.

        Results are cached under ``key``, so that the next call gets further.
        """
        begun, found = time.monotonic(), 0
        for candidate in candidates:
            name = (key, candidate.question)
            if name not in self._known:
                if time.monotonic() - begun > _MOST_SECONDS:
                    return
                self._known[name] = self._sureness(visit, reader, subject, candidate)
            self._known.move_to_end(name)
            if self._known[name]:
                found += 1
                yield candidate.question, self._known[name]
            if found == MOST:
                return

    def _sureness(self, visit: Visit, reader: Reader, subject: Subject, candidate: _Candidate) -> float:
        """The reader's confidence in the expected words: first in their passage, then in the whole subject.

        0 if it does not find them.
        """
        near = _read(reader, candidate.question, [Evidence(candidate.near)], "text")
        if not any(_same(one.text[one.start : one.end], candidate.answer) for one in near.retrieved):
            return 0.0
        passages = self._passages.of(visit, subject, candidate.question)
        way: Way = "library" if subject.kind == "library" else "text"
        answer = _read(reader, candidate.question, passages, way)
        if not answer.evidence or not _same(answer.text, candidate.answer):
            return 0.0
        if candidate.document and answer.evidence[0].document != candidate.document:
            return 0.0
        return answer.confidence or 0.0

    def _of_samples(self, visit: Visit) -> Iterator[_Candidate]:
        """Questions about the samples, topics alternating; then others about the same articles."""
        every = self._library.documents(visit, SAMPLE)
        articles = {one.name: one for one in every if one.state == DONE}
        topics: dict[str, list[SampleQuestion]] = {}
        for one in sample_questions():
            if one.answer and one.language == visit.language and not one.across and one.article in articles:
                topics.setdefault(PurePosixPath(one.article).parent.name, []).append(one)
        for one in in_turns(list(topics.values())):
            near = self._near(visit, articles[one.article], one.answer)
            yield _Candidate(one.question, one.answer, near, one.article)
        mine = [one for one in articles.values() if one.language == visit.language]
        yield from _made((one.name, self._text(visit, one)) for one in mine)


def _read(reader: Reader, question: str, passages: Sequence[Evidence], way: Way) -> AnswerUpdate:
    update = AnswerUpdate("", "running", Variant("extractive"), standalone=question)
    *_, answer = extractive_answer(reader, passages, way, update, threading.Event())
    return answer


def _made(texts: Iterable[tuple[str, str]]) -> Iterator[_Candidate]:
    """Questions made from texts, which alternate; each with the name of its document."""
    return in_turns(
        [
            [_Candidate(one.question, one.answer, one.sentence, name) for one in suggestions(text)]
            for name, text in texts
        ]
    )


def _same(answer: str, expected: str) -> bool:
    """Whether one of the two contains the other, and little else."""
    short, long = sorted((_plain(answer), _plain(expected)), key=len)
    return bool(short) and short in long and len(long) <= _LOOSE * len(short) + 2


def _plain(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalnum())
