"""Server functions of the Ask tab: conversations, passages in context, suggested questions."""

from __future__ import annotations

from llama_demo.errors import InputError
from llama_demo.services.answering.answer import AnswerUpdate, Subject
from llama_demo.services.answering.conversation import Conversation
from llama_demo.ui.ask.schemas import (
    AnswerPassageRequest,
    ConversationIdResponse,
    ConversationRequest,
    ConversationResponse,
    ConversationsRequest,
    ConversationsResponse,
    MessageRequest,
    PromptResponse,
    RenameConversationRequest,
    RunRequest,
    SuggestionsRequest,
    SuggestionsResponse,
)
from llama_demo.ui.ask.serializers import serialize_conversation, serialize_summary
from llama_demo.ui.calls import Call
from llama_demo.ui.marks import pieces
from llama_demo.ui.schemas import PassageContext
from llama_demo.ui.tab_context import Services

LISTED = 30
"""Conversations that are listed at once."""


class AskServer:
    """Server functions of the tab."""

    def __init__(self, services: Services) -> None:
        self._answering = services.answering
        self._conversations = services.conversations
        self._chat = services.chat
        self._sources = services.sources
        self._suggestions = services.suggestions
        self._erasure = services.erasure

    def conversations(self, call: Call, request: ConversationsRequest) -> ConversationsResponse:
        """The visitor's conversations, the one that was last changed first."""
        found = self._conversations.page(call.visit, request.query, LISTED, request.before)
        return ConversationsResponse(
            conversations=[serialize_summary(one) for one in found],
            before=found[-1].place if len(found) == LISTED else None,
        )

    def rename(self, call: Call, request: RenameConversationRequest) -> None:
        """Rename a conversation."""
        self._conversations.rename(call.visit, request.conversation, request.title)

    def delete(self, call: Call, request: ConversationRequest) -> None:
        """Delete a conversation with its runs."""
        self._erasure.delete_conversation(call.visit, request.conversation)

    def conversation(self, call: Call, request: ConversationRequest) -> ConversationResponse:
        """A conversation with all of its messages."""
        return serialize_conversation(self._conversations.open(call.visit, request.conversation))

    def conversation_of_run(self, call: Call, request: RunRequest) -> ConversationIdResponse:
        """The conversation of a run of the history, if it still exists."""
        return ConversationIdResponse(id=self._conversations.of_run(call.visit, request.run))

    def choose(self, call: Call, request: MessageRequest) -> None:
        """Set the message at which the conversation goes on."""
        self._conversations.choose(call.visit, request.conversation, request.message)

    def branch(self, call: Call, request: MessageRequest) -> ConversationIdResponse:
        """Copy the messages up to one into a new conversation."""
        one = self._conversations.branch(call.visit, request.conversation, request.message)
        return ConversationIdResponse(id=one.id)

    def stop(self, call: Call) -> None:
        """Stop the answers of this page."""
        self._chat.stop(call.page)

    def keep(self, call: Call, request: ConversationRequest) -> None:
        """Store a temporary conversation after all."""
        self._conversations.keep_shown(call.visit, request.conversation)

    def passage(self, call: Call, request: AnswerPassageRequest) -> PassageContext:
        """A passage of an answer in the text that it stands in."""
        one, update = self._answer(call, request)
        passages = update.evidence if request.list == "evidence" else update.retrieved
        if request.place >= len(passages):
            raise InputError("chunk_unknown")
        found = self._answering.context(call.visit, one.subject, passages[request.place], update.standalone)
        return PassageContext(
            document=found.document,
            page=found.page,
            heading=found.heading,
            language="",
            pieces=pieces(found.text, (), found.answer, found.span),
            whole=found.whole,
        )

    def prompt(self, call: Call, request: MessageRequest) -> PromptResponse:
        """The exact prompt of an answer."""
        _, update = self._answer(call, request)
        return PromptResponse(prompt=update.prompt)

    def suggestions(self, call: Call, request: SuggestionsRequest) -> SuggestionsResponse:
        """Suggested questions."""
        subject = Subject(collection=request.collection, documents=request.documents)
        if request.conversation:
            subject = self._conversations.heading(call.visit, request.conversation).subject
        elif request.text:
            subject = Subject(self._sources.pasted(request.text))
        return SuggestionsResponse(questions=list(self._suggestions.about(call.visit, subject)))

    def _answer(self, call: Call, request: MessageRequest) -> tuple[Conversation, AnswerUpdate]:
        """The conversation, and the last update of one of its answers.

        Raises:
            InputError: ``message_unknown``.
        """
        one = self._conversations.open(call.visit, request.conversation)
        message = one.message(request.message)
        if message is None or message.update is None:
            raise InputError("message_unknown")
        return one, message.update
