"""How found passages are ranked, and which of their sentences are marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from llama_demo.tasks.embed import SentenceEncoder, embed, load_sentence_encoder
from llama_demo.tasks.search import SearchCandidate, Spread, closest_sentences, flat, rank
from tests import static_embedder

NEAR = SearchCandidate(1, cosine=0.6, bm25=0.0)
SAID = SearchCandidate(2, cosine=0.1, bm25=9.0)
BOTH = SearchCandidate(3, cosine=0.6, bm25=9.0)
UNKNOWN = SearchCandidate(4, cosine=None, bm25=4.0)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    """A sentence model."""
    return load_sentence_encoder(static_embedder.made(tmp_path_factory.mktemp("models") / "embedder"))


def ranked(mode: str, *candidates: SearchCandidate) -> list[int]:
    """Their numbers, best first."""
    return [one.number for one in rank(candidates, mode, mean=0.0, deviation=0.1)]


def test_each_way_knows_its_own_and_both_know_all() -> None:
    """What words do not find is no hit by words, and so by meaning; together nothing is lost."""
    every = (NEAR, SAID, BOTH, UNKNOWN)
    assert ranked("words", *every) == [2, 3, 4]
    assert ranked("meaning", *every) == [1, 3, 2]
    assert ranked("hybrid", *every)[0] == 3
    assert set(ranked("hybrid", *every)) == {1, 2, 3, 4}


@pytest.mark.parametrize("mode", ["words", "meaning", "hybrid"])
def test_scores_fall_along_the_list_and_are_shares(mode: str) -> None:
    """A list is sorted by the score that it shows, between 0 and 1."""
    found = rank((NEAR, SAID, BOTH, UNKNOWN), mode, mean=0.0, deviation=0.1)
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= share <= 1 for one in found for share in (one.score, one.meaning, one.words))
    assert rank((NEAR, SAID, BOTH, UNKNOWN), mode, mean=0.0, deviation=0.1, most=2) == found[:2]


def test_a_passage_abroad_is_not_blamed_for_lacking_the_words() -> None:
    """Of two that mean the same, neither with a word of the query, the one in the other language is ahead."""
    assert ranked("hybrid", NEAR, replace(NEAR, number=9, foreign=True)) == [9, 1]


def test_a_sentence_that_says_it_lifts_its_passage() -> None:
    """A passage is found by the sentence that answers, though the rest of it blurs its meaning."""
    assert ranked("hybrid", NEAR, replace(NEAR, number=9, sentence=0.9)) == [9, 1]


def test_the_deep_model_has_a_say_beside_the_quick_one_and_words() -> None:
    """Of two that are alike to the quick model, the one that the deep model prefers is ahead."""
    deep = Spread(0.7, 0.02)
    two = (replace(NEAR, deep=0.72), replace(NEAR, number=9, deep=0.8))
    assert [one.number for one in rank(two, "hybrid", deviation=0.1, deep=deep)] == [9, 1]
    assert [one.number for one in rank((SAID, *two), "words", deviation=0.1, deep=deep)] == [2]


def test_what_the_deep_model_has_not_embedded_yet_is_ranked_too() -> None:
    """In the sum the quick cosine stands for the deep one; by meaning it comes behind what was embedded."""
    deep, unseen = Spread(0.7, 0.02), replace(NEAR, number=8, cosine=0.9)
    seen = replace(NEAR, number=9, cosine=0.1, deep=0.72)
    assert [one.number for one in rank((seen, unseen), "hybrid", deviation=0.1, deep=deep)] == [8, 9]
    found = rank((unseen, seen), "meaning", deviation=0.1, deep=deep)
    assert [one.number for one in found] == [9, 8]
    assert found[0].score >= found[1].score
    assert found[0].meaning == pytest.approx(0.02 / 0.3)


def test_the_sentence_that_is_marked_is_a_statement(encoder: SentenceEncoder) -> None:
    """A question for a heading repeats what was asked; what stands beneath it is what one wants to read."""
    query = embed(encoder, ["llama wool grass"]).vectors[0]
    text = "llama wool grass?\nA river of stone. The llama has wool."
    told, alone, blank = closest_sentences(
        lambda texts: embed(encoder, texts, role="passage").vectors, query, [text, "llama wool", " "]
    )
    assert told is not None
    assert text[told.start : told.end].endswith(".")
    assert told.cosine == pytest.approx(1.0, abs=0.05)
    assert alone is not None
    assert (alone.start, alone.end) == (0, 10)
    assert blank is None


def test_the_map_is_the_plane_of_most_spread() -> None:
    """Directions in which nothing differs are left out; one vector alone spans nothing."""
    rows = np.zeros((4, 5), dtype=np.float32)
    rows[:, 2], rows[:, 4] = [0, 0, 9, 9], [0, 3, 0, 3]
    centre, axes = flat(rows)
    places = (rows - centre) @ axes
    assert np.ptp(places, axis=0) == pytest.approx([9, 3])
    assert not flat(rows[:1])[1].any()
