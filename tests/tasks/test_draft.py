"""What a translator gets of a sentence, and what comes back of it."""

from __future__ import annotations

import pytest

from llama_demo.tasks.draft import Draft
from llama_demo.text.masking import FORMS
from tests.translators import TableHop


class Words(TableHop):
    """A vocabulary of small words, one token each."""

    def token_ends(self, text: str) -> range:
        """Capitals are a token each."""
        return range(2 + (1 if text.islower() else len(text)) if text else 2)


def test_a_stressed_word_is_read_in_small_letters() -> None:
    """In an ordinary sentence; names and abbreviations stay."""
    draft = Draft("Do NOT open the NATO door, {name}.", Words(str), FORMS[0])
    assert draft.text.startswith("Do not open the NATO door, ")


@pytest.mark.parametrize("form", FORMS)
def test_a_sentence_in_capitals_with_masks(form: str) -> None:
    """Small letters of a mask, or of what it stands for, do not make it an ordinary sentence."""
    sentence = "READ https://example.com/manual AND {name} NOW."
    draft = Draft(sentence, TableHop(str), form)
    assert "and" in draft.text
    assert draft.finished(draft.text, "en") == sentence
