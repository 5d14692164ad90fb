"""What the scripts of the Ask tab ask for, checked: pages can be forged."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from llama_demo.services.asking.answer import Subject, TextPart, Variant
from llama_demo.services.library.library import SAMPLE
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.wishes import Name, Text

LONGEST_SYSTEM = 4_000
"""Characters of what a model is told before everything else."""

LONGEST_ANSWER = 400
"""Tokens after which a written answer is cut off; it can be gone on with."""

DARING: Mapping[str, float] = MappingProxyType({"precise": 0.2, "balanced": 0.7, "creative": 1.0})
"""Temperatures by the names that the page has for them."""


class About(BaseModel):
    """What a conversation is to be about."""

    kind: Literal["library", "text", "chat"] = "library"
    collection: Name = SAMPLE
    documents: Annotated[list[Name], Field(max_length=10_000)] = []
    text: Text = ""
    system: Annotated[Text, Field(max_length=LONGEST_SYSTEM)] = ""

    def subject(self, parts: tuple[TextPart, ...]) -> Subject:
        """What the service is asked about; ``parts`` are those of the text."""
        if self.kind == "library":
            return Subject(collection=self.collection, documents=tuple(self.documents), system=self.system)
        return Subject(parts=parts if self.kind == "text" else (), system=self.system)


class Answering(BaseModel):
    """Who is to answer."""

    answerer: Literal["auto", "extractive", "generative"] = "auto"
    grounded: bool = True
    model: Name = ""

    @property
    def variant(self) -> Variant:
        """As the service has it."""
        return Variant(self.answerer, self.grounded, self.model)


class Wish(BaseModel):
    """Something to be answered.

    Attributes:
        act: a question, another version of an answer, more of one that was cut off, or another answer.
        ask: counts the requests of a page, so that it can tell a late answer from the one it waits for.
        conversation: its id; empty for a new one, about ``subject``.
        text: the question.
        parent: the message that the question follows.
        message: the answer that is to be another one, or the question that gets one more.
    """

    act: Literal["say", "again", "go_on", "also"] = "say"
    ask: int = Field(0, ge=0)
    conversation: Name = ""
    subject: About | None = None
    text: Text = ""
    parent: Name | None = None
    message: Name = ""
    variants: Annotated[list[Answering], Field(min_length=1, max_length=4)] = [Answering()]
    daring: Literal["precise", "balanced", "creative"] = "balanced"

    @property
    def options(self) -> GenerateOptions:
        """How a decoder writes."""
        return GenerateOptions(max_new_tokens=LONGEST_ANSWER, temperature=DARING[self.daring])


class Talk(BaseModel):
    """A conversation, a message of it, and what is to be done with them.

    Attributes:
        list, place: which passage of an answer.
    """

    conversation: Name = ""
    message: Name = ""
    list: Literal["evidence", "retrieved"] = "evidence"
    place: int = Field(0, ge=0)


class Talks(BaseModel):
    """Conversations that are looked for, after one of them was perhaps renamed or deleted."""

    query: Name = ""
    before: Name | None = None
    act: Literal["", "rename", "delete"] = ""
    conversation: Name = ""
    title: Name = ""


class File(BaseModel):
    """A file to be asked about; ``name`` is as the visitor calls it."""

    name: Name = ""


class Suggested(BaseModel):
    """What questions are wanted about: documents, a conversation that was begun, or a pasted text."""

    collection: Name = ""
    documents: Annotated[list[Name], Field(max_length=10_000)] = []
    conversation: Name = ""
    text: Text = ""


class OfRun(BaseModel):
    """A run of the history."""

    run: Name
