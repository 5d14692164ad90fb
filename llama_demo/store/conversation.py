"""A conversation and its messages as rows: what they hold, and how that stands in the tables.

    conversation ── question ┬─ answer ── question ── answer
                             ├─ answer (another version)
                             └─ ...

A message names the one that it follows, its parent. Versions, edits and branches are messages with the same
parent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llama_demo.store.clock import to_datetime, to_microseconds


@dataclass(frozen=True)
class Heading:
    """A conversation as a list shows it.

    Attributes:
        title: may be empty.
        kind: what it is about, in one word.
        created, changed: in UTC; ``changed`` is when the last message was begun or ended.
        leaf: the id of the message at which it goes on when it is opened again; None before the first one.
    """

    id: str
    title: str
    kind: str
    created: datetime
    changed: datetime
    leaf: str | None

    @property
    def place(self) -> str:
        """Its position in the owner's list, from which the next page can be read."""
        return f"{to_microseconds(self.changed):014x}{self.id}"


@dataclass(frozen=True)
class ConversationRow(Heading):
    """A conversation without its messages.

    Attributes:
        subject: what it is about, as JSON holds it.
    """

    subject: dict[str, Any]


@dataclass(frozen=True)
class MessageRow:
    """A question or an answer.

    Attributes:
        parent: the id of the message that it follows; None for one that begins the conversation.
        role: ``user`` or ``assistant``.
        status: as a run has it; a question is ``done``.
        variant: who answered and how.
        details: the fields of an answer besides its text.
    """

    id: str
    parent: str | None
    role: str
    content: str
    status: str
    created: datetime
    variant: dict[str, Any]
    details: dict[str, Any]


def place_of(place: str) -> tuple[int, str]:
    """Time of change and id of a :attr:`Heading.place`; the end of the list for an invalid one."""
    try:
        return int(place[:14], 16), place[14:]
    except ValueError:
        return 0, ""


def heading(row: Mapping[str, Any]) -> Heading:
    """The conversation of a row as a list shows it."""
    return Heading(**_heading(row))


def conversation(row: Mapping[str, Any]) -> ConversationRow:
    """The conversation of a row, its subject decoded."""
    return ConversationRow(**_heading(row), subject=json.loads(row["subject"]))


def message(row: Mapping[str, Any]) -> MessageRow:
    """The message of a row, its variant and details decoded."""
    return MessageRow(
        id=row["id"],
        parent=row["parent"],
        role=row["role"],
        content=row["content"],
        status=row["status"],
        created=to_datetime(row["created"]),
        variant=json.loads(row["variant"]),
        details=json.loads(row["details"]),
    )


def _heading(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "title": row["title"],
        "kind": row["kind"],
        "created": to_datetime(row["created"]),
        "changed": to_datetime(row["changed"]),
        "leaf": row["leaf"],
    }
