"""What somebody can begin with."""

from __future__ import annotations

import pytest

from llama_demo.ui.ask.examples import examples, openings


def test_there_are_texts_in_both_languages() -> None:
    """A visitor tries what they can read."""
    assert {one.language for one in examples()} == {"en", "zh"}
    assert len({one.title for one in examples()}) == len(examples())


@pytest.mark.parametrize("abilities", [("story", "poem"), ("instruct",)])
def test_a_model_is_offered_what_it_can_do(abilities: tuple[str, ...]) -> None:
    """In each language; a model of which nothing is known is offered nothing."""
    assert all(openings(abilities).values())
    assert not any(openings(()).values())
