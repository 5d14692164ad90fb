"""A translation's sentences as the history keeps them, and as an imported file may have them."""

from __future__ import annotations

import pytest

from llama_demo.services.translation.result import PlacedTerm, SentencePair, pairs_from_json, pairs_to_json

PAIR = SentencePair((0, 3), (0, 2), -0.5, terms=(PlacedTerm((0, 1), (1, 2)),), doubts=("number", "negation"))


def test_pairs_come_back() -> None:
    """A row opens with the links between its sentences."""
    assert pairs_from_json(pairs_to_json([PAIR]), "Hi.", "你好") == (PAIR,)


@pytest.mark.parametrize("terms", [5, "no", {"a": 1}, [5], [[0, 1, 1]], [[0, 1, 1, 99]], [[0, 1, "a", 2]]])
def test_terms_that_are_none_are_left_out(terms: object) -> None:
    """A history that somebody else wrote can be imported and opened."""
    values = [{"source": [0, 3], "target": [0, 2], "score": -0.5, "terms": terms}]
    [pair] = pairs_from_json(values, "Hi.", "你好")
    assert pair.terms == ()


@pytest.mark.parametrize("doubts", [5, "number", {"number": 1}, [5], ["unheard-of"]])
def test_doubts_that_are_none_are_left_out(doubts: object) -> None:
    """The page has words for those it knows."""
    values = [{"source": [0, 3], "target": [0, 2], "score": -0.5, "doubts": doubts}]
    [pair] = pairs_from_json(values, "Hi.", "你好")
    assert pair.doubts == ()


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        {"source": [0, 9], "target": [0, 2], "score": None},
        {"source": [2, 1], "target": [0, 2], "score": None},
        {"source": [0, True], "target": [0, 2], "score": None},
        {"source": [0, 3], "target": [0, 2], "score": "good"},
    ],
)
def test_places_outside_the_texts_are_left_out(value: object) -> None:
    """They would mark what is not there."""
    assert pairs_from_json([value], "Hi.", "你好") == ()
