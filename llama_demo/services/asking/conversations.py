"""Conversations as a visitor has them: begun, gone on with, asked again, branched, found and deleted.

Whatever is said becomes a message below the one that it follows: another version of an answer, an edited
question and a branch are messages beside others.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeVar

from llama_demo.errors import DemoError, InputError, StoreError
from llama_demo.services.asking.answer_row import AnswerRow
from llama_demo.services.asking.asking import Asking
from llama_demo.services.asking.conversation import Conversation, Entry, Message, Said
from llama_demo.services.asking.places import Place, Places
from llama_demo.services.asking.question import Asked, Subject, Turn, Variant
from llama_demo.services.asking.records import message_of, subject_of, subject_record, variant_record
from llama_demo.services.asking.update import Update
from llama_demo.services.names import LONGEST_NAME, one_line
from llama_demo.services.visits import Visit
from llama_demo.store import conversation as rows
from llama_demo.store.conversations import ConversationStore
from llama_demo.store.run import RUNNING
from llama_demo.tasks.generate import GenerateOptions

__all__ = ["Conversation", "Conversations", "Entry", "Message", "Said"]

LARGEST_PAGE = 100
MOST_VARIANTS = 4
"""Answers to one question that are asked for at once."""

LONGEST_TITLE = 60
"""Characters of a question that become a title."""


Stored = TypeVar("Stored")


class Conversations:
    """A visitor's own conversations, stored or, in temporary mode, in memory.

    Args:
        asking: answers each question.
        store: of the database.
    """

    def __init__(self, asking: Asking, store: ConversationStore) -> None:
        self._asking = asking
        self._places = Places(store)

    def page(self, visit: Visit, query: str = "", limit: int = 30, before: str | None = None) -> list[Entry]:
        """The visitor's conversations, the one that was last changed first.

        Args:
            query: words that title and messages hold between them.
            limit: 1 to 100.
            before: :attr:`Entry.place` of the last one seen, for the next page.

        Raises:
            InputError: ``out_of_range``.
            StoreError: they cannot be read.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise InputError("out_of_range", name="limit", value=limit, low=1, high=LARGEST_PAGE)
        held = self._places.held(visit)
        entries = []
        for place in self._places.of(visit):
            found = place.store.page(owner=place.owner, limit=limit + len(held), query=query, before=before)
            entries += [_entry(one, place) for one in found if place.temporary or one.id not in held]
        return sorted(entries, key=lambda entry: entry.place, reverse=True)[:limit]

    def open(self, visit: Visit, conversation_id: str) -> Conversation:
        """A conversation with all of its messages.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
        """
        place, one = self._places.find(visit, conversation_id)
        return _conversation(one, place.messages(one.id), temporary=_stays_temporary(visit, place, one))

    def of_run(self, visit: Visit, run_id: str) -> str | None:
        """The id of the conversation in which a run of the history was an answer; None if there is none."""
        found = (place.store.of_run(run_id, owner=place.owner) for place in self._places.of(visit))
        return next((one for one in found if one is not None), None)

    def begin(self, visit: Visit, subject: Subject) -> Conversation:
        """A conversation about something. Nothing of it is stored before the first question.

        Raises:
            InputError: ``visitor_needed`` for somebody who names neither a page nor themselves.
        """
        one = self._places.begin(visit, kind=subject.kind, subject=subject_record(subject))
        return _conversation(one, [], temporary=visit.temporary or visit.owner is None)

    def say(
        self,
        visit: Visit,
        conversation_id: str,
        text: str,
        *,
        parent: str | None,
        variants: Sequence[Variant] = (Variant(),),
        options: GenerateOptions | None = None,
        key: str = "",
    ) -> Generator[Said, None, None]:
        """Ask a question and stream its answers, one variant after the other.

        In a stored conversation of a temporary visit, and when the database cannot be written, question and
        answer are held in memory. Closing the iterator stops the answer, whose text so far stays.

        Args:
            parent: the answer that the question follows; None for the beginning. An edited question follows
                the one that the former followed.
            variants: who answers; the conversation goes on at the first of these answers.
            options: how a decoder writes.
            key: what :meth:`stop` can name this by.

        Raises:
            InputError: ``question_empty``, ``conversation_unknown``, ``message_unknown``.
            DemoError: what the first variant cannot be asked; nothing is stored then.
        """
        question = text.strip()
        if not question:
            raise InputError("question_empty")
        one = self.open(visit, conversation_id)
        if parent is not None and one.message(parent) is None:
            raise InputError("message_unknown")
        turns = _turns(one, parent)
        first, *others = [
            _asked(one, question, turns, variant, options)
            for variant in variants[:MOST_VARIANTS] or (Variant(),)
        ]
        with closing(self._asking.ask(_answering(visit, one), first, key=key)) as updates:
            begun = next(updates)  # what cannot be asked is told here, before anything is stored
            asked, warning = self._store(
                visit,
                one.id,
                lambda place: place.store.ask(
                    one.id, question, parent=parent, title=_title(question), owner=place.owner
                ),
            )
            status = yield from self._answer(
                visit, one.id, asked.id, first.variant, chain([begun], updates), warning=warning
            )
        for other in others:
            if status == "stopped":
                return
            with closing(self._asking.ask(_answering(visit, one), other, key=key)) as updates:
                status = yield from self._answer(
                    visit, one.id, asked.id, other.variant, updates, choose=False
                )

    def again(
        self,
        visit: Visit,
        conversation_id: str,
        answer_id: str,
        *,
        options: GenerateOptions | None = None,
        key: str = "",
    ) -> Generator[Said, None, None]:
        """Another version of an answer, by whom the first one was; what is said next follows it.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
            DemoError: what cannot be asked; nothing is stored then.
        """
        one = self.open(visit, conversation_id)
        answer, update = _answer_of(one, answer_id)
        yield from self._another(
            visit, one, answer.parent, update.variant, options, key, origin=update.run_id
        )

    def go_on(
        self,
        visit: Visit,
        conversation_id: str,
        answer_id: str,
        *,
        options: GenerateOptions | None = None,
        key: str = "",
    ) -> Generator[Said, None, None]:
        """A written answer that was cut off, gone on with as another version of it.

        Raises:
            InputError: as for :meth:`again`, and ``answer_not_written`` for one that quotes.
        """
        one = self.open(visit, conversation_id)
        answer, update = _answer_of(one, answer_id)
        if update.variant.answerer == "extractive":
            raise InputError("answer_not_written")
        yield from self._another(
            visit,
            one,
            answer.parent,
            update.variant,
            options,
            key,
            origin=update.run_id,
            begins=answer.text,
        )

    def answer_also(
        self,
        visit: Visit,
        conversation_id: str,
        question_id: str,
        variant: Variant,
        *,
        options: GenerateOptions | None = None,
        key: str = "",
    ) -> Generator[Said, None, None]:
        """Another answer to a question: without the documents, or by the other answerer.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
            DemoError: what cannot be asked; nothing is stored then.
        """
        one = self.open(visit, conversation_id)
        yield from self._another(visit, one, question_id, variant, options, key)

    def stop(self, key: str) -> bool:
        """End what was begun under ``key``, and begin no other answer; returns whether there was anything."""
        return self._asking.stop(key)

    def choose(self, visit: Visit, conversation_id: str, leaf: str) -> None:
        """Let the conversation go on at a message, when it is opened again; a temporary visit changes none.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
        """
        place, one = self._places.find(visit, conversation_id)
        if visit.temporary and not place.temporary:
            return
        if not place.store.choose(one.id, leaf, owner=place.owner):
            raise InputError("message_unknown")

    def rename(self, visit: Visit, conversation_id: str, title: str) -> None:
        """Give a conversation another title.

        Raises:
            InputError: ``conversation_title`` for none, or one that is too long; ``conversation_unknown``.
            StoreError: ``deletion_incomplete`` if the former title could not yet be overwritten.
        """
        fit = one_line(title)
        if not fit or len(fit) > LONGEST_NAME:
            raise InputError("conversation_title", limit=LONGEST_NAME)
        place, one = self._places.find(visit, conversation_id)
        place.store.rename(one.id, fit, owner=place.owner)

    def branch(self, visit: Visit, conversation_id: str, message_id: str) -> Conversation:
        """A new conversation with what was said up to a message; it lies where the old one does.

        Raises:
            InputError: ``conversation_unknown``, ``message_unknown``.
            StoreError: it cannot be stored.
        """
        one = self.open(visit, conversation_id)
        path = [message.id for message in one.path(message_id)]
        if not path:
            raise InputError("message_unknown")
        place, row = self._places.find(visit, conversation_id)
        messages = {each.id: each for each in place.messages(row.id)}
        return self.open(visit, self._places.copy(visit, place, row, [messages[each] for each in path]))

    def delete(self, visit: Visit, conversation_id: str) -> None:
        """Remove a conversation, and its text from the disk.

        Raises:
            InputError: ``conversation_unknown``, for another visitor's too.
            StoreError: ``deletion_incomplete`` if it is gone but its text could not yet be overwritten.
        """
        self._places.find(visit, conversation_id)
        for place in self._places.of(visit):
            self._places.drop(place, conversation_id)

    def delete_all(self, visit: Visit) -> int:
        """Remove all of the visitor's conversations, those in memory included; returns how many.

        Raises:
            StoreError: ``deletion_incomplete`` as for a single one.
        """
        return sum(self._places.clear(place) for place in self._places.of(visit))

    def keep_shown(self, visit: Visit, conversation_id: str = "") -> int:
        """Store what the visitor's page asked in temporary mode after all; returns how many conversations.

        Args:
            conversation_id: only this one; empty for all that are over.

        Raises:
            InputError: ``visitor_needed`` if nobody could be shown them again, or ``nothing_to_keep``.
            StoreError: they cannot be stored.
        """
        database, memory = self._places.database(visit), self._places.memory(visit)
        found = [one for one in self._places.finished(visit) if conversation_id in ("", one.id)]
        if not found:
            raise InputError("nothing_to_keep")
        for one in found:
            self._places.move(memory, database, one)
        return len(found)

    def _another(
        self,
        visit: Visit,
        one: Conversation,
        question_id: str | None,
        variant: Variant,
        options: GenerateOptions | None,
        key: str,
        *,
        origin: str | None = None,
        begins: str = "",
    ) -> Generator[Said, None, None]:
        """One more answer to a question that was asked before."""
        question = one.message(question_id)
        if question is None or question.update is not None:
            raise InputError("message_unknown")
        asked = _asked(one, question.text, _turns(one, question.parent), variant, options)
        again = self._asking.ask(
            _answering(visit, one), replace(asked, begins=begins), key=key, origin=origin
        )
        with closing(again) as updates:
            begun = next(updates)
            yield from self._answer(visit, one.id, question.id, variant, chain([begun], updates))

    def _answer(
        self,
        visit: Visit,
        conversation_id: str,
        question_id: str,
        variant: Variant,
        updates: Iterator[Update],
        *,
        choose: bool = True,
        warning: DemoError | None = None,
    ) -> Generator[Said, None, str]:
        """Write an answer down as it comes and tell of it; returns the status with which it ended."""
        row, unstored = self._store(
            visit, conversation_id, partial(_begun, conversation_id, question_id, variant, choose)
        )
        warning = warning or unstored

        def said(update: Update) -> Said:
            row.write(update)
            told = replace(update, warning=update.warning or warning or row.warning)
            return Said(conversation_id, question_id, row.id, told)

        update = Update("", RUNNING, variant)
        try:
            for update in updates:
                yield said(update)
        except DemoError as error:
            update = replace(update, status="failed", error=error)
            yield said(update)
        except GeneratorExit:
            row.write(replace(update, status="stopped"))
            raise
        finally:
            row.write(replace(update, status="failed"))
        return update.status

    def _store(
        self, visit: Visit, conversation_id: str, write: Callable[[Place], Stored | None]
    ) -> tuple[Stored, DemoError | None]:
        """Write into the conversation; into a copy in memory if the database cannot be written, and why."""
        warning = None
        try:
            stored = write(self._places.for_message(visit, conversation_id))
        except StoreError as exc:
            warning = exc
            stored = write(self._places.in_memory(visit, conversation_id))
        if stored is None:
            raise InputError("message_unknown")
        return stored, warning


