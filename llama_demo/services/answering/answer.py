"""The request for an answer, and the updates of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from llama_demo.errors import DemoError
from llama_demo.tasks.generate import GenerateOptions

Answerer = Literal["auto", "extractive", "generative"]
"""``extractive`` marks a span of a passage, ``generative`` writes; ``auto`` is resolved by the models."""


@dataclass(frozen=True)
class TextPart:
    """A part of the text that is asked about, such as a page.

    Attributes:
        document: the name of the file or text; may be empty.
        page: from 1; None for a text without pages.
        heading: the headings above it, the widest first, with › between.
    """

    text: str
    document: str = ""
    page: int | None = None
    heading: str = ""


@dataclass(frozen=True)
class Subject:
    """The subject of a conversation: a text, documents of the library, or neither (open chat).

    Attributes:
        parts: of the text; empty for the library and for open chat.
        collection: of the library; empty for none.
        documents: ids of documents of the collection; empty for all of them.
        system: the system message for a decoder; empty for the app's own.
    """

    parts: tuple[TextPart, ...] = ()
    collection: str = ""
    documents: tuple[str, ...] = ()
    system: str = ""

    @property
    def kind(self) -> Literal["text", "library", "chat"]:
        """The kind of subject: ``text``, ``library`` or ``chat``."""
        return "text" if self.parts else "library" if self.collection else "chat"


@dataclass(frozen=True)
class Variant:
    """One way to answer a question; several of them are answered side by side.

    Attributes:
        answerer: who answers.
        grounded: whether it reads the text or the documents.
        model: the name of the reader or the decoder; empty for the default one.
    """

    answerer: Answerer = "auto"
    grounded: bool = True
    model: str = ""


@dataclass(frozen=True)
class Turn:
    """An earlier message of a conversation.

    Attributes:
        role: ``user`` or ``assistant``.
    """

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class AnswerRequest:
    """A question and everything that its answer depends on.

    Attributes:
        turns: of the same conversation, before this question.
        begins: an answer that was cut off and is to be continued, by a decoder only. The text of every
            update begins with it.
        options: how a decoder writes.
        conversation: the id of the conversation that the answer belongs to; empty for none.
    """

    question: str
    subject: Subject = Subject()
    variant: Variant = Variant()
    turns: tuple[Turn, ...] = ()
    begins: str = ""
    options: GenerateOptions = field(default_factory=lambda: GenerateOptions(max_new_tokens=400))
    conversation: str = ""


@dataclass(frozen=True)
class Evidence:
    """A passage that supports an answer.

    Attributes:
        document: the name of the file or text.
        chunk: of the library, for its context; None for a text.
        start, end: the span of the answer in ``text``; both 0 if its exact words are not there.
        score, meaning, words: of the search, 0 to 1; 0 without a search.
        number: by which a written answer cites it, from 1.
    """

    text: str
    document: str = ""
    chunk: int | None = None
    page: int | None = None
    heading: str = ""
    start: int = 0
    end: int = 0
    score: float = 0.0
    meaning: float = 0.0
    words: float = 0.0
    number: int = 0


@dataclass(frozen=True)
class Claim:
    """A sentence of a written answer, and whether the passages support it.

    Attributes:
        start, end: in the answer.
        cites: numbers of existing evidence that it names.
        supported: whether one of the passages says something similar; the page marks other claims.
    """

    start: int
    end: int
    cites: tuple[int, ...]
    supported: bool


@dataclass(frozen=True)
class AnswerUpdate:
    """The state of an answer. The last one has ``status`` other than ``running``.

    Attributes:
        text: all of the answer so far. Empty if there is none: an unanswerable question has none, and the
            page says so in the visitor's language.
        variant: who answers, with ``auto`` resolved.
        answerable: false if the passages do not hold an answer.
        confidence: 0 to 1, of an extractive answer; None for a written one.
        calibrated: whether the confidence was fitted, so that it is the share of such answers that are
            right.
        evidence: passages that support the answer, best first.
        retrieved: every passage that was read, in the order of the search.
        claims: of a written answer with passages; complete with the last update only.
        standalone: the question with what it refers to filled in.
        prompt: the exact prompt of a decoder; empty for a reader.
        model: that answers.
        tokens: figures of a decoder as in ``/generate``, with ``prompt_tokens`` and ``context``.
        dropped: number of the oldest turns that did not fit into the prompt.
        limits: abilities of the model, if it cannot follow instructions in general.
        warning: why the history or the conversation could not be written, else what the content policy says
            about the question.
        error: why an answer ``failed`` after its first update.
    """

    text: str
    status: str
    variant: Variant
    answerable: bool = True
    confidence: float | None = None
    calibrated: bool = False
    evidence: tuple[Evidence, ...] = ()
    retrieved: tuple[Evidence, ...] = ()
    claims: tuple[Claim, ...] = ()
    standalone: str = ""
    prompt: str = ""
    model: str = ""
    tokens: Mapping[str, object] = field(default_factory=dict)
    dropped: int = 0
    limits: tuple[str, ...] = ()
    waiting: int = 0
    run_id: str | None = None
    warning: DemoError | None = None
    error: DemoError | None = None
