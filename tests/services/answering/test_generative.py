"""Which sentences of a written answer its passages bear out, and which of them it names."""

from __future__ import annotations

import pytest

from llama_demo.services.answering.generative import claims_of

BRIDGE = "The iron bridge over the river was opened in 1893 by the mayor."
HERDS = "Llamas live in herds and eat grass on high plains."
PASSAGES = (BRIDGE, HERDS)


def test_an_answer_is_cut_into_its_sentences() -> None:
    """Each claim is a sentence with its citations, without the blank before the next one."""
    answer = "The iron bridge was opened in 1893 [1]. Llamas live in herds [2]."
    claims = claims_of(answer, PASSAGES)
    assert [answer[one.start : one.end] for one in claims] == [
        "The iron bridge was opened in 1893 [1].",
        "Llamas live in herds [2].",
    ]
    assert [one.cites for one in claims] == [(1,), (2,)]
    assert all(one.supported for one in claims)


@pytest.mark.parametrize(
    ("sentence", "cites"),
    [
        ("Llamas live in herds [1, 2].", (1, 2)),
        ("Llamas live in herds [2][1].", (2, 1)),
        ("Llamas live in herds ［2、1］。", (2, 1)),
        ("Llamas live in herds【2】。", (2,)),
        ("Llamas live in herds [0], [3] [99].", ()),
        ("Llamas live in herds [a].", ()),
    ],
)
def test_only_passages_that_there_are_can_be_named(sentence: str, cites: tuple[int, ...]) -> None:
    """In brackets of both scripts, several in one; a number without a passage is none."""
    [claim] = claims_of(sentence, PASSAGES)
    assert claim.cites == cites


@pytest.mark.parametrize(
    ("sentence", "supported"),
    [
        ("The mayor opened the iron bridge over the river.", True),
        ("The iron bridge over the river was opened in 1993.", False),
        ("The iron bridge over the river was opened by an elephant's cousin from distant Mongolia.", False),
        ("Llamas read newspapers every morning.", False),
    ],
)
def test_a_sentence_needs_a_passage_that_says_so(sentence: str, supported: bool) -> None:
    """Its words and each of its numbers."""
    [claim] = claims_of(sentence, PASSAGES)
    assert claim.supported is supported


def test_one_passage_has_to_say_all_of_it() -> None:
    """Half from the one and a number from the other is nobody's claim."""
    [claim] = claims_of("Llamas live in herds since 1893.", PASSAGES)
    assert not claim.supported


def test_a_citation_is_no_number_of_the_sentence() -> None:
    """Else a sentence would have to find its own reference in the passage."""
    [claim] = claims_of("Llamas live in herds [2].", PASSAGES)
    assert claim.supported


def test_chinese_is_held_against_chinese() -> None:
    """Which has no blanks between words."""
    claims = claims_of("铁桥于1893年开放[1]。骆驼住在月亮上。", ("河上的铁桥于1893年由市长开放。",))
    assert [(one.cites, one.supported) for one in claims] == [((1,), True), ((), False)]


def test_nothing_bears_out_what_has_no_passages() -> None:
    """And an empty answer claims nothing."""
    assert not any(one.supported for one in claims_of("The bridge was opened in 1893.", ()))
    assert claims_of("", PASSAGES) == []
