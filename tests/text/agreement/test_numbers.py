"""The numbers of a text, in figures and in words, are found by their value."""

from __future__ import annotations

import pytest

from llama_demo.text.agreement.numbers import find_numbers


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        *(
            ("一亿三千万人", "zh", 130_000_000),
            ("1亿3000万人", "zh", 130_000_000),
            ("3万亿", "zh", 3 * 10**12),
        ),
        *(
            ("2.5 billion", "en", 2_500_000_000),
            ("two trillion", "en", 2 * 10**12),
            ("3 bn", "en", 3 * 10**9),
        ),
        *(("2 billions", "fr", 2 * 10**12), ("2,5 milliards", "fr", 2_500_000_000)),
        *(("5 Mrd. Euro", "de", 5 * 10**9), ("zwei Billionen", "de", 2 * 10**12), ("4 Tsd.", "de", 4_000)),
        *(("3 mil millones", "es", 3 * 10**9), ("dos billones", "es", 2 * 10**12)),
        *(("5 milhões", "pt", 5 * 10**6), ("30 mila", "it", 30_000)),
    ],
)
def test_counting_words_multiply(text: str, language: str, number: int) -> None:
    """As each language counts: a billion is a million millions in all but English and Portuguese."""
    assert find_numbers(text, language).sure == (str(number),)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        *(("1" + "亿" * 40, "zh"), ("亿" * 5_000, "zh"), ("一" * 5_000, "zh"), ("1.5" * 2_000 + "万", "zh")),
        *(
            ("9" * 400 + " million", "en"),
            ("9" * 5_000, "en"),
            ("9" * 5_000, "zh"),
            ("nine billion " * 300, "en"),
        ),
    ],
)
def test_no_number_is_too_long(text: str, language: str) -> None:
    """Each part of the longest ones can be compared by its value."""
    assert all(int(number) >= 0 for number in find_numbers(text, language).sure)


@pytest.mark.parametrize(
    ("text", "language", "numbers"),
    [("Chapter IV", "en", ("4",)), ("le XIXe siècle", "fr", ("19",)), ("MCMXCIX and I", "en", ("1999", "1"))],
)
def test_roman_numerals_may_be_numbers(text: str, language: str, numbers: tuple[str, ...]) -> None:
    """They need no counterpart, but can be one."""
    found = find_numbers(text, language)
    assert found.roman == numbers
    assert found.sure == ()
