"""A visitor's conversations: begin, branch, list, find, rename, delete, and save after all.

A branch is a conversation of its own, with the messages up to one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from llama_demo.errors import DemoError, InputError, StoreError
from llama_demo.services.answering.answer import Subject
from llama_demo.services.answering.conversation import (
    Conversation,
    ConversationSummary,
    message_from_row,
    subject_from_record,
    subject_record,
)
from llama_demo.services.answering.conversation_repository import ConversationLocation, ConversationRepository
from llama_demo.services.names import LONGEST_NAME, one_line
from llama_demo.services.visits import Visit
from llama_demo.store import conversation as rows
from llama_demo.store.conversations import ConversationStore

LARGEST_PAGE = 100

Stored = TypeVar("Stored")


class ConversationService:
    """A visitor's own conversations, stored or, in temporary mode, in memory.

    Args:
        store: of the database.
        most: stored conversations of an owner; 0 is no limit. Further ones are held in memory alone.
    """

    def __init__(self, store: ConversationStore, *, most: int = 0) -> None:
        self._repository = ConversationRepository(store, most=most)

    def page(
        self, visit: Visit, query: str = "", limit: int = 30, before: str | None = None
    ) -> list[ConversationSummary]:
        """The visitor's conversations, the one that was last changed first.

        Args:
            query: words that occur in the title or the messages.
            limit: 1 to 100.
            before: :attr:`ConversationSummary.place` of the last one seen, for the next page.

        Raises:
            InputError: ``out_of_range``.
            StoreError: they cannot be read.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise InputError("out_of_range", name="limit", value=limit, low=1, high=LARGEST_PAGE)
        held = self._repository.held(visit)
        entries = []
        for place in self._repository.of(visit):
            found = place.store.page(owner=place.owner, limit=limit + len(held), query=query, before=before)
            entries += [_entry(one, place) for one in found if place.temporary or one.id not in held]
        return sorted(entries, key=lambda entry: entry.place, reverse=True)[:limit]

    def count(self, visit: Visit) -> int:
        """Number of the visitor's conversations, those in memory included."""
        places = self._repository.of(visit)
        twice = [
            one for one in self._repository.held(visit) if len([1 for each in places if each.get(one)]) > 1
        ]
        return sum(place.store.count(owner=place.owner) for place in places) - len(twice)

    def open(self, visit: Visit, conversation_id: str) -> Conversation:
        """A conversation with all of its messages.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
        """
        place, one = self._repository.find(visit, conversation_id)
        return _conversation(one, place.messages(one.id), temporary=_stays_temporary(visit, place, one))

    def heading(self, visit: Visit, conversation_id: str) -> Conversation:
        """A conversation without its messages, which are not read.

        Raises:
            InputError: ``conversation_unknown``.
        """
        place, one = self._repository.find(visit, conversation_id)
        return _conversation(one, (), temporary=_stays_temporary(visit, place, one))

    def of_run(self, visit: Visit, run_id: str) -> str | None:
        """The id of the conversation in which a run of the history was an answer; None if there is none."""
        found = (place.store.of_run(run_id, owner=place.owner) for place in self._repository.of(visit))
        return next((one for one in found if one is not None), None)

    def begin(self, visit: Visit, subject: Subject) -> Conversation:
        """Begin a conversation about a subject; it is stored with its first question.

        Raises:
            InputError: ``visitor_needed`` for a visit without owner and page.
        """
        one = self._repository.begin(visit, kind=subject.kind, subject=subject_record(subject))
        return _conversation(one, [], temporary=visit.temporary or visit.owner is None)

    def choose(self, visit: Visit, conversation_id: str, leaf: str) -> None:
        """Set the message at which the conversation goes on; a temporary visit changes nothing.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
        """
        place, one = self._repository.find(visit, conversation_id)
        if visit.temporary and not place.temporary:
            return
        if not place.store.choose(one.id, leaf, owner=place.owner):
            raise InputError("message_unknown")

    def rename(self, visit: Visit, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            InputError: ``conversation_title`` for an empty or too long one; ``conversation_unknown``.
            StoreError: ``deletion_incomplete`` if the former title could not yet be overwritten.
        """
        fit = one_line(title)
        if not fit or len(fit) > LONGEST_NAME:
            raise InputError("conversation_title", limit=LONGEST_NAME)
        place, one = self._repository.find(visit, conversation_id)
        place.store.rename(one.id, fit, owner=place.owner)

    def branch(self, visit: Visit, conversation_id: str, message_id: str) -> Conversation:
        """Copy the messages up to one into a new conversation, in the location of the old one.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
            StoreError: it cannot be stored, or ``conversations_full``.
        """
        one = self.open(visit, conversation_id)
        path = [message.id for message in one.path(message_id)]
        if not path:
            raise InputError("message_unknown")
        place, row = self._repository.find(visit, conversation_id)
        messages = {each.id: each for each in place.messages(row.id)}
        return self.open(visit, self._repository.copy(visit, place, row, [messages[each] for each in path]))

    def delete(self, visit: Visit, conversation_id: str) -> None:
        """Delete a conversation with its runs, and its text from the disk.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
            StoreError: ``deletion_incomplete`` if it is deleted but its text could not be overwritten yet.
        """
        self._repository.find(visit, conversation_id)
        for place in self._repository.of(visit):
            self._repository.drop(place, conversation_id)

    def drop_held(self, visit: Visit, conversation_id: str = "") -> None:
        """Drop a conversation that is held in memory, or the copy of a stored one; without an id, all."""
        for place in self._repository.of(visit):
            if not place.temporary:
                continue
            if conversation_id:
                self._repository.drop(place, conversation_id)
            else:
                self._repository.clear(place)

    def keep_shown(self, visit: Visit, conversation_id: str = "") -> int:
        """Store the page's temporary conversations after all; returns how many.

        Args:
            conversation_id: only this one; empty for all that are complete.

        Raises:
            InputError: ``visitor_needed`` for a visit without an owner, or ``nothing_to_keep``.
            StoreError: they cannot be stored, or ``conversations_full``.
        """
        database, memory = self._repository.database(visit), self._repository.memory(visit)
        found = [one for one in self._repository.finished(visit) if conversation_id in ("", one.id)]
        if not found:
            raise InputError("nothing_to_keep")
        for one in found:
            self._repository.move(memory, database, one)
        return len(found)

    def store(
        self, visit: Visit, conversation_id: str, write: Callable[[ConversationLocation], Stored | None]
    ) -> tuple[Stored, DemoError | None]:
        """Write into a conversation, or into a copy in memory if the database cannot be written.

        Args:
            write: writes into the location of the conversation; returns None if the message that it
                follows does not exist.

        Returns:
            What ``write`` returned, and the error of the database, if any.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
        """
        warning = None
        try:
            stored = write(self._repository.for_message(visit, conversation_id))
        except StoreError as exc:
            warning = exc
            stored = write(self._repository.in_memory(visit, conversation_id))
        if stored is None:
            raise InputError("message_unknown")
        return stored, warning


def _stays_temporary(visit: Visit, place: ConversationLocation, one: rows.ConversationRow) -> bool:
    """Whether the next message is not stored either, because the conversation is temporary."""
    begun = one.leaf is not None
    return place.temporary and (begun or visit.temporary or visit.owner is None)


def _entry(one: rows.Heading, place: ConversationLocation) -> ConversationSummary:
    return ConversationSummary(
        one.id, one.title, one.kind, one.created, one.changed, place.temporary, one.place
    )


def _conversation(
    one: rows.ConversationRow, messages: Sequence[rows.MessageRow], *, temporary: bool
) -> Conversation:
    return Conversation(
        id=one.id,
        title=one.title,
        kind=one.kind,
        created=one.created,
        changed=one.changed,
        temporary=temporary,
        place=one.place,
        subject=subject_from_record(one.subject),
        leaf=one.leaf,
        messages=tuple(message_from_row(each) for each in messages),
    )
