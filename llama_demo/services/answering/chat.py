"""Chat: questions in a conversation, and their answers as they are generated and stored.

Every question and answer becomes a message that names the one it follows. Another version of an answer and
an edited question are messages with the same parent.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypedDict, Unpack

from llama_demo.errors import DemoError, InputError
from llama_demo.services.answering.answer import AnswerRequest, AnswerUpdate, Turn, Variant
from llama_demo.services.answering.conversation import (
    AnswerProgress,
    Conversation,
    Message,
    details,
    variant_record,
)
from llama_demo.services.answering.conversation_repository import ConversationLocation
from llama_demo.services.answering.conversations import ConversationService
from llama_demo.services.answering.service import AnswerService
from llama_demo.services.history.recording import Recording
from llama_demo.services.names import one_line
from llama_demo.services.visits import Visit
from llama_demo.store.open_message import OpenMessage
from llama_demo.store.run import RUNNING
from llama_demo.tasks.generate import GenerateOptions

MOST_VARIANTS = 4
"""Most answers to one question in one request."""

LONGEST_TITLE = 60
"""Characters of a question that become a title."""


class AnswerSettings(TypedDict, total=False):
    """Keywords of every method that asks for an answer.

    ``options`` says how a decoder writes; ``key`` names the answer for :meth:`Chat.stop`.
    """

    options: GenerateOptions | None
    key: str


class Chat:
    """Asks and answers in a visitor's conversations.

    Args:
        answering: answers each question.
        conversations: in which the messages are stored.
    """

    def __init__(self, answering: AnswerService, conversations: ConversationService) -> None:
        self._answering = answering
        self._conversations = conversations

    def say(
        self,
        visit: Visit,
        conversation: Conversation,
        text: str,
        *,
        parent: str | None,
        variants: Sequence[Variant] = (Variant(),),
        **settings: Unpack[AnswerSettings],
    ) -> Generator[AnswerProgress, None, None]:
        """Ask a question and stream its answers, one variant after the other.

        In a stored conversation of a temporary visit, and when the database cannot be written, question and
        answer are held in memory. Closing the iterator stops the answer, whose text so far stays.

        Args:
            conversation: with its messages.
            parent: the answer that the question follows; None for the beginning. An edited question has
                the parent of the former one.
            variants: who answers; the conversation goes on at the first of these answers.

        Raises:
            InputError: ``question_empty``, ``message_unknown``, ``conversation_unknown`` if it was deleted.
            DemoError: the first variant cannot answer; nothing is stored then.
        """
        question = text.strip()
        if not question:
            raise InputError("question_empty")
        if parent is not None and conversation.message(parent) is None:
            raise InputError("message_unknown")
        turns = _turns(conversation, parent)
        first, *others = [
            _answer_request(conversation, question, turns, variant, settings.get("options"))
            for variant in variants[:MOST_VARIANTS] or (Variant(),)
        ]
        key = settings.get("key", "")
        with closing(self._answering.ask(_answering(visit, conversation), first, key=key)) as updates:
            begun = next(updates)  # raises for an invalid request, before anything is stored
            asked, warning = self._conversations.store(
                visit,
                conversation.id,
                lambda place: place.store.ask(
                    conversation.id, question, parent=parent, title=_title(question), owner=place.owner
                ),
            )
            status = yield from self._answer(
                visit,
                conversation.id,
                asked.id,
                first.variant,
                chain([begun], updates),
                run_id=begun.run_id,
                warning=warning,
            )
        for other in others:
            if status == "stopped":
                return
            with closing(self._answering.ask(_answering(visit, conversation), other, key=key)) as updates:
                status = yield from self._answer(
                    visit, conversation.id, asked.id, other.variant, updates, choose=False
                )

    def again(
        self,
        visit: Visit,
        conversation: Conversation,
        answer_id: str,
        **settings: Unpack[AnswerSettings],
    ) -> Generator[AnswerProgress, None, None]:
        """Another version of an answer, by the same variant; the conversation goes on at it.

        Raises:
            InputError: ``message_unknown``.
            DemoError: the request is invalid; nothing is stored then.
        """
        answer, update = _answer_of(conversation, answer_id)
        yield from self._another(
            visit, conversation, answer.parent, update.variant, origin=update.run_id, **settings
        )

    def continue_(
        self,
        visit: Visit,
        conversation: Conversation,
        answer_id: str,
        **settings: Unpack[AnswerSettings],
    ) -> Generator[AnswerProgress, None, None]:
        """Continue a written answer that was cut off, as another version of it.

        Raises:
            InputError: as for :meth:`again`, and ``answer_not_written`` for an extractive one.
        """
        answer, update = _answer_of(conversation, answer_id)
        if update.variant.answerer == "extractive":
            raise InputError("answer_not_written")
        yield from self._another(
            visit,
            conversation,
            answer.parent,
            update.variant,
            origin=update.run_id,
            begins=answer.text,
            **settings,
        )

    def add_answer(
        self,
        visit: Visit,
        conversation: Conversation,
        question_id: str,
        variant: Variant,
        **settings: Unpack[AnswerSettings],
    ) -> Generator[AnswerProgress, None, None]:
        """Another answer to a question: without the documents, or by the other answerer.

        Raises:
            InputError: ``message_unknown``.
            DemoError: the request is invalid; nothing is stored then.
        """
        yield from self._another(visit, conversation, question_id, variant, **settings)

    def stop(self, key: str) -> bool:
        """Stop the answer of this key and those that follow it; returns whether there was one."""
        return self._answering.stop(key)

    def _another(
        self,
        visit: Visit,
        one: Conversation,
        question_id: str | None,
        variant: Variant,
        *,
        origin: str | None = None,
        begins: str = "",
        options: GenerateOptions | None = None,
        key: str = "",
    ) -> Generator[AnswerProgress, None, None]:
        """One more answer to a question that was asked before."""
        question = one.message(question_id)
        if question is None or question.update is not None:
            raise InputError("message_unknown")
        request = _answer_request(one, question.text, _turns(one, question.parent), variant, options)
        again = self._answering.ask(
            _answering(visit, one), replace(request, begins=begins), key=key, origin=origin
        )
        with closing(again) as updates:
            begun = next(updates)
            yield from self._answer(
                visit, one.id, question.id, variant, chain([begun], updates), run_id=begun.run_id
            )

    def _answer(
        self,
        visit: Visit,
        conversation_id: str,
        question_id: str,
        variant: Variant,
        updates: Iterator[AnswerUpdate],
        *,
        run_id: str | None = None,
        choose: bool = True,
        warning: DemoError | None = None,
    ) -> Generator[AnswerProgress, None, str]:
        """Store an answer as it comes and yield its progress; returns its final status."""
        (answer, row), unstored = self._conversations.store(
            visit, conversation_id, partial(_begun, conversation_id, question_id, variant, choose, run_id)
        )
        warning = warning or unstored

        def progress(update: AnswerUpdate) -> AnswerProgress:
            row.update(update)
            shown = replace(update, warning=update.warning or warning or row.warning)
            return AnswerProgress(conversation_id, question_id, answer, shown)

        update = AnswerUpdate("", RUNNING, variant)
        try:
            for update in updates:
                yield progress(update)
        except DemoError as error:
            update = replace(update, status="failed", error=error)
            yield progress(update)
        except GeneratorExit:
            row.update(replace(update, status="stopped"))
            raise
        finally:
            row.update(replace(update, status="failed"))
        return update.status


def _begun(
    conversation_id: str,
    question_id: str,
    variant: Variant,
    choose: bool,
    run_id: str | None,
    place: ConversationLocation,
) -> tuple[str, Recording[OpenMessage, AnswerUpdate]] | None:
    """Begin the row of an answer; returns its id and recorder, or None if there is no such question."""
    message = place.store.answer(
        conversation_id,
        parent=question_id,
        owner=place.owner,
        variant=variant_record(variant),
        choose=choose,
        details={"run_id": run_id},
    )
    if message is None:
        return None

    def write(row: OpenMessage, update: AnswerUpdate, timeout: float) -> None:
        variant, rest = variant_record(update.variant), details(update)
        place.store.write(row, update.status, update.text, variant=variant, details=rest, timeout=timeout)

    return message.id, Recording(lambda: message, write)


def _answer_request(
    one: Conversation,
    question: str,
    turns: tuple[Turn, ...],
    variant: Variant,
    options: GenerateOptions | None,
) -> AnswerRequest:
    request = AnswerRequest(question, one.subject, variant, turns, conversation=one.id)
    return request if options is None else replace(request, options=options)


def _turns(one: Conversation, message_id: str | None) -> tuple[Turn, ...]:
    """The turns up to a message."""
    return tuple(message.turn for message in one.path(message_id))


def _answer_of(one: Conversation, answer_id: str) -> tuple[Message, AnswerUpdate]:
    """The answer of this id with its last update.

    Raises:
        InputError: ``message_unknown``.
    """
    answer = one.message(answer_id)
    if answer is None or answer.update is None:
        raise InputError("message_unknown")
    return answer, answer.update


def _answering(visit: Visit, one: Conversation) -> Visit:
    """The visit of an answer: temporary in a temporary conversation, so that no run is stored."""
    return replace(visit, temporary=visit.temporary or one.temporary)


def _title(question: str) -> str:
    """The beginning of a question, as one line."""
    line = one_line(question)
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
