"""What crosses between the Ask tab and the server."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from llama_demo.services.asking.answer import Answerer, Subject, TextPart, Variant
from llama_demo.services.library.library import SAMPLE
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.ui.schemas import Name, Schema, Text

LONGEST_SYSTEM = 4_000
"""Characters of what a model is told before everything else."""

LONGEST_ANSWER = 400
"""Tokens after which a written answer is cut off; it can be continued."""

DARING: Mapping[str, float] = MappingProxyType({"precise": 0.2, "balanced": 0.7, "creative": 1.0})
"""Temperatures by the names that the page has for them."""

Kind = Literal["library", "text", "chat"]
"""What a conversation is about."""

Documents = Annotated[tuple[Name, ...], Field(max_length=10_000)]
"""Ids of documents; empty for all of a collection."""

RichText = list[str | list[Any]]
"""A tree of elements, see :mod:`llama_demo.ui.ask.rich_text`."""


class SubjectRequest(Schema):
    """What a new conversation is about."""

    kind: Kind = "library"
    collection: Name = SAMPLE
    documents: Documents = ()
    text: Text = ""
    system: Annotated[Text, Field(max_length=LONGEST_SYSTEM)] = ""

    def subject(self, parts: tuple[TextPart, ...]) -> Subject:
        """The subject as the service has it; ``parts`` are those of the text."""
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
        """The variant as the service has it."""
        return Variant(self.answerer, self.grounded, self.model)


class AskRequest(Schema):
    """Something to be answered.

    Attributes:
        act: ``say`` asks a question, ``again`` answers once more, ``continue`` continues an answer that was
            cut off, and ``add`` adds an answer of another variant.
        ask: counts the requests of a page, so that it can tell a late answer from the one it waits for.
        conversation: its id; empty for a new one, about ``subject``.
        text: the question.
        parent: the message that the question follows.
        message: the answer that is answered again or continued, or the question that gets one more answer.
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
        """How a decoder writes."""
        return GenerateOptions(max_new_tokens=LONGEST_ANSWER, temperature=DARING[self.daring])


class ConversationRequest(Schema):
    """A conversation, by its id."""

    conversation: Name


class RenameConversationRequest(ConversationRequest):
    """Another title for a conversation."""

    title: Name


class MessageRequest(ConversationRequest):
    """A message of a conversation, by its id."""

    message: Name


class AnswerPassageRequest(MessageRequest):
    """A passage of an answer, by its place in one of the lists."""

    list: Literal["evidence", "retrieved"] = "evidence"
    place: int = Field(0, ge=0)


class ConversationsRequest(Schema):
    """Conversations that are searched for; ``before`` is the place of the last one that is listed already."""

    query: Name = ""
    before: Name | None = None


class TextFileRequest(Schema):
    """A file to be asked about, which comes beside it; ``name`` is as the visitor calls it."""

    name: Name = ""


class SuggestionsRequest(Schema):
    """What questions are wanted about: documents, a conversation that was begun, or a pasted text."""

    collection: Name = ""
    documents: Documents = ()
    conversation: Name = ""
    text: Text = ""


class RunRequest(Schema):
    """A run of the history, by its id."""

    run: Name


class SubjectItem(Schema):
    """What a conversation is about, in short.

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
    """What there is to an answer besides its text.

    Attributes:
        across: whether nothing was found where the likeliest passage is in another language.
        unsupported: whether a sentence is borne out by no passage.
        standalone: the question as it was understood in its conversation.
        prompted: whether there is a prompt that can be shown.
        tokens: figures of a decoder, by name.
        dropped: how many of the oldest messages the decoder did not get to see.
        limits: keys of what the model can do, if it cannot follow instructions at large.
        waiting: how many are ahead in the queue.
        warning: what went wrong, or could not be stored, as HTML.
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
    """An answer of a conversation; ``blocks`` is its text as a tree if a model wrote it, else None."""

    role: Literal["assistant"] = "assistant"
    id: str
    parent: str | None
    text: str
    blocks: RichText | None


class ConversationsResponse(Schema):
    """Conversations, and where the next ones begin, if there may be any."""

    conversations: list[ConversationListItem]
    before: str | None


class ConversationResponse(ConversationItem):
    """A conversation with its messages, in the order in which they were made."""

    messages: list[QuestionItem | AnswerItem]


class ConversationIdResponse(Schema):
    """The id of a conversation; None if there is none."""

    id: str | None


class PromptResponse(Schema):
    """The prompt of an answer, as the model got it."""

    prompt: str


class SuggestionsResponse(Schema):
    """Questions to begin with."""

    questions: list[str]


class ReopenItem(Schema):
    """A run of the history: its id, and what was asked."""

    run: str
    question: str
    kind: Kind
    collection: str


class ReopenLine(Schema):
    """The only line of a run of the history that is shown again; ``begin`` tells it from another one."""

    begin: str
    reopen: ReopenItem


class AskBeginLine(Schema):
    """The first line of a stream: an id of its own, and the page's number of the request."""

    begin: str
    ask: int


class ConversationLine(Schema):
    """Which conversation is answered in."""

    conversation: ConversationItem


class QuestionLine(Schema):
    """Which question is answered."""

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
