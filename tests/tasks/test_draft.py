"""What a translator gets of a sentence, and what comes back of it."""

from __future__ import annotations

import pytest

from llama_demo.tasks.draft import Draft
from llama_demo.text.masking import FORMS
from tests.translators import TableHop


@pytest.mark.parametrize("form", FORMS)
def test_a_sentence_in_capitals_with_masks(form: str) -> None:
    """Small letters of a mask, or of what it stands for, do not make it an ordinary sentence."""
    sentence = "READ https://example.com/manual AND {name} NOW."
    draft = Draft(sentence, TableHop(str), form)
    assert "and" in draft.text
    assert draft.finished(draft.text, "en") == sentence
