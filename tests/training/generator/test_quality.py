"""The bundled generator on requests of our own: quality that must not drop."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_demo.engine.request import Request, Sampling
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.text.chat_template import ChatMessage
from llama_demo.training.generator import declines
from llama_demo.training.generator.poems import form_of

with (Path(__file__).parent / "requests.tsv").open(encoding="utf-8", newline="") as _file:
    ITEMS = [(row["kind"], row["request"], row["expected"]) for row in csv.DictReader(_file, delimiter="\t")]
ANSWERS_OF_DECLINES = {"en": declines.ENGLISH, "zh": declines.CHINESE}
LONGEST = 120


@pytest.fixture(scope="module")
def answers(writer: LanguageModel) -> dict[str, str]:
    """What the generator says to every request, with the app's settings and the request's number as the seed.

    All are asked at once, so that the engine answers many in one batch.
    """
    chat = writer.chat
    assert chat is not None
    asked = [
        Request(
            tuple(chat.encode([ChatMessage("user", request)])),
            Sampling(temperature=0.8, top_k=50, top_p=0.95, seed=number),
            LONGEST,
            writer.tokenizer.end_ids,
        )
        for number, (_, request, _) in enumerate(ITEMS)
    ]
    streams = [writer.engine.submit(request) for request in asked]
    texts = [writer.tokenizer.decode([step.id for step in stream]) for stream in streams]
    return {request: text for (_, request, _), text in zip(ITEMS, texts, strict=True)}


def of_kind(kind: str) -> Iterator[tuple[str, str]]:
    return ((request, expected) for its, request, expected in ITEMS if its == kind)


def test_poems_have_the_asked_form(answers: dict[str, str]) -> None:
    """Lines, and characters a line."""
    forms = [form_of(answers[request]) == form for request, form in of_kind("poem")]
    assert sum(forms) >= 0.9 * len(forms)


def test_stories_speak_of_what_they_were_asked_for(answers: dict[str, str]) -> None:
    """The thing is named at least twice, so not by the way."""
    times = [answers[request].lower().count(thing) for request, thing in of_kind("story")]
    often = sum(count >= 2 for count in times)
    print(f"at least twice in {often} of {len(times)}, never in {times.count(0)}")  # pytest -rP shows it
    assert often >= 0.75 * len(times)


def test_anything_else_is_declined_in_the_language_of_the_asker(answers: dict[str, str]) -> None:
    """Whoever asks for what it cannot do is told what it can."""
    declined = [
        answers[request].startswith(ANSWERS_OF_DECLINES[language][:12])
        for request, language in of_kind("decline")
    ]
    assert sum(declined) >= 0.9 * len(declined)
