"""The sounds by which the generator learned to rhyme."""

from __future__ import annotations

import pytest

from llama_demo.training.generator.rhymes import sound_of


@pytest.mark.parametrize(
    ("pinyin", "sound"),
    [
        ("guang1", ("唐", True)),
        ("shi1", ("支", True)),
        ("yi1", ("齐", True)),
        ("yu2", ("齐", True)),
        ("lu:4", ("齐", False)),
        ("lu4", ("姑", False)),
        ("yue4", ("皆", False)),
        ("ye4", ("皆", False)),
        ("ge1", ("波", True)),
        ("er2", ("齐", True)),
        ("quan2", ("寒", True)),
        ("jun1", ("文", True)),
        ("xiong1", ("庚", True)),
        ("de5", None),
        ("A A", None),
    ],
)
def test_a_syllable_has_its_rhyme(pinyin: str, sound: tuple[str, bool] | None) -> None:
    """Finals that are spelled alike and sound apart are told apart, and the other way round."""
    assert sound_of(pinyin) == sound
