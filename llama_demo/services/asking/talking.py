"""Talking in a conversation: asking, asking again, going on with an answer, and having another one beside it.

Whatever is said becomes a message below the one that it follows: another version of an answer and an edited
question are messages beside others.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain

from llama_demo.errors import DemoError, InputError
from llama_demo.services.asking.answer_row import AnswerRow
from llama_demo.services.asking.asking import Asking
from llama_demo.services.asking.conversation import Conversation, Message, Said
from llama_demo.services.asking.conversations import Conversations
from llama_demo.services.asking.places import Place
from llama_demo.services.asking.question import Asked, Turn, Variant
from llama_demo.services.asking.records import variant_record
from llama_demo.services.asking.update import Update
from llama_demo.services.names import one_line
from llama_demo.services.visits import Visit
from llama_demo.store.run import RUNNING
from llama_demo.tasks.generate import GenerateOptions

MOST_VARIANTS = 4
"""Answers to one question that are asked for at once."""

LONGEST_TITLE = 60
"""Characters of a question that become a title."""


class Talking:
    """What is said in a visitor's conversations.

    Args:
        asking: answers each question.
        conversations: that hold what is said.
    """

    def __init__(self, asking: Asking, conversations: Conversations) -> None:
        self._asking = asking
        self._conversations = conversations

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
        one = self._conversations.open(visit, conversation_id)
        if parent is not None and one.message(parent) is None:
            raise InputError("message_unknown")
        turns = _turns(one, parent)
        first, *others = [
            _asked(one, question, turns, variant, options)
            for variant in variants[:MOST_VARIANTS] or (Variant(),)
        ]
        with closing(self._asking.ask(_answering(visit, one), first, key=key)) as updates:
            begun = next(updates)  # what cannot be asked is told here, before anything is stored
            asked, warning = self._conversations.store(
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
        one = self._conversations.open(visit, conversation_id)
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
        one = self._conversations.open(visit, conversation_id)
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
        one = self._conversations.open(visit, conversation_id)
        yield from self._another(visit, one, question_id, variant, options, key)

    def stop(self, key: str) -> bool:
        """End what was begun under ``key``, and begin no other answer; returns whether there was anything."""
        return self._asking.stop(key)

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
        row, unstored = self._conversations.store(
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
