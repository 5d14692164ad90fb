"""A conversation with its messages, the progress of an answer, and their records in the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any

from llama_demo.errors import DemoError
from llama_demo.services.answering.answer import (
    AnswerUpdate,
    Claim,
    Evidence,
    Subject,
    TextPart,
    Turn,
    Variant,
)
from llama_demo.store import conversation as rows


@dataclass(frozen=True)
class ConversationSummary:
    """A conversation as the list shows it.

    Attributes:
        title: from the first question, or as its owner named it.
        kind: ``text``, ``library`` or ``chat``.
        created, changed: in UTC; ``changed`` is when the last message was begun or ended.
        temporary: whether it is held in memory alone, for this page, until the program ends.
        place: position in the list, from which the next page is read.
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
        update: the last one of an answer; None for a question.
    """

    id: str
    parent: str | None
    text: str
    created: datetime
    update: AnswerUpdate | None = None

    @property
    def role(self) -> str:
        """``user`` for a question, ``assistant`` for an answer."""
        return "user" if self.update is None else "assistant"

    @property
    def turn(self) -> Turn:
        """The message as a turn of the questions after it."""
        return Turn("user" if self.update is None else "assistant", self.text)


@dataclass(frozen=True)
class Conversation(ConversationSummary):
    """A conversation with its messages.

    Attributes:
        leaf: the id of the message at which it goes on; None without any message.
        messages: of all versions and branches, in the order in which they were begun.
    """

    subject: Subject
    leaf: str | None
    messages: tuple[Message, ...] = ()

    def message(self, message_id: str | None) -> Message | None:
        """The message of this id; None if there is none."""
        return next((each for each in self.messages if each.id == message_id), None)

    def path(self, message_id: str | None) -> list[Message]:
        """The messages from the first one to this one; empty for None."""
        known = {each.id: each for each in self.messages}
        path: list[Message] = []
        while message_id is not None and message_id in known:
            path.append(known[message_id])
            message_id = known[message_id].parent
        return path[::-1]


@dataclass(frozen=True)
class AnswerProgress:
    """How far an answer has come.

    Attributes:
        conversation, question, answer: ids of the conversation and of both messages.
    """

    conversation: str
    question: str
    answer: str
    update: AnswerUpdate


_IN_COLUMNS = ("text", "status", "variant")
_OF_THE_MOMENT = ("waiting", "warning")


def subject_record(subject: Subject) -> dict[str, Any]:
    """The subject as JSON values, for :func:`subject_from_record`."""
    return asdict(subject)


def subject_from_record(record: Mapping[str, Any]) -> Subject:
    """The subject of a record; fields that an earlier version did not have get their defaults."""
    parts = tuple(TextPart(**_known(TextPart, part)) for part in record.get("parts", ()))
    documents = tuple(record.get("documents", ()))
    return Subject(**_known(Subject, record) | {"parts": parts, "documents": documents})


def variant_record(variant: Variant) -> dict[str, Any]:
    """The variant as JSON values."""
    return asdict(variant)


def details(update: AnswerUpdate) -> dict[str, Any]:
    """The fields of an answer except text, status and variant, as JSON values."""
    record = asdict(replace(update, warning=None, error=None))
    for name in (*_IN_COLUMNS, *_OF_THE_MOMENT):
        del record[name]
    if update.error is not None:
        record["error"] = {"key": update.error.key, "values": update.error.values}
    return record


def message_from_row(row: rows.MessageRow) -> Message:
    """A message of the database with its answer."""
    update = _update(row) if row.role == "assistant" else None
    return Message(row.id, row.parent, row.content, row.created, update)


def _update(row: rows.MessageRow) -> AnswerUpdate:
    kept = _known(AnswerUpdate, row.details)
    for name in ("evidence", "retrieved"):
        kept[name] = tuple(Evidence(**_known(Evidence, each)) for each in kept.get(name, ()))
    kept["claims"] = tuple(
        Claim(**_known(Claim, each) | {"cites": tuple(each["cites"])}) for each in kept.get("claims", ())
    )
    kept["limits"] = tuple(kept.get("limits", ()))
    error = kept.get("error")
    kept["error"] = DemoError(error["key"], **error["values"]) if error else None
    variant = Variant(**_known(Variant, row.variant))
    return AnswerUpdate(**kept | {"text": row.content, "status": row.status, "variant": variant})


def _known(kind: type[Any], record: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of a record that are fields of this version."""
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in record.items() if name in names}
