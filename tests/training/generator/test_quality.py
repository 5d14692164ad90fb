"""The bundled generator on requests of our own: quality that must not drop."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_demo.engine.request import Request, Sampling
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.text.chat_template import ChatMessage
from llama_demo.training.generator import declines

with (Path(__file__).parent / "requests.tsv").open(encoding="utf-8", newline="") as _file:
    ITEMS = [
        (row["kind"], row["request"], row["expected"], int(row["seed"]))
        for row in csv.DictReader(_file, delimiter="\t")
    ]
ANSWERS_OF_DECLINES = {"en": declines.ENGLISH, "zh": declines.CHINESE}
LONGEST = 120
TWICE = 2
BEGINNING = 12
"""Characters by which a decline is known."""


@pytest.fixture(scope="module")
def answers(writer: LanguageModel) -> dict[str, str]:
    """What the generator says to every request, with the app's settings and the request's seed.

    All are asked at once, so that the engine answers many in one batch; each ends as soon as it is settled.
    """
    chat = writer.chat
    assert chat is not None

    def answer(number: int) -> str:
        kind, request, expected, seed = ITEMS[number]
        prompt = tuple(chat.encode([ChatMessage("user", request)]))
        sampling = Sampling(temperature=0.8, top_k=50, top_p=0.95, seed=seed)
        stream = writer.engine.submit(Request(prompt, sampling, LONGEST, writer.tokenizer.end_ids))
        text, ids = "", []
        for step in stream:
            ids.append(step.id)
            text = writer.tokenizer.decode(ids)
            if settled(kind, text, expected):
                stream.close()
                break
        return text

    with ThreadPoolExecutor(len(ITEMS)) as threads:
        texts = threads.map(answer, range(len(ITEMS)))
        return {request: text for (_, request, *_), text in zip(ITEMS, texts, strict=True)}


def settled(kind: str, text: str, expected: str) -> bool:
    """Whether what follows cannot change the verdict."""
    if kind == "story":
        return text.lower().count(expected) >= TWICE
    return kind == "decline" and len(text) >= BEGINNING


def of_kind(kind: str) -> Iterator[tuple[str, str]]:
    return ((request, expected) for its, request, expected, _ in ITEMS if its == kind)


@pytest.mark.long
def test_stories_speak_of_what_they_were_asked_for(answers: dict[str, str]) -> None:
    """The thing is named at least twice, so not by the way."""
    times = [answers[request].lower().count(thing) for request, thing in of_kind("story")]
    often = sum(count >= TWICE for count in times)
    print(f"at least twice in {often} of {len(times)}, never in {times.count(0)}")  # pytest -rP shows it
    assert often >= 0.8 * len(times)


def test_anything_else_is_declined_in_the_language_of_the_asker(answers: dict[str, str]) -> None:
    """Whoever asks for what it cannot do is told what it can."""
    declined = [
        answers[request].startswith(ANSWERS_OF_DECLINES[language][:BEGINNING])
        for request, language in of_kind("decline")
    ]
    assert sum(declined) >= 0.9 * len(declined)
