"""Follow-up questions: what they leave out is taken from the conversation, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from types import ModuleType

import pytest
import regex

from llama_demo.tasks.follow_up import chinese, english
from llama_demo.tasks.follow_up.standalone import joined, standalone

LINES = (Path(__file__).parent / "follow_ups.tsv").read_text(encoding="utf-8").splitlines()
"""Question, answer, follow-up and what it means, between tabs."""

LEAST = 0.9
"""Share that is understood word by word. The rules are rules: some of our own cases defeat them."""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_follow_ups_are_understood(language: str) -> None:
    """Of our conversations in each language nearly all; those that need nothing stay as they are."""
    rows = [line.split("\t") for line in LINES if is_english(line) == (language == "en")]
    missed = [
        (question, meant, got)
        for before, answer, question, meant in rows
        if (got := standalone(question, [("user", before), ("assistant", answer)])) != meant
    ]
    assert len(rows) > 30
    assert len(missed) <= (1 - LEAST) * len(rows), missed
    assert not [one for one in missed if one[0] == one[1]], "a question that stands alone was changed"


def test_no_english_follow_up_is_completed_wrongly() -> None:
    """Where the rules do not settle what is left out, the question before is joined instead."""
    for before, answer, question, meant in (line.split("\t") for line in LINES if is_english(line)):
        got = standalone(question, [("user", before), ("assistant", answer)])
        assert got in (meant, question, joined(question, before))


def is_english(line: str) -> bool:
    """Whether a conversation is in English."""
    return not regex.search(r"\p{Han}", line)


def test_the_first_question_stands_alone() -> None:
    """Without a conversation there is nothing to take from."""
    assert standalone(" And when? ", []) == "And when?"
    assert standalone("那是什么时候？", [("assistant", "…")]) == "那是什么时候？"


def test_a_chain_of_follow_ups_keeps_its_subject() -> None:
    """The third question still is about the first one's bridge."""
    turns = [("user", "Who built the iron bridge?"), ("assistant", "Otto Lind"), ("user", "And when?")]
    asked = standalone("How long is it?", [*turns, ("assistant", "1893")])
    assert asked == "How long is the iron bridge?"
    chinese = [("user", "铁桥是谁建的？"), ("assistant", "奥托"), ("user", "那是什么时候？")]
    assert standalone("它有多长？", chinese) == "铁桥有多长？"


def test_languages_may_change_in_between() -> None:
    """A follow-up in another language carries the whole question with it, since its words do not fit in."""
    turns = [("user", "Who built the iron bridge?"), ("assistant", "Otto Lind")]
    assert "iron bridge" in standalone("那是什么时候？", turns)
    assert standalone("食堂几点开门？", turns) == "食堂几点开门？"


@pytest.mark.parametrize(
    "odd",
    [
        *("?", "呢", "and", "那", "  ", "it", "它", "and and and", "what about", "a " * 5_000),
        *("What is?", "Who are", "When is?", "of", "And of the price of a ticket?"),
        "What do you think of the taste of the soup?",
    ],
)
def test_odd_questions_do_not_break_it(odd: str) -> None:
    """Anything may be typed, before and after."""
    standalone(odd, [("user", "Who built it?"), ("assistant", ""), ("user", "谁？")])
    standalone(odd, [("user", "How much does the museum cost?")])
    standalone("And when?", [("user", odd), ("user", odd)])
    standalone("How much is it?", [("user", odd)])
    standalone("那呢？", [("user", odd)])


@pytest.mark.parametrize(
    ("rules", "words", "between", "others"),
    [
        (english, "what is of the and", " ", ("How much is it?", "When does the bus stop?")),
        (chinese, "什么 是 的 它 呢", "", ("它有多长？", "食堂几点开门？")),
    ],
)
def test_no_short_question_breaks_it(
    rules: ModuleType, words: str, between: str, others: Sequence[str]
) -> None:
    """Every question of one to four of these words, as a follow-up and as the question before one."""
    for length in range(1, 5):
        for chosen in product(words.split(), repeat=length):
            question = between.join(chosen)
            for other in others:
                rules.completed(question, other, "")
                rules.completed(other, question, "")
