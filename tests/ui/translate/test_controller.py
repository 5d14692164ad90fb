"""What the panes get when they ask for a translation, or for two."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import UTC
from types import SimpleNamespace
from typing import Any

import pytest

from llama_demo.errors import DemoError, InputError
from llama_demo.services.translation.service import TranslationRequest, TranslationUpdate
from llama_demo.services.visits import Visit
from llama_demo.ui.calls import Call
from llama_demo.ui.translate.controller import BEAMS, TranslateController

VISIT = Visit("ann", "en", temporary=False, operator=True)
DONE = TranslationUpdate("Thé.", done=1, total=1, finish_reason="end", run_id="first")


class Translating:
    """Translates by what it is given, and remembers what it was asked."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = iter(outcomes)
        self.asked: list[tuple[int, str | None]] = []

    def translate(
        self, visit: Visit, request: TranslationRequest, *, origin: str | None = None, **_: Any
    ) -> Generator[TranslationUpdate, None, None]:
        """One update; then the end, or a failure."""
        self.asked.append((request.beams, origin))
        yield TranslationUpdate("Thé", done=0, total=1, run_id="first")
        failure = next(self.outcomes)
        if failure:
            raise failure
        yield DONE


def told(service: Translating, act: str) -> list[dict[str, Any]]:
    """The lines that have come in the end."""
    glossary = SimpleNamespace(for_translation=lambda *_: ())
    controller = TranslateController(SimpleNamespace(translation=service, glossary=glossary))  # type: ignore[arg-type]
    event = {"act": act, "text": "Tea.", "source": "en", "target": "fr", "ask": 2}
    answers: Iterator[tuple[str]] = controller.act(Call(VISIT, "page", UTC, event, 1))
    value = ""
    with suppress(DemoError):
        for (answer,) in answers:
            assert answer.startswith(value)
            value = answer
    return [json.loads(line) for line in value.splitlines()]


def test_two_translations_are_told_one_after_the_other() -> None:
    """The second is another version of the first."""
    service = Translating(None, None)
    lines = told(service, "compare")
    assert [line["side"] for line in lines if "begin" in line] == ["greedy", "beam"]
    assert [line["end"] for line in lines if "end" in line] == ["end", "end"]
    assert service.asked == [(1, None), (BEAMS, "first")]


@pytest.mark.parametrize(("act", "outcomes"), [("translate", 0), ("compare", 0), ("compare", 1)])
def test_a_translation_that_fails_ends_on_the_page(act: str, outcomes: int) -> None:
    """Also one of two that are compared: the page must not wait for ever."""
    service = Translating(*[None] * outcomes, InputError("prompt_empty"))
    ends = [line["end"] for line in told(service, act) if "end" in line]
    assert ends == ["end"] * outcomes + ["failed"]


def test_a_defect_ends_it_too() -> None:
    """It goes to the log; what was translated stays."""
    with pytest.raises(RuntimeError):
        told(Translating(RuntimeError("inside")), "compare")
