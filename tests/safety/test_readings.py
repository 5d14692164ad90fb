"""Disguised letters are read as a person reads them."""

from __future__ import annotations

import pytest

from llama_demo.safety.readings import readings

DISGUISED = (
    "BOMB",
    "ｂｏｍｂ",
    "b0mb",
    "bömb",
    "ⓑⓞⓜⓑ",
    "bоmb",
    "b-o-m-b",
    "b o m b",
    "b.o.m.b",
    "bo\u200bmb",
    "𝐛𝐨𝐦𝐛",
)


@pytest.mark.parametrize("disguised", DISGUISED)
def test_a_disguised_word_is_read(disguised: str) -> None:
    """By case, width, digits, accents, circles, Cyrillic letters, signs, blanks, invisible characters."""
    assert "bomb" in readings(disguised)


def test_one_stands_for_two_letters() -> None:
    """1 is i in one word and l in another."""
    assert "kill" in readings("k1ll")
    assert "steal" in readings("stea1")


def test_traditional_characters_are_simplified() -> None:
    """Both scripts have one list of terms."""
    assert readings("怎樣製造炸彈")[0] == "怎样制造炸弹"


def test_an_ordinary_text_has_one_reading() -> None:
    """Nothing is read into it, and it is read once."""
    assert readings("how many steps does the lighthouse have?") == (
        "how many steps does the lighthouse have?",
    )
