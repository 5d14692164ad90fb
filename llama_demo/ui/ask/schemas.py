"""Schemas of the Ask tab."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from llama_demo.services.answering.answer import Answerer, Subject, TextPart, Variant
from llama_demo.services.library.library import SAMPLE
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.schemas import Name, RichText, Schema, Text

LONGEST_SYSTEM = 4_000
"""Characters of a system message."""

LONGEST_ANSWER = 400
"""Tokens after which a written answer is cut off; it can be continued."""

DARING: Mapping[str, float] = MappingProxyType({"precise": 0.2, "balanced": 0.7, "creative": 1.0})
"""Temperatures by their names on the page."""

Kind = Literal["library", "text", "chat"]
"""The kind of a conversation's subject."""

Documents = Annotated[tuple[Name, ...], Field(max_length=10_000)]
"""Ids of documents; empty for all of a collection."""


class SubjectRequest(Schema):
    """What a new conversation is about."""

    kind: Kind = "library"
    collection: Name = SAMPLE
    documents: Documents = ()
    text: Text = ""
    system: Annotated[Text, Field(max_length=LONGEST_SYSTEM)] = ""

    def subject(self, parts: tuple[TextPart, ...]) -> Subject:
        """The subject for the service; ``parts`` are those of the text."""
        if self.kind == "library":
            return Subject(collection=self.collection, documents=self.documents, system=self.system)
        return Subject(parts=parts if self.kind == "text" else (), system=self.system)


class VariantRequest(Schema):
    """Who answers, and from what."""

    answerer: Answerer = "auto"
    grounded: bool = True
    model: Name = ""

    @property
    def variant(self) -> Variant:
        """The variant for the service."""
        return Variant(self.answerer, self.grounded, self.model)


class AskRequest(Schema):
    """A request for answers.

    Attributes:
        act: ``say`` asks a question, ``again`` makes another version of an answer, ``continue`` continues
            one that was cut off, and ``add`` adds an answer of another variant.
        ask: number of the request on its page, which identifies its answers.
        conversation: its id; empty for a new one, about ``subject``.
        text: the question.
        parent: the message that the question follows.
        message: the answer to repeat or continue, or the question that gets another answer.
    """

    act: Literal["say", "again", "continue", "add"] = "say"
    ask: int = Field(0, ge=0)
    conversation: Name = ""
    subject: SubjectRequest | None = None
    text: Text = ""
    parent: Name | None = None
    message: Name = ""
    variants: Annotated[tuple[VariantRequest, ...], Field(min_length=1, max_length=4)] = (VariantRequest(),)
    daring: Literal["precise", "balanced", "creative"] = "balanced"

    @property
    def options(self) -> GenerateOptions:
        """The options of a decoder."""
        return GenerateOptions(max_new_tokens=LONGEST_ANSWER, temperature=DARING[self.daring])


class ConversationRequest(Schema):
    """A conversation, by its id."""

    conversation: Name


class RenameConversationRequest(ConversationRequest):
    """A new title of a conversation."""

    title: Name


class MessageRequest(ConversationRequest):
    """A message of a conversation, by its id."""

    message: Name


class AnswerPassageRequest(MessageRequest):
    """A passage of an answer, by its index in one of the lists."""

    list: Literal["evidence", "retrieved"] = "evidence"
    place: int = Field(0, ge=0)


class ConversationsRequest(Schema):
    """A page of the list of conversations; ``before`` is the place of the last one that is listed."""

    query: Name = ""
    before: Name | None = None


class TextFileRequest(Schema):
    """The name of a file to ask about, which is uploaded with it."""

    name: Name = ""


class SuggestionsRequest(Schema):
    """What to suggest questions about: documents, an existing conversation, or a pasted text."""

    collection: Name = ""
    documents: Documents = ()
    conversation: Name = ""
    text: Text = ""


class RunRequest(Schema):
    """A run of the history, by its id."""

    run: Name


class SubjectItem(Schema):
    """A short description of a conversation's subject.

    Attributes:
        name: of the file; empty for a pasted text.
        pages, characters: of the text.
    """

    collection: str
    documents: list[str]
    name: str
    pages: int
    characters: int


