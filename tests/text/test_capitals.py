"""Sentences in capitals."""

from __future__ import annotations

import pytest

from llama_demo.text.capitals import in_capitals, is_in_capitals, small_form, small_words

KNOWN = set("the cat sleeps in Paris with Tom und die Katze dr Straße istanbul not".split())


def count(word: str) -> int:
    """Tokens: one if the vocabulary has the word, else one a letter."""
    return 1 if word in KNOWN else len(word)


@pytest.mark.parametrize(
    ("text", "capital"),
    [
        ("THE CAT SLEEPS.", True),
        ("STOP!", True),
        ("ＳＴＯＰ ＨＥＲＥ", True),
        ("ÉCOLE FERMÉE", True),
        ("THE CAT SLEEPS IN 2 BEDS: 73156.", True),
        ("ПРИВЕТ ВСЕМ", True),
        ("ŌSŌ ŐRŐ", True),
        ("NATO", False),
        ("USB, TV, DVD", False),
        ("The NATO is big.", False),
        ("The CAT sleeps.", False),
        ("STRAßE!", True),
        ("DIE STRAẞE", True),
        ("İZMİR", True),
        ("A", False),
        ("USB很贵。", False),
        ("这是NATO和EU的会议。", False),
        ("123", False),
    ],
)
def test_is_in_capitals(text: str, capital: bool) -> None:
    """All of it, beyond abbreviations."""
    assert is_in_capitals(text) == capital


@pytest.mark.parametrize(
    ("text", "small", "language"),
    [
        ("THE CAT SLEEPS IN PARIS WITH TOM.", "The cat sleeps in Paris with Tom.", "en"),
        ("THE NATO AND HTML", "The NATO and HTML", "en"),
        ("I THINK I'M TOM", "I think I'm Tom", "en"),
        ("DIE KATZE", "Die Katze", "de"),
        ("IN ¿73156 PARIS?", "In ¿73156 Paris?", "es"),
        ("DIE STRASSE, DIE STRAßE, DIE STRAẞE", "Die Straße, die Straße, die Straße", "de"),
        ("TOM IN İSTANBUL", "Tom in istanbul", "en"),
        ("ILIK İNCİR", "Ilık incir", "tr"),
    ],
)
def test_small_form(text: str, small: str, language: str) -> None:
    """Names keep their first letter, and abbreviations all of theirs."""
    assert small_form(text, count, language) == small


@pytest.mark.parametrize(
    ("text", "small"),
    [
        ("The cat SLEEPS in Paris.", "The cat sleeps in Paris."),
        ("SLEEPS the CAT NOT?", "Sleeps the CAT not?"),
        ("The NASA, the WORLD, Tom's HTML", "The NASA, the WORLD, Tom's HTML"),
    ],
)
def test_small_words(text: str, small: str) -> None:
    """What is stressed is a word that the vocabulary knows; a name in capitals is none."""
    assert small_words(text, count, "en") == small


def test_capitals_of_a_language() -> None:
    """Turkish has a dot on its capital i."""
    assert in_capitals("Straße in Izmir", "de") == "STRASSE IN IZMIR"
    assert in_capitals("ılık incir", "tr") == "ILIK İNCİR"
