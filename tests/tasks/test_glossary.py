"""Finding terms, and putting others in their place."""

from __future__ import annotations

import pytest

from llama_demo.tasks.glossary import Term, find_terms, place_terms, replaced, with_targets

GLOSSARY = [
    Term("llama", "大羊驼"),
    Term("machine learning", "机器学习"),
    Term("machine", "机器"),
    Term("北京", "Peking"),
]


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("A Llama and two llamas", ["Llama", "llamas"]),
        ("llamaland is no term", []),
        ("Machine  learning needs a machine", ["Machine  learning", "machine"]),
        ("我在北京工作", ["北京"]),
        ("", []),
    ],
)
def test_terms_are_whole_words(sentence: str, found: list[str]) -> None:
    """Letter case and an English plural do not matter; the longer term wins; Chinese has no word borders."""
    wanted = find_terms(sentence, GLOSSARY)
    assert [sentence[each.start : each.end] for each in wanted] == found


def test_terms_in_a_translation() -> None:
    """Each place is taken once."""
    wanted = find_terms("llama llama", GLOSSARY)
    assert place_terms("大羊驼和大羊驼", wanted) == [(0, 3), (4, 7)]
    assert place_terms("大羊驼", wanted) == [(0, 3), None]
    assert (
        with_targets("A llama, a llama.", find_terms("A llama, a llama.", GLOSSARY)) == "A 大羊驼, a 大羊驼."
    )


def test_blanks_where_the_language_has_them() -> None:
    """A replaced word touches its neighbours only where words do."""
    assert replaced("我在那里工作", (2, 4), "北京", "zh") == "我在北京工作"
    assert replaced("I work there now", (7, 12), "Peking", "en") == "I work Peking now"
    assert replaced("Ixy", (1, 2), "am", "en") == "I am y"


def test_empty_terms_are_nothing() -> None:
    """A line that somebody began and left changes nothing."""
    assert find_terms("a b", [Term("", "x"), Term("a", " ")]) == []
