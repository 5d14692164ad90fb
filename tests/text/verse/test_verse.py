"""What the page says of a poem's tones and rhymes."""

from __future__ import annotations

import pytest

from llama_demo.text.verse.rhyme_book import Tone, load_rhyme_book
from llama_demo.text.verse.verse import Verse, form_of, read_verse

BOOK = load_rhyme_book()

REGULAR = {
    "五言绝句": "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。",
    "七言绝句": "朝辞白帝彩云间，千里江陵一日还。两岸猿声啼不住，轻舟已过万重山。",
    "五言律诗": (
        "国破山河在，城春草木深。感时花溅泪，恨别鸟惊心。\n烽火连三月，家书抵万金。白头搔更短，浑欲不胜簪。"
    ),
    "七言律诗": (
        "剑外忽传收蓟北，初闻涕泪满衣裳。却看妻子愁何在，漫卷诗书喜欲狂。\n"
        "白日放歌须纵酒，青春作伴好还乡。即从巴峡穿巫峡，便下襄阳向洛阳。"
    ),
}


def read(poem: str) -> Verse:
    verse = read_verse(poem, BOOK)
    assert verse is not None
    return verse


@pytest.mark.parametrize(("form", "poem"), REGULAR.items())
def test_regular_poems_of_the_tang_are_found_regular(form: str, poem: str) -> None:
    """They are judged by the sounds of the Tang; by today's, 白 and 一 would have the wrong tone."""
    verse = read(poem)
    assert verse.form.name == form
    assert verse.is_regular, [line.faults for line in verse.lines]


def test_tones_are_those_of_the_rhyme_book() -> None:
    """白, 日, 入, 欲, 目, 一 had entering tones, which are oblique."""
    first, second, *_ = read(REGULAR["五言绝句"]).lines
    assert [tone is Tone.LEVEL for tone in first.tones] == [False, False, True, True, False]
    assert [tone is Tone.LEVEL for tone in second.tones] == [True, True, False, False, True]
    assert read(REGULAR["五言绝句"]).rhyme == "下平十一尤"


def test_a_character_of_both_tones_has_the_one_that_its_place_asks_for() -> None:
    """看 and 过 were set in either tone."""
    assert {Tone.LEVEL, Tone.OBLIQUE} == BOOK.tones["看"] == BOOK.tones["过"]
    lines = read(REGULAR["七言律诗"]).lines
    assert not lines[2].faults


@pytest.mark.parametrize(
    ("changed", "poem"),
    [
        ("a tone", "白日依山尽，黄河入海流。欲穷百里目，更上几层楼。".replace("黄河", "绿水")),
        ("the rhyme", "白日依山尽，黄河入海流。欲穷千里目，更上一层台。"),
        ("a rhyme with itself", "白日依山尽，黄河入海流。欲穷千里目，更上一层流。"),
    ],
)
def test_a_fault_is_found(changed: str, poem: str) -> None:
    """One wrong character is enough."""
    assert not read(poem).is_regular, changed


def test_other_texts_have_no_form() -> None:
    """Prose, and verse of other lengths, are not measured by these rules."""
    assert form_of("今天天气很好，我和妈妈去公园。") is None
    assert read_verse("关关雎鸠，在河之洲。窈窕淑女，君子好逑。", BOOK) is None
    assert read_verse("", BOOK) is None
