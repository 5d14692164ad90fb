"""What the scripts of the tab may ask for."""

from __future__ import annotations

import pytest

from llama_demo.errors import DemoError
from llama_demo.services.translation.service import Term, TranslationRequest
from llama_demo.ui.schemas import parse
from llama_demo.ui.translate.schemas import SentenceRequest, TranslateRequest, WordRequest


def test_what_a_page_asks_becomes_what_the_service_is_asked() -> None:
    """Halves of characters, which nothing could send back, are mended."""
    told = {"text": "a\ud83d", "source": "en", "target": "fr", "model": "m", "ask": 2}
    terms = (Term("a", "b"),)
    assert parse(TranslateRequest, told).translation_request(terms) == TranslationRequest(
        "a\ufffd", "en", "fr", 1, "m", terms
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        (TranslateRequest, {"act": "delete"}),
        (TranslateRequest, {"text": 1}),
        (TranslateRequest, {"ask": -1}),
        (TranslateRequest, {"target": "x" * 2_000}),
        (WordRequest, {"text": "x" * 10_000}),
        (WordRequest, {"unit": "first"}),
        (SentenceRequest, {"translation": ["x"]}),
    ],
)
def test_what_no_page_sends_is_refused(kind: type, told: dict[str, object]) -> None:
    """In a sentence, and not with a trace."""
    with pytest.raises(DemoError):
        parse(kind, told)
