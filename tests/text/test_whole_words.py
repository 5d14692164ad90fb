"""Parts of a text with whole words at both ends."""

from __future__ import annotations

import pytest

from llama_demo.text.whole_words import whole_words


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("may cost 140 euros a night", "140 eu", "140 euros"),
        ("may cost 140 euros a night", "cost 140", "cost 140"),
        ("some 4,000 years ago", "000 years", "4,000 years"),
        ("at 17:30 sharp", "at 17", "at 17:30"),
        ("Miller's mill", "Mill", "Miller's"),
        ("the well-known mill", "known", "known"),
        ("naïveté", "na", "naïveté"),
        ("厂房是2016年改建的", "2016", "2016"),
        ("厂房是2016年改建的", "改", "改"),
        ("插U盘", "盘", "盘"),
        ("word", "word", "word"),
        ("x" * 500, "x" * 10, "x" * 70),  # what is no word any more is not followed to its end
    ],
)
def test_a_part_grows_to_whole_words(text: str, part: str, whole: str) -> None:
    """Words of Latin letters and numbers are not cut; Chinese characters stand for themselves."""
    start = text.index(part)
    first, last = whole_words(text, start, start + len(part))
    assert text[first:last] == whole
