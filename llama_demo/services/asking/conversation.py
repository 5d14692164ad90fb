"""A conversation as a visitor sees it, and what is told while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from llama_demo.services.asking.question import Subject, Turn
from llama_demo.services.asking.update import Update


@dataclass(frozen=True)
class Entry:
    """A conversation as the list shows it.

    Attributes:
        title: from the first question, or as its owner named it.
        kind: ``text``, ``library`` or ``chat``.
        created, changed: in UTC; ``changed`` is when the last message was begun or ended.
        temporary: whether it lies in memory alone, for this page, and is gone with the program.
        place: in the list, for the next page of it.
    """

    id: str
    title: str
    kind: str
    created: datetime
    changed: datetime
    temporary: bool
    place: str


@dataclass(frozen=True)
class Message:
    """A question or an answer.

    Attributes:
        parent: the id of the message that it follows; None for one that begins the conversation.
        update: the last one of an answer, with all that there is to it; None for a question.
    """

    id: str
    parent: str | None
    text: str
    created: datetime
    update: Update | None = None

    @property
    def role(self) -> str:
        """``user`` for a question, ``assistant`` for an answer."""
        return "user" if self.update is None else "assistant"

    @property
    def turn(self) -> Turn:
        """What it is to those that follow."""
        return Turn("user" if self.update is None else "assistant", self.text)


@dataclass(frozen=True)
class Conversation(Entry):
    """All of a conversation.

    Attributes:
        leaf: the id of the message at which it goes on; None as long as nothing was said.
        messages: of all versions and branches, in the order in which they were begun.
    """

    subject: Subject
    leaf: str | None
    messages: tuple[Message, ...] = ()

    def message(self, message_id: str | None) -> Message | None:
        """The message of that id."""
        return next((each for each in self.messages if each.id == message_id), None)

    def path(self, message_id: str | None) -> list[Message]:
        """The messages from the first one to this one; to none, none."""
        known = {each.id: each for each in self.messages}
        path: list[Message] = []
        while message_id is not None and message_id in known:
            path.append(known[message_id])
            message_id = known[message_id].parent
        return path[::-1]


@dataclass(frozen=True)
class Said:
    """How far an answer has come.

    Attributes:
        conversation, question, answer: ids of the conversation and of both messages.
    """

    conversation: str
    question: str
    answer: str
    update: Update
