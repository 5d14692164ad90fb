"""Edits of one text are told from another text."""

from __future__ import annotations

import pytest

from llama_demo.store.edits import is_edit


@pytest.mark.parametrize(
    ("former", "text"),
    [
        ("h", "he"),
        ("我们", "我们走吧。"),
        ("The cta sat on the mat.", "The cat sat on the mat."),
        ("I see.", "I see it."),
        ("One. Two.", "One. And. Two."),
        ("same", "same"),
    ],
)
def test_typing_on_and_correcting_is_an_edit(former: str, text: str) -> None:
    """What is typed into one text leaves one row."""
    assert is_edit(former, text)


@pytest.mark.parametrize(
    ("former", "text"),
    [
        ("I like tea.", "I like coffee."),
        ("I like tea.", "I"),
        ("cat", "ca"),
        ("Yes.", "Yesterday I went home."),
        ("我喜欢苹果。", "我喜欢梨。"),
        ("The cat sat on the mat.", "The dog sat on the mat."),
    ],
)
def test_another_text_is_none(former: str, text: str) -> None:
    """What was looked at is not lost when a similar sentence follows."""
    assert not is_edit(former, text)
