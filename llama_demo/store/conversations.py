"""The rows of conversations: a tree of messages each, written while it grows.

Rows are returned to and changed by their owner alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import sqlite_utils

from llama_demo.store import answers, conversation_words
from llama_demo.store.clock import IncreasingClock, microseconds_now, to_datetime, to_microseconds
from llama_demo.store.conversation import (
    ConversationRow,
    Heading,
    MessageRow,
    conversation,
    heading,
    message,
    place_of,
)
from llama_demo.store.database import TIMEOUT, Database
from llama_demo.store.ids import new_id
from llama_demo.store.json_columns import as_json
from llama_demo.store.open_message import OpenMessage, stored_details
from llama_demo.store.run import INTERRUPTED, RUNNING
from llama_demo.store.words import phrases
from llama_demo.unicode import replace_lone_surrogates

_BEGIN_TIMEOUT = 1.0
"""Seconds that the beginning of an answer may wait for a locked database."""


class ConversationStore:
    """The tables of conversations and messages.

    Opening them marks the running messages of programs that have died as interrupted; their text stays as
    it was last written.

    Args:
        database: open and migrated.
        clock: microseconds since 1970 in UTC.

    Attributes:
        interrupted: how many messages were found whose program is dead.
    """

    def __init__(self, database: Database, *, clock: Callable[[], int] = microseconds_now) -> None:
        self._database = database
        self._tick = IncreasingClock(clock)
        self.interrupted = self._mark_interrupted()

    def begin(
        self, *, kind: str, subject: Mapping[str, object], title: str = "", owner: str
    ) -> ConversationRow:
        """Store a conversation without any message."""
        now = self._tick()
        begun = ConversationRow(
            new_id(now),
            replace_lone_surrogates(title),
            kind,
            to_datetime(now),
            to_datetime(now),
            None,
            dict(subject),
        )
        self.put(begun, [], owner=owner)
        return begun

    def put(self, one: ConversationRow, messages: Sequence[MessageRow], *, owner: str) -> bool:
        """Store a conversation with its messages, parents first; only new messages, if it exists.

        Returns:
            False, and nothing is stored, if another owner has a conversation of that id.
        """
        values = _values(one) | {"owner": replace_lone_surrogates(owner)}
        with self._database.writing() as tables:
            tables.execute(_PUT, values)
            if tables.execute(_GET, values).fetchone() is None:
                return False
            tables.execute(_RENEW, values)
            _put_title(tables, values)
            for each in messages:
                if tables.execute("SELECT 1 FROM messages WHERE id = ?", [each.id]).fetchone() is None:
                    self._insert(tables, each, one.id, values["owner"])
        return True

    def page(self, *, owner: str, limit: int, query: str = "", before: str | None = None) -> list[Heading]:
        """Conversations with at least one message, the one that was last changed first.

        Args:
            query: words that occur in the title or the messages; see :mod:`llama_demo.store.words`. One
                without any word, such as ``%``, finds the conversations that hold it to the letter.
            before: the place of the last conversation seen; the page goes on after it.
        """
        changed, last = (2**62, "") if before is None else place_of(replace_lone_surrogates(before))
        condition, values = _narrowed(replace_lone_surrogates(query), owner=replace_lone_surrogates(owner))
        values |= {"owner": replace_lone_surrogates(owner), "changed": changed, "last": last, "limit": limit}
        select = f"{_PAGE} AND {condition} ORDER BY changed DESC, id DESC LIMIT :limit"
        with self._database.reading() as tables:
            return [heading(row) for row in tables.query(select, values)]

    def count(self, *, owner: str) -> int:
        """How many conversations with at least one message the owner has."""
        with self._database.reading() as tables:
            return int(tables.execute(_COUNT, {"owner": replace_lone_surrogates(owner)}).fetchone()[0])

    def get(self, conversation_id: str, *, owner: str) -> ConversationRow | None:
        """The conversation, or None if this owner has none of that id."""
        with self._database.reading() as tables:
            found = tables.query(_GET, _named(conversation_id, owner))
            return next((conversation(row) for row in found), None)

    def messages(self, conversation_id: str, *, owner: str) -> list[MessageRow]:
        """All messages of the owner's conversation, in the order in which they were begun."""
        with self._database.reading() as tables:
            return [message(row) for row in tables.query(_MESSAGES, _named(conversation_id, owner))]

    def of_run(self, run_id: str, *, owner: str) -> str | None:
        """The id of the owner's conversation in which a run of the history was an answer, or None."""
        values = {"run": replace_lone_surrogates(run_id), "owner": replace_lone_surrogates(owner)}
        with self._database.reading() as tables:
            row = tables.execute(_OF_RUN, values).fetchone()
            return None if row is None else str(row[0])

    def ask(
        self, conversation_id: str, content: str, *, parent: str | None, title: str, owner: str
    ) -> MessageRow | None:
        """Store a question; the first one gives a conversation without a title its ``title``.

        Returns:
            None, and nothing is stored, if the owner has no such conversation or it has no such ``parent``.
        """
        now = self._tick()
        question = MessageRow(
            new_id(now),
            parent,
            "user",
            replace_lone_surrogates(content),
            "done",
            to_datetime(now),
            variant={},
            details={},
        )
        with self._database.writing(timeout=_BEGIN_TIMEOUT) as tables:
            if not self._add(tables, question, conversation_id, replace_lone_surrogates(owner)):
                return None
            values = _named(conversation_id, owner) | {
                "title": replace_lone_surrogates(title),
                "leaf": question.id,
            }
            tables.execute(_CHOOSE, values)
            if tables.execute(_NAME, values).rowcount:
                _put_title(tables, values)
        return question

    def answer(
        self,
        conversation_id: str,
        *,
        parent: str,
        owner: str,
        variant: Mapping[str, object],
        choose: bool,
        details: Mapping[str, object] = MappingProxyType({}),
    ) -> OpenMessage | None:
        """Store an answer that begins now, as ``running``.

        Args:
            parent: the question.
            choose: whether the conversation goes on at this answer.
            details: what is known of it already, such as its run.

        Returns:
            None, and nothing is stored, if the owner has no such conversation or it has no such ``parent``.
        """
        now = self._tick()
        begun = MessageRow(
            new_id(now),
            parent,
            "assistant",
            "",
            RUNNING,
            to_datetime(now),
            variant=dict(variant),
            details=dict(details),
        )
        with self._database.writing(timeout=_BEGIN_TIMEOUT) as tables:
            if not self._add(tables, begun, conversation_id, replace_lone_surrogates(owner)):
                return None
            if choose:
                tables.execute(_CHOOSE, _named(conversation_id, owner) | {"leaf": begun.id})
        return OpenMessage(self._database, begun.id, replace_lone_surrogates(owner))

    def write(
        self,
        answer: OpenMessage,
        status: str,
        content: str,
        *,
        variant: Mapping[str, object],
        details: Mapping[str, object],
        timeout: float = TIMEOUT,
    ) -> None:
        """Store the text of an answer so far, or the final one; see :class:`OpenMessage`."""
        answer.write(status, content, variant=variant, details=details, now=self._tick(), timeout=timeout)

    def rename(self, conversation_id: str, title: str, *, owner: str) -> bool:
        """Give a conversation another title; False if this owner has none of that id.

        Raises:
            StoreError: ``deletion_incomplete`` if the title is stored but the former one is still in the
                log.
        """
        values = _named(conversation_id, owner) | {"title": replace_lone_surrogates(title)}
        with self._database.writing() as tables:
            if not tables.execute(_RENAME, values).rowcount:
                return False
            _put_title(tables, values)
            conversation_words.purge(tables)
        self._database.scrub()
        return True

    def choose(self, conversation_id: str, leaf: str, *, owner: str) -> bool:
        """Let the conversation go on at this message; False if the owner has no such message in it."""
        values = _named(conversation_id, owner) | {"leaf": replace_lone_surrogates(leaf)}
        with self._database.writing() as tables:
            return tables.execute(_CHOOSE, values).rowcount > 0

    def delete(self, conversation_id: str, *, owner: str) -> bool:
        """Remove a conversation with its runs, and its text from the disk.

        Returns:
            False if this owner has no conversation of that id; runs of it are removed all the same.

        Raises:
            StoreError: ``deletion_incomplete`` if it is deleted but its text is still in the log.
        """
        mine, ids = replace_lone_surrogates(owner), [replace_lone_surrogates(conversation_id)]
        return self._delete(lambda _: ids, mine) > 0

    def delete_all(self, *, owner: str) -> int:
        """Remove all conversations of the owner, and their texts from the disk; returns how many.

        Raises:
            StoreError: ``deletion_incomplete`` as for a single one.
        """
        mine = replace_lone_surrogates(owner)

        def every(tables: sqlite_utils.Database) -> list[str]:
            found = tables.execute("SELECT id FROM conversations WHERE owner = ?", [mine]).fetchall()
            return [one for (one,) in found]

        return self._delete(every, mine)

    def _delete(self, chosen: Callable[[sqlite_utils.Database], list[str]], owner: str) -> int:
        with self._database.writing() as tables:
            deleted = answers.delete_conversations(tables, chosen(tables), owner=owner)
        # Also when there was nothing: an earlier deletion may have left its text in the log.
        self._database.scrub()
        return deleted

    def _add(self, tables: sqlite_utils.Database, one: MessageRow, conversation_id: str, owner: str) -> bool:
        """Store a message of a conversation of this owner that has its parent; False if there is none."""
        values = _named(conversation_id, owner) | {"parent": one.parent}
        if tables.execute(_HAS, values).fetchone() is None:
            return False
        self._insert(tables, one, str(values["id"]), owner)
        tables.execute(_TOUCH, values | {"now": to_microseconds(one.created)})
        return True

    def _insert(
        self, tables: sqlite_utils.Database, one: MessageRow, conversation_id: str, owner: str
    ) -> None:
        values = {
            "id": one.id,
            "owner": owner,
            "conversation": conversation_id,
            "parent": one.parent,
            "role": one.role,
            "content": one.content,
            "status": one.status,
            "variant": as_json(one.variant),
            "details": as_json(stored_details(self._database, tables, one.details)),
            "created": to_microseconds(one.created),
            "process": self._database.process.name if one.status == RUNNING else "",
        }
        number = int(tables.execute(_INSERT, values).lastrowid or 0)
        if one.status != RUNNING:
            conversation_words.put_message(
                tables, number, owner=owner, conversation=conversation_id, text=one.content
            )

    def _mark_interrupted(self) -> int:
        """Mark the running messages of dead programs, of all owners; returns how many."""
        with self._database.writing() as tables:
            names = tables.execute("SELECT DISTINCT process FROM messages WHERE status = 'running'")
            dead = [name for (name,) in names.fetchall() if not self._database.process.lives(name)]
            cut_short = [row for name in dead for row in tables.query(_CUT_SHORT, [name])]
            for row in cut_short:
                tables.execute(_INTERRUPT, row)
                conversation_words.put_message(tables, **row)
        return len(cut_short)


