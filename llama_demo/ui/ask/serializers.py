"""Serializers of the Ask tab: conversations and answers; positions are in UTF-16 units."""

from __future__ import annotations

from typing import Any

from llama_demo.services.answering.answer import AnswerUpdate, Evidence, Subject
from llama_demo.services.answering.conversation import Conversation, ConversationSummary, Message
from llama_demo.services.answering.sources import SourceFile
from llama_demo.services.history.runs import Run
from llama_demo.tasks.presets import language_of
from llama_demo.ui import markup, rich_text
from llama_demo.ui.ask.schemas import (
    AnswerFactsItem,
    AnswerItem,
    ConversationItem,
    ConversationListItem,
    ConversationResponse,
    EvidenceItem,
    FileConversationItem,
    QuestionItem,
    ReopenItem,
    SubjectItem,
    VariantItem,
)
from llama_demo.ui.marks import pieces

READ_PASSAGES = 8
"""Retrieved passages that the page shows."""

CLOSE = 0.5
"""Score of a passage from which on it is sooner the right one than not."""


def serialize_summary(one: ConversationSummary) -> ConversationListItem:
    """A conversation of the list."""
    return ConversationListItem(**_summary(one))


def serialize_heading(one: Conversation) -> ConversationItem:
    """A conversation without its messages."""
    return ConversationItem(**_summary(one), leaf=one.leaf, subject=_subject(one.subject))


def serialize_begun(one: Conversation, file: SourceFile) -> FileConversationItem:
    """A conversation that was begun about a file."""
    notices = [str(markup.notice(notice.key, notice.values)) for notice in file.notices]
    return FileConversationItem(**dict(serialize_heading(one)), notices=notices)


def serialize_conversation(one: Conversation) -> ConversationResponse:
    """A conversation with all of its messages."""
    messages = [serialize_message(message) for message in one.messages]
    return ConversationResponse(**dict(serialize_heading(one)), messages=messages)


def serialize_message(one: Message) -> QuestionItem | AnswerItem:
    """A question, or an answer with its fields."""
    if one.update is None:
        return QuestionItem(id=one.id, parent=one.parent, content=one.text)
    return AnswerItem(
        id=one.id,
        parent=one.parent,
        text=one.update.text,
        blocks=answer_blocks(one.update),
        **dict(serialize_facts(one.update)),
    )


def serialize_facts(update: AnswerUpdate) -> AnswerFactsItem:
    """The fields of an answer except its text."""
    variant = update.variant
    return AnswerFactsItem(
        status=update.status,
        variant=VariantItem(answerer=variant.answerer, grounded=variant.grounded, model=variant.model),
        answerable=update.answerable,
        confidence=update.confidence,
        calibrated=update.calibrated,
        evidence=[_evidence(one) for one in update.evidence],
        retrieved=[_evidence(one) for one in update.retrieved[:READ_PASSAGES]],
        across=_is_across_languages(update),
        unsupported=any(not claim.supported for claim in update.claims),
        standalone=update.standalone,
        prompted=bool(update.prompt),
        model=update.model,
        tokens=dict(update.tokens),
        dropped=update.dropped,
        limits=list(update.limits),
        waiting=update.waiting,
        warning=_notices(update),
    )


def serialize_run(run: Run, kind: str) -> ReopenItem:
    """A run of the history to show; ``kind`` is the default for a run without one."""
    return ReopenItem(
        run=run.id,
        question=run.input,
        kind=run.options.get("kind", kind),
        collection=run.options.get("collection", ""),
    )


def answer_blocks(update: AnswerUpdate) -> list[rich_text.Node] | None:
    """The tree of a written answer; None for an extractive one."""
    if update.variant.answerer == "extractive":
        return None
    cited = {one.number for one in update.evidence or update.retrieved if one.number}
    doubtful = [(claim.start, claim.end) for claim in update.claims if not claim.supported]
    return rich_text.read(update.text, cited=cited, doubtful=doubtful)


def _summary(one: ConversationSummary) -> dict[str, Any]:
    return {"id": one.id, "title": one.title, "kind": one.kind, "temporary": one.temporary}


def _subject(subject: Subject) -> SubjectItem:
    return SubjectItem(
        collection=subject.collection,
        documents=list(subject.documents),
        name=next((part.document for part in subject.parts), ""),
        pages=len({part.page for part in subject.parts if part.page is not None}),
        characters=sum(len(part.text) for part in subject.parts),
    )


def _is_across_languages(update: AnswerUpdate) -> bool:
    """Whether there is no answer, and a passage in another language than the question is close to it."""
    if update.answerable or not update.retrieved or update.retrieved[0].score < CLOSE:
        return False
    return language_of(update.retrieved[0].text) != language_of(update.standalone)


def _evidence(one: Evidence) -> EvidenceItem:
    """A passage with the answer marked in it."""
    answer = (one.start, one.end) if one.end > one.start else None
    return EvidenceItem(
        number=one.number,
        document=one.document,
        page=one.page,
        heading=one.heading,
        pieces=pieces(one.text, (), answer),
        score=round(one.score, 3),
        meaning=round(one.meaning, 3),
        words=round(one.words, 3),
    )


def _notices(update: AnswerUpdate) -> str:
    """Notices of an error or of what could not be stored, as HTML; empty for none."""
    errors = [error for error in (update.error, update.warning) if error is not None]
    return "".join(markup.error_notice(error) for error in errors)
