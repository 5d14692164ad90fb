"""What pages ask for is checked: they can be forged."""

from __future__ import annotations

from typing import Any

import pytest

from llama_demo.errors import DemoError
from llama_demo.services.asking.answer import Subject, TextPart, Variant
from llama_demo.ui.ask.wishes import LONGEST_SYSTEM, About, Talk, Talks, Wish
from llama_demo.ui.wishes import read

PARTS = (TextPart("A text."),)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Wish, {"act": "delete_everything"}),
        (Wish, {"variants": []}),
        (Wish, {"variants": [{}] * 5}),
        (Wish, {"variants": [{"answerer": "oracle"}]}),
        (Wish, {"daring": "2.5"}),
        (Wish, {"subject": {"kind": "library", "documents": "all"}}),
        (Wish, {"subject": {"kind": "chat", "system": "x" * (LONGEST_SYSTEM + 1)}}),
        (Talk, {"list": "messages"}),
        (Talk, {"place": -1}),
        (Talks, {"act": "drop"}),
    ],
)
def test_what_no_page_of_ours_sends_is_refused(kind: Any, told: dict[str, Any]) -> None:
    """With a sentence, before anything is asked."""
    with pytest.raises(DemoError):
        read(kind, told)


@pytest.mark.parametrize(
    ("told", "subject"),
    [
        ({}, Subject(collection="sample")),
        ({"kind": "library", "documents": ["a"]}, Subject(collection="sample", documents=("a",))),
        ({"kind": "text", "collection": "sample", "system": "Be kind."}, Subject(PARTS, system="Be kind.")),
        ({"kind": "chat", "collection": "sample", "documents": ["a"]}, Subject()),
    ],
)
def test_a_conversation_is_about_one_thing(told: dict[str, Any], subject: Subject) -> None:
    """What the page has in its other fields does not count."""
    assert read(About, told).subject(PARTS) == subject


def test_a_wish_says_who_answers_and_how() -> None:
    """By the names that the page has for them."""
    wish = read(Wish, {"variants": [{"answerer": "generative", "grounded": False}], "daring": "precise"})
    assert [one.variant for one in wish.variants] == [Variant("generative", grounded=False)]
    assert wish.options.temperature < read(Wish, {"daring": "creative"}).options.temperature