class ConversationListItem(Schema):
    """A conversation of the list."""

    id: str
    title: str
    kind: Kind
    temporary: bool


class ConversationItem(ConversationListItem):
    """A conversation without its messages; ``leaf`` is the id of the message at which it goes on."""

    leaf: str | None
    subject: SubjectItem


class FileConversationItem(ConversationItem):
    """A conversation that was begun about a file.

    Attributes:
        notices: what of the file could not be read, each as HTML.
    """

    notices: list[str]


class VariantItem(Schema):
    """Who answered, and from what."""

    answerer: Answerer
    grounded: bool
    model: str


class EvidenceItem(Schema):
    """A passage of an answer.

    Attributes:
        pieces: the text in pieces, each with the sum of its marks (:mod:`llama_demo.ui.marks`).
        number: by which the answer cites it; 0 if it is not cited by number.
    """

    number: int
    document: str
    page: int | None
    heading: str
    pieces: list[tuple[str, int]]
    score: float
    meaning: float
    words: float


class QuestionItem(Schema):
    """A question of a conversation."""

    role: Literal["user"] = "user"
    id: str
    parent: str | None
    content: str


class AnswerFactsItem(Schema):
    """The fields of an answer except its text.

    Attributes:
        across: whether there is no answer and the best passage is in another language than the question.
        unsupported: whether the passages do not support one of the sentences.
        standalone: the question with what it refers to filled in.
        prompted: whether there is a prompt that can be shown.
        tokens: figures of a decoder, by name.
        dropped: number of the oldest messages that did not fit into the prompt.
        limits: abilities of the model, if it cannot follow instructions in general.
        waiting: number of requests before this one in the queue.
        warning: a notice of an error or of what could not be stored, as HTML.
    """

    status: str
    variant: VariantItem
    answerable: bool
    confidence: float | None
    calibrated: bool
    evidence: list[EvidenceItem]
    retrieved: list[EvidenceItem]
    across: bool
    unsupported: bool
    standalone: str
    prompted: bool
    model: str
    tokens: dict[str, Any]
    dropped: int
    limits: list[str]
    waiting: int
    warning: str


class AnswerItem(AnswerFactsItem):
    """An answer of a conversation; ``blocks`` is the tree of a written answer, None for an extractive one."""

    role: Literal["assistant"] = "assistant"
    id: str
    parent: str | None
    text: str
    blocks: RichText | None


class ConversationsResponse(Schema):
    """A page of the list of conversations, and where the next one begins, if there may be one."""

    conversations: list[ConversationListItem]
    before: str | None


class ConversationResponse(ConversationItem):
    """A conversation with its messages, in the order in which they were made."""

    messages: list[QuestionItem | AnswerItem]


class ConversationIdResponse(Schema):
    """The id of a conversation; None if there is none."""

    id: str | None


class PromptResponse(Schema):
    """The exact prompt of an answer."""

    prompt: str


class SuggestionsResponse(Schema):
    """Suggested questions."""

    questions: list[str]


class ReopenItem(Schema):
    """A run of the history to show: its id and its question."""

    run: str
    question: str
    kind: Kind
    collection: str


class ReopenLine(Schema):
    """The only line of a run of the history that is shown again; ``begin`` is an id of the stream."""

    begin: str
    reopen: ReopenItem


class AskBeginLine(Schema):
    """The first line of a stream: an id of its own, and the page's number of the request."""

    begin: str
    ask: int


class ConversationLine(Schema):
    """The conversation of the answers that follow."""

    conversation: ConversationItem


class QuestionLine(Schema):
    """The question of the answers that follow."""

    question: QuestionItem


class AnswerLine(Schema):
    """An answer begins."""

    answer: AnswerItem


class AnswerTextLine(Schema):
    """The id of an answer, the UTF-16 units of its text that stay, and what follows them."""

    text: tuple[str, int, str]


class AnswerBlocksLine(Schema):
    """The id of an answer, how many of its blocks stay, and those that follow."""

    blocks: tuple[str, int, RichText]


class AnswerFactsLine(Schema):
    """The id of an answer, and the fields of :class:`AnswerFactsItem` that changed."""

    set: tuple[str, dict[str, Any]]


class AskEndLine(Schema):
    """The last line of a stream."""

    end: Literal[True] = True
