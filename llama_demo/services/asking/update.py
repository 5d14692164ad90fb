"""What the answer to a question is so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from llama_demo.errors import DemoError
from llama_demo.services.asking.question import Variant


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
class Update:
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
