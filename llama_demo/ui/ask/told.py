"""Conversations and answers as the scripts of the Ask tab get them; places are UTF-16 units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_demo.services.asking.answer import AnswerUpdate, Evidence, Subject, Variant
from llama_demo.services.asking.conversation import Conversation, ConversationSummary, Message
from llama_demo.tasks.presets import language_of
from llama_demo.ui import markup
from llama_demo.ui.ask import rich_text
from llama_demo.ui.marks import pieces

READ_PASSAGES = 8
"""Passages that were looked at, of which the page tells."""


def entry_told(one: ConversationSummary) -> dict[str, Any]:
    """A conversation of the list."""
    return {"id": one.id, "title": one.title, "kind": one.kind, "temporary": one.temporary}


def conversation_told(one: Conversation) -> dict[str, Any]:
    """A conversation without its messages."""
    return {**entry_told(one), "leaf": one.leaf, "subject": subject_told(one.subject)}


def subject_told(subject: Subject) -> dict[str, Any]:
    """What a conversation is about, in short."""
    return {
        "collection": subject.collection,
        "documents": list(subject.documents),
        "name": next((part.document for part in subject.parts), ""),
        "pages": len({part.page for part in subject.parts if part.page is not None}),
        "characters": sum(len(part.text) for part in subject.parts),
    }


def message_told(one: Message) -> dict[str, Any]:
    """A question, or an answer with all that the page shows of it."""
    if one.update is None:
        return {"id": one.id, "parent": one.parent, "role": "user", "content": one.text}
    return {
        "id": one.id,
        "parent": one.parent,
        "role": "assistant",
        "text": one.update.text,
        "blocks": blocks(one.update),
        **facts(one.update),
    }


def facts(update: AnswerUpdate) -> dict[str, Any]:
    """What there is to an answer besides its text."""
    return {
        "status": update.status,
        "variant": variant_told(update.variant),
        "answerable": update.answerable,
        "confidence": update.confidence,
        "calibrated": update.calibrated,
        "evidence": [evidence_told(one) for one in update.evidence],
        "retrieved": [evidence_told(one) for one in update.retrieved[:READ_PASSAGES]],
        "across": _across(update),
        "unsupported": any(not claim.supported for claim in update.claims),
        "standalone": update.standalone,
        "prompted": bool(update.prompt),
        "model": update.model,
        "tokens": dict(update.tokens),
        "dropped": update.dropped,
        "limits": list(update.limits),
        "waiting": update.waiting,
        "warning": _said(update),
    }


def variant_told(variant: Variant) -> dict[str, Any]:
    """Who answers, and from what."""
    return {"answerer": variant.answerer, "grounded": variant.grounded, "model": variant.model}


def _across(update: AnswerUpdate) -> bool:
    """Whether nothing was found where the likeliest passage is in another language than the question."""
    if update.answerable or not update.retrieved:
        return False
    return language_of(update.retrieved[0].text) != language_of(update.standalone)


def blocks(update: AnswerUpdate) -> list[rich_text.Node] | None:
    """A written answer as a tree; None for one that quotes."""
    if update.variant.answerer == "extractive":
        return None
    cited = {one.number for one in update.evidence or update.retrieved if one.number}
    doubtful = [(claim.start, claim.end) for claim in update.claims if not claim.supported]
    return rich_text.read(update.text, cited=cited, doubtful=doubtful)


def evidence_told(one: Evidence) -> dict[str, Any]:
    """A passage with the answer marked in it."""
    answer = (one.start, one.end) if one.end > one.start else None
    return {
        "number": one.number,
        "document": one.document,
        "page": one.page,
        "heading": one.heading,
        "pieces": pieces(one.text, (), answer),
        "score": round(one.score, 3),
        "meaning": round(one.meaning, 3),
        "words": round(one.words, 3),
    }


def _said(update: AnswerUpdate) -> str:
    """What went wrong, or could not be kept, as HTML; empty if nothing did."""
    told: Sequence[Any] = [each for each in (update.error, update.warning) if each is not None]
    return "".join(markup.render("notice.html", sentence=markup.problem(each)) for each in told)
