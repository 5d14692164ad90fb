"""What somebody can begin with."""

from __future__ import annotations

from llama_demo.ui.ask.examples import examples, openings
from llama_demo.ui.texts import LANGUAGES


def test_there_are_texts_in_both_languages() -> None:
    """A visitor tries what they can read."""
    assert {one.language for one in examples()} == {"en", "zh"}
    assert len({one.title for one in examples()}) == len(examples())


def test_chat_begins_in_each_language() -> None:
    """A visitor of either page finds first messages."""
    assert openings().keys() == set(LANGUAGES)
    assert all(openings().values())
