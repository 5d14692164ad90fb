"""Finds and keeps a visitor's conversations, in the database or in memory alone.

Memory holds conversations of temporary visits, and those without a question. A stored conversation
that goes on in temporary mode is held there too, under the same ids, so that it can be saved after all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace

from llama_demo.errors import InputError, StoreError
from llama_demo.services.visits import Visit
from llama_demo.store.clock import to_microseconds
from llama_demo.store.conversation import ConversationRow, MessageRow
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.ids import new_id
from llama_demo.store.memory import MemoryDatabase
from llama_demo.store.run import RUNNING

MOST_BYTES = 128 * 1024**2
"""Bytes in memory; the least recently used conversations are dropped first."""

MOST_HELD = 30
"""Most conversations in memory of one page."""


@dataclass(frozen=True)
class ConversationLocation:
    """A store of conversations, and the owner's name in it."""

    store: ConversationStore
    owner: str
    temporary: bool

    def get(self, conversation_id: str) -> ConversationRow | None:
        """The conversation; None if it is not here."""
        return self.store.get(conversation_id, owner=self.owner)

    def messages(self, conversation_id: str) -> list[MessageRow]:
        """The messages of a conversation."""
        return self.store.messages(conversation_id, owner=self.owner)


class ConversationRepository:
    """The conversations of all visitors, in the database and in memory.

    Args:
        store: of the database.
        most: conversations of an owner in the database; 0 is no limit.
        most_bytes: of the conversations in memory.
    """

    def __init__(self, store: ConversationStore, *, most: int = 0, most_bytes: int = MOST_BYTES) -> None:
        self._stored = store
        self._most = most
        self._most_bytes = most_bytes
        self._memory = MemoryDatabase()
        self._unstored = ConversationStore(self._memory)
        self._held: OrderedDict[str, str] = OrderedDict()
        self._turn = threading.Lock()

    def of(self, visit: Visit) -> list[ConversationLocation]:
        """The visitor's locations; a conversation in the first one hides its copy in the other."""
        return [place for place in (self._in_memory(visit), self._in_database(visit)) if place is not None]

    def find(self, visit: Visit, conversation_id: str) -> tuple[ConversationLocation, ConversationRow]:
        """The conversation and its location.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
        """
        for place in self.of(visit):
            if (one := place.get(conversation_id)) is not None:
                return place, one
        raise InputError("conversation_unknown")

    def memory(self, visit: Visit) -> ConversationLocation:
        """The visitor's location in memory.

        Raises:
            InputError: ``visitor_needed`` for a visit without owner and page.
        """
        place = self._in_memory(visit)
        if place is None:
            raise InputError("visitor_needed")
        return place

    def database(self, visit: Visit) -> ConversationLocation:
        """The visitor's location in the database.

        Raises:
            InputError: ``visitor_needed``.
        """
        place = self._in_database(visit)
        if place is None:
            raise InputError("visitor_needed")
        return place

    def for_message(self, visit: Visit, conversation_id: str) -> ConversationLocation:
        """The location of the next message of a conversation, to which the conversation is moved.

        One without messages goes into the database, unless the visit is temporary. One with messages in
        memory stays there. A stored one goes on in memory as long as the visit is temporary.

        Raises:
            InputError: ``conversation_unknown``.
            StoreError: it cannot be stored, or ``conversations_full``.
        """
        place, one = self.find(visit, conversation_id)
        stored = self._in_database(visit)
        if place.temporary and one.leaf is None and not visit.temporary and stored is not None:
            self.move(place, stored, one)
            return stored
        if not place.temporary and visit.temporary:
            return self._hold(visit, place, one)
        self._touch(place, conversation_id)
        return place

    def begin(self, visit: Visit, *, kind: str, subject: dict[str, object]) -> ConversationRow:
        """Begin a conversation without messages, in memory.

        Raises:
            InputError: ``visitor_needed``.
        """
        place = self.memory(visit)
        one = place.store.begin(kind=kind, subject=subject, owner=place.owner)
        self._touch(place, one.id)
        return one

    def in_memory(self, visit: Visit, conversation_id: str) -> ConversationLocation:
        """The location of the next message if the database cannot be written.

        Raises:
            InputError: ``conversation_unknown``.
        """
        place, one = self.find(visit, conversation_id)
        return place if place.temporary else self._hold(visit, place, one)

    def copy(
        self, visit: Visit, place: ConversationLocation, one: ConversationRow, path: list[MessageRow]
    ) -> str:
        """Store a new conversation with these messages, each below the one before; returns its id.

        It gets the location of the old one, but memory in a temporary visit.

        Raises:
            StoreError: it cannot be stored, or ``conversations_full``.
        """
        target = self.memory(visit) if visit.temporary else place
        self._check_room(target)
        begun = target.store.begin(kind=one.kind, subject=one.subject, title=one.title, owner=target.owner)
        copies: list[MessageRow] = []
        for message in map(_over, path):
            parent = copies[-1].id if copies else None
            copies.append(replace(message, id=new_id(to_microseconds(message.created)), parent=parent))
        target.store.put(replace(begun, leaf=copies[-1].id), copies, owner=target.owner)
        self._touch(target, begun.id)
        return begun.id

    def move(self, source: ConversationLocation, target: ConversationLocation, one: ConversationRow) -> None:
        """Move a conversation from memory into the database.

        Raises:
            StoreError: it cannot be stored, or ``conversations_full``; then it stays where it is.
        """
        if target.get(one.id) is None:
            self._check_room(target)
        target.store.put(one, source.messages(one.id), owner=target.owner)
        self.drop(source, one.id)

    def drop(self, place: ConversationLocation, conversation_id: str) -> bool:
        """Delete a conversation from a location; False if it is not there."""
        if place.temporary:
            with self._turn:
                self._held.pop(conversation_id, None)
        return place.store.delete(conversation_id, owner=place.owner)

    def clear(self, place: ConversationLocation) -> None:
        """Drop all conversations of a location in memory."""
        with self._turn:
            for one in [one for one, owner in self._held.items() if owner == place.owner]:
                del self._held[one]
        place.store.delete_all(owner=place.owner)

    def finished(self, visit: Visit) -> list[ConversationRow]:
        """The conversations in memory that have messages, all of them complete."""
        place = self._in_memory(visit)
        if place is None:
            return []
        entries = place.store.page(owner=place.owner, limit=MOST_HELD)
        found = [one for entry in entries if (one := place.get(entry.id)) is not None]
        return [one for one in found if all(each.status != RUNNING for each in place.messages(one.id))]

    def held(self, visit: Visit) -> set[str]:
        """The ids of the visitor's conversations in memory."""
        place = self._in_memory(visit)
        with self._turn:
            return {one for one, owner in self._held.items() if place and owner == place.owner}

    def _check_room(self, place: ConversationLocation) -> None:
        """Raise StoreError ``conversations_full`` if the owner has as many in the database as are allowed."""
        if self._most and not place.temporary and place.store.count(owner=place.owner) >= self._most:
            raise StoreError("conversations_full", limit=self._most)

    def _hold(self, visit: Visit, place: ConversationLocation, one: ConversationRow) -> ConversationLocation:
        """Copy a stored conversation into memory, where it goes on."""
        memory = self.memory(visit)
        memory.store.put(one, list(map(_over, place.messages(one.id))), owner=memory.owner)
        self._touch(memory, one.id)
        return memory

    def _in_memory(self, visit: Visit) -> ConversationLocation | None:
        if visit.page:
            return ConversationLocation(self._unstored, f"page {visit.page}", temporary=True)
        return (
            None
            if visit.owner is None
            else ConversationLocation(self._unstored, f"owner {visit.owner}", temporary=True)
        )

    def _in_database(self, visit: Visit) -> ConversationLocation | None:
        return (
            None if visit.owner is None else ConversationLocation(self._stored, visit.owner, temporary=False)
        )

    def _touch(self, place: ConversationLocation, conversation_id: str) -> None:
        """Mark a conversation in memory as used, and drop the least recently used ones beyond the limits."""
        if not place.temporary:
            return
        with self._turn:
            self._held[conversation_id] = place.owner
            self._held.move_to_end(conversation_id)
            mine = [one for one, owner in self._held.items() if owner == place.owner]
        for one in mine[:-MOST_HELD]:
            self.drop(place, one)
        while self._memory.bytes > self._most_bytes and (oldest := self._oldest(conversation_id)):
            self.drop(ConversationLocation(self._unstored, oldest[1], temporary=True), oldest[0])

    def _oldest(self, but: str) -> tuple[str, str] | None:
        with self._turn:
            return next(((one, owner) for one, owner in self._held.items() if one != but), None)


def _over(message: MessageRow) -> MessageRow:
    """The message as complete: an answer that is being written is not written in the copy."""
    return replace(message, status="stopped") if message.status == RUNNING else message
