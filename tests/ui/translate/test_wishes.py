"""What the scripts of the tab may ask for."""

from __future__ import annotations

import pytest

from llama_demo.errors import DemoError
from llama_demo.services.translation.service import Term, TranslationRequest
from llama_demo.ui.translate.wishes import Place, Sentence, Wish
from llama_demo.ui.wishes import read


def test_a_wish_becomes_a_request() -> None:
    """Halves of characters, which nothing could send back, are mended."""
    told = {"text": "a\ud83d", "source": "en", "target": "fr", "beams": 3, "model": "m", "ask": 2}
    terms = (Term("a", "b"),)
    assert read(Wish, told).asked(terms) == TranslationRequest("a\ufffd", "en", "fr", 3, "m", terms)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (Wish, {"act": "delete"}),
        (Wish, {"text": 1}),
        (Wish, {"ask": -1}),
        (Wish, {"target": "x" * 2_000}),
        (Place, {"text": "x" * 10_000}),
        (Place, {"unit": "first"}),
        (Sentence, {"translation": ["x"]}),
    ],
)
def test_what_no_page_sends_is_refused(kind: type, told: dict[str, object]) -> None:
    """In a sentence, and not with a trace."""
    with pytest.raises(DemoError):
        read(kind, told)
