"""A question with all that its answer depends on, and the state of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from llama_demo.errors import DemoError
from llama_demo.tasks.generate import GenerateOptions

Answerer = Literal["auto", "extractive", "generative"]
"""``extractive`` marks a span of a passage, ``generative`` writes; ``auto`` is what the models allow."""


@dataclass(frozen=True)
class TextPart:
    """A piece of the text that is asked about, such as a page.

    Attributes:
        document: the name of the file, or what the text is called; may be empty.
        page: from 1; None where there are no pages.
        heading: the headings above it, the widest first, with › between.
    """

    text: str
    document: str = ""
    page: int | None = None
    heading: str = ""


@dataclass(frozen=True)
class Subject:
    """What a conversation is about: a text, documents of the library, or, with neither, anything.

    Attributes:
        parts: of the text; empty for the library and for open chat.
        collection: of the library; empty for none.
        documents: ids of documents of the collection; empty for all of them.
        system: what a decoder is told before everything else; empty for what the app tells it.
    """

    parts: tuple[TextPart, ...] = ()
    collection: str = ""
    documents: tuple[str, ...] = ()
    system: str = ""

    @property
    def kind(self) -> Literal["text", "library", "chat"]:
        """Which of the three ways to ask this is."""
        return "text" if self.parts else "library" if self.collection else "chat"


@dataclass(frozen=True)
class Variant:
    """One way to answer a question; several of them are answered side by side.

    Attributes:
        answerer: who answers.
        grounded: whether it may see the text or the documents.
        model: the name of the reader or the decoder; empty for the default one.
    """

    answerer: Answerer = "auto"
    grounded: bool = True
    model: str = ""


@dataclass(frozen=True)
class Turn:
    """Something that was said before, oldest first.

    Attributes:
        role: ``user`` or ``assistant``.
    """

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class AnswerRequest:
    """A question with all that its answer depends on.

    Attributes:
        turns: of the same conversation, before this question.
        begins: an answer that was cut off and is to be gone on with; for a decoder only. The text of
            every update begins with it.
        options: how a decoder writes.
    """

    question: str
    subject: Subject = Subject()
    variant: Variant = Variant()
    turns: tuple[Turn, ...] = ()
    begins: str = ""
    options: GenerateOptions = field(default_factory=lambda: GenerateOptions(max_new_tokens=400))


@dataclass(frozen=True)
class Evidence:
    """A passage that an answer rests on.

    Attributes:
        document: the file's name, or what the text is called.
        chunk: of the library, for its context; None for a text.
        start, end: where the answer stands in ``text``; both 0 if it stands there in no exact words.
        score, meaning, words: by which it was found, 0 to 1; 0 where nothing was searched.
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
    """A sentence of a written answer, and whether the passages bear it out.

    Attributes:
        start, end: in the answer.
        cites: numbers of evidence that it names and that there are.
        supported: whether one of the passages says something like it; unsupported ones are marked.
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
        calibrated: whether the confidence was measured: of answers with this one, so many are right.
        evidence: what the answer rests on, best first.
        retrieved: every passage that was looked at, as it was found.
        claims: of a written answer with passages; complete with the last update only.
        standalone: the question as it was understood in its conversation.
        prompt: exactly what a decoder was given; empty for a reader.
        model: that answers.
        tokens: figures of a decoder as ``/generate`` has them, ``prompt_tokens`` and ``context`` besides.
        dropped: how many of the oldest turns the decoder did not get to see.
        limits: ``ability`` keys of what the model can do, if it cannot follow instructions at large.
        warning: why the history or the conversation could not be written.
        error: why an answer ``failed`` that had begun already.
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
