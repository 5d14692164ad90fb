"""What pages ask for is checked: they can be forged."""

from __future__ import annotations

from typing import Any

import pytest

from llama_demo.errors import DemoError
from llama_demo.services.answering.answer import Subject, TextPart, Variant
from llama_demo.ui.ask.schemas import (
    LONGEST_SYSTEM,
    AnswerPassageRequest,
    AskRequest,
    ConversationRequest,
    SubjectRequest,
)
from llama_demo.ui.schemas import parse

PARTS = (TextPart("A text."),)


@pytest.mark.parametrize(
    ("schema", "payload"),
    [
        (AskRequest, {"act": "delete_everything"}),
        (AskRequest, {"variants": []}),
        (AskRequest, {"variants": [{}] * 5}),
        (AskRequest, {"variants": [{"answerer": "oracle"}]}),
        (AskRequest, {"daring": "2.5"}),
        (AskRequest, {"subject": {"kind": "library", "documents": "all"}}),
        (AskRequest, {"subject": {"kind": "chat", "system": "x" * (LONGEST_SYSTEM + 1)}}),
        (AnswerPassageRequest, {"conversation": "c", "message": "m", "list": "messages"}),
        (AnswerPassageRequest, {"conversation": "c", "message": "m", "place": -1}),
        (ConversationRequest, {}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(schema: Any, payload: dict[str, Any]) -> None:
    """With a sentence, before anything is asked."""
    with pytest.raises(DemoError):
        parse(schema, payload)


@pytest.mark.parametrize(
    ("payload", "subject"),
    [
        ({}, Subject(collection="sample")),
        ({"kind": "library", "documents": ["a"]}, Subject(collection="sample", documents=("a",))),
        ({"kind": "text", "collection": "sample", "system": "Be kind."}, Subject(PARTS, system="Be kind.")),
        ({"kind": "chat", "collection": "sample", "documents": ["a"]}, Subject()),
    ],
)
def test_a_conversation_is_about_one_thing(payload: dict[str, Any], subject: Subject) -> None:
    """What the page has in its other fields does not count."""
    assert parse(SubjectRequest, payload).subject(PARTS) == subject


def test_a_request_says_who_answers_and_how() -> None:
    """By the names that the page has for them."""
    variants = [{"answerer": "generative", "grounded": False}]
    request = parse(AskRequest, {"variants": variants, "daring": "precise"})
    assert [one.variant for one in request.variants] == [Variant("generative", grounded=False)]
    assert request.options.temperature < parse(AskRequest, {"daring": "creative"}).options.temperature
