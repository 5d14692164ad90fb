"""The measure of rhyme that the generator's card states."""

from __future__ import annotations

import pytest

from llama_demo.training.generator.rhymes import rhymes, sound_of


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


def test_a_poem_rhymes_if_every_second_line_does() -> None:
    """Any reading of a character may carry the rhyme; a line without one breaks it."""
    sounds = {
        "霜": frozenset({("唐", True)}),
        "乡": frozenset({("唐", True)}),
        "行": frozenset({("唐", True), ("庚", True)}),
        "月": frozenset({("皆", False)}),
    }
    assert rhymes("床前明月光，疑是地上霜。举头望明月，低头思故乡。", sounds)
    assert rhymes("床前明月光，疑是地上霜。举头望明月，低头思故行。", sounds)
    assert not rhymes("床前明月光，疑是地上霜。举头望明月，低头思故月。", sounds)
    assert not rhymes("床前明月光，疑是地上霜。举头望明月，低头思故霜。", sounds), "霜 is no rhyme to 霜"
    assert not rhymes("床前明月光，疑是地上霜。", sounds), "one line rhymes with nothing"
    assert not rhymes("床前明月光，疑是地上木。举头望明月，低头思故乡。", sounds), (
        "a character without a sound"
    )
