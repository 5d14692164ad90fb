"""Synthetic pairs about numbers, times, dates and names."""

from __future__ import annotations

import random

import pytest

from llama_demo.text.agreement.doubts import find_doubts
from llama_demo.training.translator.data import LANGUAGES
from llama_demo.training.translator.phrases import chinese_number, phrase_pair

DRAWN = 400


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_both_sides_say_the_same(language: str) -> None:
    """By the app's own comparison: the same numbers, days, months, places and negation."""
    dice = random.Random(language)
    pairs = {phrase_pair(language, dice) for _ in range(DRAWN)}
    assert len(pairs) > DRAWN / 2
    assert [pair for pair in pairs if any(mark in "".join(pair) for mark in "{}|")] == []
    doubtful = [pair for pair in pairs if find_doubts(*pair, ("en", language))]
    assert doubtful == []


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "零"),
        (10, "十"),
        (42, "四十二"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1_005, "一千零五"),
        (2_300, "二千三百"),
        (12_050, "一万二千零五十"),
        (100_500, "十万零五百"),
        (250_000, "二十五万"),
    ],
)
def test_numbers_are_written_in_chinese(number: int, written: str) -> None:
    """With one zero for each gap, and none at the end."""
    assert chinese_number(number) == written
