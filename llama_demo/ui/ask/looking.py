"""What the scripts of the Ask tab look up: conversations, passages where they stand, questions to try."""

from __future__ import annotations

from typing import Any

from llama_demo.errors import InputError
from llama_demo.services.asking.answer import AnswerUpdate, Subject
from llama_demo.services.asking.conversation import Conversation
from llama_demo.ui.ask.told import conversation_told, entry_told, message_told
from llama_demo.ui.ask.wishes import OfRun, Suggested, Talk, Talks
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Call
from llama_demo.ui.marks import pieces
from llama_demo.ui.wishes import read

LISTED = 30
"""Conversations that are listed at once."""


class Looking:
    """The look-ups; each is called by a script with what :mod:`~llama_demo.ui.ask.wishes` describes."""

    def __init__(self, services: Services) -> None:
        self._asking = services.asking
        self._conversations = services.conversations
        self._chat = services.chat
        self._sources = services.sources
        self._suggestions = services.suggestions

    def talks(self, call: Call) -> dict[str, Any]:
        """The visitor's conversations; ``before`` is where the next ones begin, if there may be any."""
        wish = read(Talks, call.event)
        if wish.act == "rename":
            self._conversations.rename(call.visit, wish.conversation, wish.title)
        elif wish.act == "delete":
            self._conversations.delete(call.visit, wish.conversation)
        found = self._conversations.page(call.visit, wish.query, LISTED, wish.before)
        return {
            "talks": [entry_told(one) for one in found],
            "before": found[-1].place if len(found) == LISTED else None,
        }

    def talk(self, call: Call) -> dict[str, Any]:
        """A conversation with all of its messages."""
        one = self._conversations.open(call.visit, read(Talk, call.event).conversation)
        return {**conversation_told(one), "messages": [message_told(each) for each in one.messages]}

    def of_run(self, call: Call) -> dict[str, Any]:
        """The conversation of a run of the history; None if it is not there any more."""
        return {"id": self._conversations.of_run(call.visit, read(OfRun, call.event).run)}

    def choose(self, call: Call) -> dict[str, Any]:
        """Go on at this message when the conversation is opened again."""
        wish = read(Talk, call.event)
        self._conversations.choose(call.visit, wish.conversation, wish.message)
        return {}

    def branch(self, call: Call) -> dict[str, Any]:
        """A conversation of its own with what was said up to a message."""
        wish = read(Talk, call.event)
        return {"id": self._conversations.branch(call.visit, wish.conversation, wish.message).id}

    def stop(self, call: Call) -> dict[str, Any]:
        """End what this page is being answered."""
        return {"stopped": self._chat.stop(call.page)}

    def keep(self, call: Call) -> dict[str, Any]:
        """Store a conversation after all that was begun in temporary mode."""
        wish = read(Talk, call.event)
        return {"kept": self._conversations.keep_shown(call.visit, wish.conversation)}

    def surroundings(self, call: Call) -> dict[str, Any]:
        """A passage of an answer in the text that it stands in."""
        wish = read(Talk, call.event)
        one, update = self._answer(call, wish)
        passages = update.evidence if wish.list == "evidence" else update.retrieved
        if wish.place >= len(passages):
            raise InputError("chunk_unknown")
        found = self._asking.context(call.visit, one.subject, passages[wish.place], update.standalone)
        return {
            "document": found.document,
            "page": found.page,
            "heading": found.heading,
            "language": "",
            "pieces": pieces(found.text, (), found.answer, found.span),
            "whole": found.whole,
        }

    def exact(self, call: Call) -> dict[str, Any]:
        """The prompt of an answer, as the model got it."""
        _, update = self._answer(call, read(Talk, call.event))
        return {"prompt": update.prompt}

    def suggested(self, call: Call) -> dict[str, Any]:
        """Questions to begin with."""
        wish = read(Suggested, call.event)
        subject = Subject(collection=wish.collection, documents=tuple(wish.documents))
        if wish.conversation:
            subject = self._conversations.open(call.visit, wish.conversation).subject
        elif wish.text:
            subject = Subject(self._sources.pasted(wish.text))
        return {"questions": self._suggestions.about(call.visit, subject)}

    def _answer(self, call: Call, wish: Talk) -> tuple[Conversation, AnswerUpdate]:
        """Raises: InputError: ``message_unknown``."""
        one = self._conversations.open(call.visit, wish.conversation)
        message = one.message(wish.message)
        if message is None or message.update is None:
            raise InputError("message_unknown")
        return one, message.update
