"""What somebody asks, about what, and who is to answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from llama_demo.tasks.generate import GenerateOptions

Answerer = Literal["auto", "extractive", "generative"]
"""``extractive`` marks a span of a passage, ``generative`` writes; ``auto`` is what the models allow."""


@dataclass(frozen=True)
class Part:
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

    parts: tuple[Part, ...] = ()
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
class Asked:
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
