"""Readings as people write them."""

from __future__ import annotations

import pytest

from llama_demo.text.pinyin import marked


@pytest.mark.parametrize(
    ("numbered", "reading"),
    [
        ("ni3 hao3", "nǐhǎo"),
        ("lu:4 se4", "lǜsè"),
        ("nü3", "nǚ"),
        ("dong1 xi5", "dōngxi"),
        ("liu2 shui3", "liúshuǐ"),
        ("xiong2", "xióng"),
        ("gou3 dou4", "gǒudòu"),
        ("Tian1 an1 men2", "Tiān'ānmén"),
        ("nu:3 er2", "nǚ'ér"),
        ("hua1 r5", "huār"),
        ("Bei3 jing1 Da4 xue2", "Běijīng Dàxué"),
        ("san1 C", "sān C"),
        ("xx5", "xx"),
        ("m2", "ḿ"),
        ("ng4", "ǹg"),
        ("", ""),
        ("a1 · b", "ā · b"),
    ],
)
def test_tone_marks(numbered: str, reading: str) -> None:
    """The mark stands on the right vowel, and an apostrophe parts syllables that could be misread."""
    assert marked(numbered) == reading
