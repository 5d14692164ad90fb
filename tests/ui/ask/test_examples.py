"""What somebody can begin with."""

from __future__ import annotations

import pytest

from llama_demo.services.models import Models
from llama_demo.settings import ASSETS
from llama_demo.tasks.extract import RetrievedPassage, extract
from llama_demo.tasks.read import Reader
from llama_demo.ui.ask.examples import AskExample, examples, openings


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The bundled one."""
    return Models(sorted((ASSETS / "models").iterdir()), device="cpu").reader()


def test_there_are_texts_in_both_languages() -> None:
    """A visitor tries what they can read."""
    assert {one.language for one in examples()} == {"en", "zh"}
    assert len({one.title for one in examples()}) == len(examples())


@pytest.mark.parametrize("example", examples(), ids=lambda one: one.title)
def test_the_first_question_is_answered(reader: Reader, example: AskExample) -> None:
    """By the bundled reader: whoever tries the tab for the first time sees what it is good for."""
    found = extract(reader, example.questions[0], [RetrievedPassage(example.text)], way="text")
    assert found.answerable
    assert example.first_answer in found.answers[0].text


@pytest.mark.parametrize("abilities", [("story", "poem"), ("instruct",)])
def test_a_model_is_offered_what_it_can_do(abilities: tuple[str, ...]) -> None:
    """In each language; a model of which nothing is known is offered nothing."""
    assert all(openings(abilities).values())
    assert not any(openings(()).values())