def _values(one: ConversationRow) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": replace_lone_surrogates(one.title),
        "kind": one.kind,
        "subject": as_json(one.subject),
        "created": to_microseconds(one.created),
        "changed": to_microseconds(one.changed),
        "leaf": one.leaf,
    }


def _named(conversation_id: str, owner: str) -> dict[str, Any]:
    return {"id": replace_lone_surrogates(conversation_id), "owner": replace_lone_surrogates(owner)}


def _narrowed(query: str, *, owner: str) -> tuple[str, dict[str, Any]]:
    """The SQL condition of a query on conversations, and its values."""
    wanted, literal = phrases(query), query.strip()
    if wanted:
        condition, values = conversation_words.narrowed(wanted, owner=owner)
        return condition, dict(values)
    return (_BY_LETTER, {"literal": literal}) if literal else ("TRUE", {})


def _put_title(tables: sqlite_utils.Database, values: dict[str, Any]) -> None:
    (number,) = tables.execute("SELECT number FROM conversations WHERE id = :id", values).fetchone()
    conversation_words.put_title(
        tables, number, owner=values["owner"], conversation=values["id"], text=values["title"]
    )


_OWN = "id = :id AND owner = :owner"
_GET = f"SELECT * FROM conversations WHERE {_OWN}"  # noqa: S608  (our own words, values are bound)
_OF_RUN = """
    SELECT conversation FROM messages
    WHERE owner = :owner AND role = 'assistant' AND json_extract(details, '$.run_id') = :run
    ORDER BY number LIMIT 1
"""
_MESSAGES = "SELECT * FROM messages WHERE conversation = :id AND owner = :owner ORDER BY number"
_PAGE = """
    SELECT id, title, kind, created, changed, leaf FROM conversations
    WHERE owner = :owner AND leaf IS NOT NULL AND (changed, id) < (:changed, :last)
"""
_COUNT = "SELECT COUNT(*) FROM conversations WHERE owner = :owner AND leaf IS NOT NULL"
# instr, not LIKE: a % or _ in the query is a character like any other, and NUL does not end the text.
_BY_LETTER = """
    (instr(title, :literal) OR EXISTS (
        SELECT 1 FROM messages WHERE conversation = conversations.id AND instr(content, :literal)
    ))
"""
_PUT = """
    INSERT OR IGNORE INTO conversations(id, owner, title, kind, subject, created, changed, leaf)
    VALUES (:id, :owner, :title, :kind, :subject, :created, :changed, :leaf)
"""
_RENEW = f"UPDATE conversations SET title = :title, changed = :changed, leaf = :leaf WHERE {_OWN}"  # noqa: S608
_INSERT = """
    INSERT INTO messages(
        id, owner, conversation, parent, role, content, status, variant, details, created, process
    ) VALUES (
        :id, :owner, :conversation, :parent, :role, :content, :status, :variant, :details, :created, :process
    )
"""
_HAS = f"""
    SELECT 1 FROM conversations WHERE {_OWN}
        AND (:parent IS NULL OR EXISTS (SELECT 1 FROM messages WHERE id = :parent AND conversation = :id))
"""  # noqa: S608
_TOUCH = f"UPDATE conversations SET changed = :now WHERE {_OWN}"  # noqa: S608
_NAME = f"UPDATE conversations SET title = :title WHERE {_OWN} AND title = ''"  # noqa: S608
_RENAME = f"UPDATE conversations SET title = :title WHERE {_OWN}"  # noqa: S608
_CHOOSE = f"""
    UPDATE conversations SET leaf = :leaf
    WHERE {_OWN} AND EXISTS (SELECT 1 FROM messages WHERE id = :leaf AND conversation = :id)
"""  # noqa: S608
_CUT_SHORT = """
    SELECT number, owner, conversation, content AS text FROM messages
    WHERE status = 'running' AND process = ?
"""
_INTERRUPT = f"UPDATE messages SET status = '{INTERRUPTED}' WHERE number = :number"  # noqa: S608
