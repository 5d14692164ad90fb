"""Answers questions: chooses the model, retrieves passages, records the run, stops it on demand."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import partial

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import InputError, PolicyError
from llama_demo.services.answering.answer import (
    Answerer,
    AnswerRequest,
    AnswerUpdate,
    Evidence,
    Subject,
    Variant,
)
from llama_demo.services.answering.excerpt import Excerpt, excerpt_of
from llama_demo.services.answering.extractive import extractive_answer
from llama_demo.services.answering.generative import GenerativeAnswering
from llama_demo.services.answering.retrieval import PassageRetrieval
from llama_demo.services.background import one_in_background
from llama_demo.services.history.runs import RunRecording, RunService
from llama_demo.services.library.library import Library
from llama_demo.services.library.search import SearchService
from llama_demo.services.models import Models
from llama_demo.services.moderation import Moderation, OutputCheck
from llama_demo.services.stop_registry import StopRegistry
from llama_demo.services.visits import Visit
from llama_demo.services.writers import Writers
from llama_demo.tasks.extract import Way
from llama_demo.tasks.follow_up.standalone import standalone

TAB = "ask"
"""Where the content policy finds what this service writes."""

LONGEST_QUESTION = 10_000
"""Characters."""

_INSTRUCT = "instruct"
_KEPT_TEXT = 50_000
"""Characters of a text that is stored with its run in the history; of a longer one only the name is."""

_QUOTED = 300
"""Characters of a passage that are stored in the history."""


@dataclass(frozen=True)
class AnswererOption:
    """A model that can answer.

    Attributes:
        answerer: ``extractive`` or ``generative``.
        active: whether it is the default of its kind.
        instruct: whether it follows instructions, such as to answer from passages.
    """

    model: str
    answerer: Answerer
    active: bool
    instruct: bool


class AnswerService:
    """Answers questions for visitors and records each run."""

    def __init__(
        self,
        models: Models,
        search: SearchService,
        library: Library,
        runs: RunService,
        moderation: Moderation,
        writers: Writers | None = None,
    ) -> None:
        self._models = models
        self._writers = writers or Writers(models)
        self._moderation = moderation
        self._search = search
        self._runs = runs
        self._passages = PassageRetrieval(models, search, library)
        self._composing = GenerativeAnswering(models, self._writers)
        self._stops = StopRegistry()

    def answerers(self) -> Sequence[AnswererOption]:
        """The models that can answer: readers, then decoders, in each the default one first."""
        kinds: tuple[tuple[Answerer, list[ModelEntry]], ...] = (
            ("extractive", self._models.entries("ask")),
            ("generative", self._writers.entries()),
        )
        return [
            AnswererOption(
                entry.name,
                answerer,
                entry.active,
                _INSTRUCT in entry.abilities,
            )
            for answerer, entries in kinds
            for entry in entries
        ]

    def resolved(self, subject: Subject, variant: Variant) -> Variant:
        """The variant with ``auto`` and the model's name filled in.

        Raises:
            InputError: ``ask_nothing_to_read`` for a reader without passages, ``ask_needs_instruct`` for
                passages and a decoder that does not follow instructions, ``model_missing``,
                ``model_unknown``, ``answerer_unknown``.
        """
        if variant.answerer not in ("auto", "extractive", "generative"):
            raise InputError("answerer_unknown", name=str(variant.answerer)[:40])
        reads = subject.kind != "chat" and variant.grounded
        answerer = variant.answerer
        if answerer == "auto":
            answerer = self._chosen(variant.model) if reads else "generative"
        if answerer == "extractive" and not reads:
            raise InputError("ask_nothing_to_read")
        found = self._named(answerer, variant.model)
        if answerer == "generative" and reads and not found.instruct:
            raise InputError("ask_needs_instruct", model=found.model)
        return Variant(answerer, reads, found.model)

    def ask(
        self, visit: Visit, request: AnswerRequest, *, key: str = "", origin: str | None = None
    ) -> Generator[AnswerUpdate, None, None]:
        """Answer a question. Closing the iterator stops the model and marks the run as stopped.

        Args:
            key: names this run for :meth:`stop`.
            origin: the id of the run that this is another version of.

        Raises:
            DemoError: before the first update for an invalid request or one that the content policy refuses,
                later if the model fails or writes what the policy refuses.
        """
        if not request.question.strip():
            raise InputError("question_empty")
        if len(request.question) > LONGEST_QUESTION:
            raise InputError(
                "ask_question_too_long", characters=len(request.question), limit=LONGEST_QUESTION
            )
        variant = self.resolved(request.subject, request.variant)
        understood = standalone(request.question, [(turn.role, turn.content) for turn in request.turns])
        notice = self._moderation.check_prompt(
            visit, TAB, request.question, understood, request.subject.system
        )
        first = AnswerUpdate(request.begins, "running", variant, standalone=understood, model=variant.model)
        recording = self._runs.record(
            visit,
            task="ask",
            model=variant.model,
            input=request.question,
            options=_options(request, variant),
            origin=origin,
            conversation=request.conversation,
        )
        stopped = threading.Event()
        with self._stops.register(key, stopped.set), recording:
            first = replace(first, run_id=recording.id, warning=recording.warning or notice)
            yield first
            yield from self._answered(visit, request, first, recording, stopped)

    def stop(self, key: str) -> bool:
        """End the run that was begun under ``key``; returns whether there was one."""
        return self._stops.stop(key)

    def context(self, visit: Visit, subject: Subject, evidence: Evidence, question: str = "") -> Excerpt:
        """A piece of evidence with the text of its document around it.

        Raises:
            InputError: ``chunk_unknown`` if it is no longer in the library, or not in the text.
        """
        if evidence.chunk is None:
            return excerpt_of(subject.parts, evidence)
        found = self._search.context(visit, evidence.chunk, question)
        answer = None
        if evidence.end > evidence.start and found.text[slice(*found.span)] == evidence.text:
            answer = (found.span[0] + evidence.start, found.span[0] + evidence.end)
        return Excerpt(
            found.document.name, found.page, found.heading, found.text, found.span, answer, found.whole
        )

    def _answered(
        self,
        visit: Visit,
        request: AnswerRequest,
        first: AnswerUpdate,
        recording: RunRecording,
        stopped: threading.Event,
    ) -> Iterator[AnswerUpdate]:
        passages: Sequence[Evidence] | None = ()
        if first.variant.grounded:
            retrieve = partial(self._passages.of, visit, request.subject, first.standalone)
            with closing(one_in_background(retrieve, stopped.is_set)) as results:
                for passages in results:
                    if passages is None:
                        yield first
        if passages is None or stopped.is_set():
            recording.finish("stopped", "", _timings(first))
            warning = recording.warning or first.warning
            yield replace(first, status="stopped", run_id=recording.id, warning=warning)
            return
        if first.variant.answerer == "extractive":
            way: Way = "library" if request.subject.kind == "library" else "text"
            reader = self._models.reader(first.model)
            updates = extractive_answer(reader, passages, way, first, stopped)
        else:
            written = self._composing.updates(request, passages, first, recording, stopped)
            updates = self._checked(written, self._moderation.output_check(visit, TAB, request.question))
        last = first
        try:
            with closing(updates):
                for last in updates:
                    if last.status != "running":
                        recording.finish(last.status, last.text, _timings(last))
                        warning = recording.warning or first.warning
                        last = replace(last, run_id=recording.id, warning=warning)
                    yield last
        except (GeneratorExit, PolicyError):  # the caller left, or the policy ended it; the text is stored
            recording.finish("stopped", last.text, _timings(last))
            raise

    def _checked(
        self, updates: Generator[AnswerUpdate, None, None], check: OutputCheck
    ) -> Generator[AnswerUpdate, None, None]:
        """The updates of a written answer, until the content policy ends it.

        Raises:
            PolicyError: the policy refuses what came next.
        """
        with closing(updates):
            for update in updates:
                refusal = check.refusal(update.text, complete=update.status != "running")
                if refusal is not None:
                    raise refusal
                yield update

    def _chosen(self, model: str) -> Answerer:
        """The answerer for ``auto``: the kind of the named model, else of the default ones."""
        candidates = self.answerers()
        for one in candidates:
            if model and one.model == model:
                return one.answerer
        active = {one.answerer: one for one in candidates if one.active}
        writes = "generative" in active and active["generative"].instruct
        return "generative" if writes or "extractive" not in active else "extractive"

    def _named(self, answerer: Answerer, model: str) -> AnswererOption:
        known = {one.model: one for one in self.answerers() if one.answerer == answerer}
        if not known:
            raise InputError("model_missing")
        if model and model not in known:
            raise InputError("model_unknown", name=model, known=", ".join(known))
        return known[model] if model else next(iter(known.values()))


def _options(request: AnswerRequest, variant: Variant) -> dict[str, object]:
    """The options of a question that are needed to open its run again."""
    parts = request.subject.parts
    short = sum(len(part.text) for part in parts) <= _KEPT_TEXT
    options: dict[str, object] = {
        "kind": request.subject.kind,
        "collection": request.subject.collection,
        "documents": list(request.subject.documents),
        "parts": [asdict(part) if short else {**asdict(part), "text": ""} for part in parts],
        "system": request.subject.system,
        "answerer": variant.answerer,
        "grounded": variant.grounded,
        "turns": [asdict(turn) for turn in request.turns],
    }
    return {**options, **asdict(request.options)} if variant.answerer == "generative" else options


def _timings(update: AnswerUpdate) -> dict[str, object]:
    """Figures and evidence of an answer, for the history."""
    return {
        **update.tokens,
        "answerable": update.answerable,
        "confidence": update.confidence,
        "evidence": [
            {
                "document": one.document,
                "chunk": one.chunk,
                "page": one.page,
                "heading": one.heading,
                "text": one.text[:_QUOTED],
                "answer": one.text[one.start : one.end],
            }
            for one in update.evidence
        ],
    }