def _begun(
    conversation_id: str, question_id: str, variant: Variant, choose: bool, place: Place
) -> AnswerRow | None:
    message = place.store.answer(
        conversation_id,
        parent=question_id,
        owner=place.owner,
        variant=variant_record(variant),
        choose=choose,
    )
    return None if message is None else AnswerRow(place.store, message)


def _asked(
    one: Conversation,
    question: str,
    turns: tuple[Turn, ...],
    variant: Variant,
    options: GenerateOptions | None,
) -> Asked:
    asked = Asked(question, one.subject, variant, turns)
    return asked if options is None else replace(asked, options=options)


def _turns(one: Conversation, message_id: str | None) -> tuple[Turn, ...]:
    """What was said up to a message."""
    return tuple(message.turn for message in one.path(message_id))


def _answer_of(one: Conversation, answer_id: str) -> tuple[Message, Update]:
    """Raises: InputError: ``message_unknown``."""
    answer = one.message(answer_id)
    if answer is None or answer.update is None:
        raise InputError("message_unknown")
    return answer, answer.update


def _answering(visit: Visit, one: Conversation) -> Visit:
    """The visit as an answer is made for it: of a temporary conversation, nothing goes into the history."""
    return replace(visit, temporary=visit.temporary or one.temporary)


def _title(question: str) -> str:
    """The beginning of a question, as one line."""
    line = one_line(question)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def _stays_temporary(visit: Visit, place: Place, one: rows.Conversation) -> bool:
    """Whether what is said next is not stored either: as it was when the conversation was begun."""
    begun = one.leaf is not None
    return place.temporary and (begun or visit.temporary or visit.owner is None)


def _entry(one: rows.Heading, place: Place) -> Entry:
    return Entry(one.id, one.title, one.kind, one.created, one.changed, place.temporary, one.place)


def _conversation(
    one: rows.Conversation, messages: Sequence[rows.Message], *, temporary: bool
) -> Conversation:
    return Conversation(
        id=one.id,
        title=one.title,
        kind=one.kind,
        created=one.created,
        changed=one.changed,
        temporary=temporary,
        place=one.place,
        subject=subject_of(one.subject),
        leaf=one.leaf,
        messages=tuple(message_of(each) for each in messages),
    )
