"""Asking a decoder for a translation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.translate_by_prompt import PromptedHop


def test_it_is_asked_in_its_template_and_answers(writer: LanguageModel) -> None:
    """Every sentence gets an answer and a score; the bundled writer declines in words, which will do here."""
    hop = PromptedHop(writer, "zh", "en")
    found = hop.translate(["你好。", "再见。"], beams=1, stopped=lambda: False)
    assert found is not None
    assert len(found) == 2
    assert all(one.text and one.score <= 0 for one in found)


def test_it_stops(writer: LanguageModel) -> None:
    """Within a token or so."""
    assert PromptedHop(writer, "zh", "en").translate(["你好。"], beams=1, stopped=lambda: True) is None


def test_without_a_template_it_cannot_be_asked(writer: LanguageModel) -> None:
    """Told, not guessed."""
    with pytest.raises(InputError):
        PromptedHop(replace(writer, chat=None), "zh", "en").translate(["x"], beams=1, stopped=lambda: False)
