"""The dictionary that ships with the program."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from llama_demo.services.translation.dictionary import ATTRIBUTION, FILE, LICENCE, DictionaryService


def test_it_ships_small_and_with_its_licence() -> None:
    """Under 8 MB, and whoever copies the folder learns whose work it is."""
    assert FILE.stat().st_size < 8_000_000
    told = (FILE.parent / "README.md").read_text(encoding="utf-8")
    assert LICENCE in told
    assert ATTRIBUTION.split(",")[0] in told


def test_everyday_words_are_there() -> None:
    """In both directions, asked by many threads at once before it is open."""
    dictionary = DictionaryService()
    words = {"你好": "你好", "電腦": "电脑", "dog": "狗", "water": "水", "hello": "你好", "银行": "银行"}
    with ThreadPoolExecutor(8) as threads:
        for _ in range(4):
            found = threads.map(dictionary.look_up, words)
            for entries, simplified in zip(found, words.values(), strict=True):
                assert simplified in [entry.simplified for entry in entries[:3]]
    (match, *_) = dictionary.words_at("我在北京大学学习中文。", 4)
    assert (match.start, match.end, match.entries[0].pinyin) == (2, 6, "Běijīng Dàxué")


def test_a_whole_text_is_no_word() -> None:
    """It is not searched for, and a long text around a place costs nothing."""
    dictionary = DictionaryService()
    assert dictionary.look_up("狗" * 100_000) == ()
    assert dictionary.words_at("研究生命" * 25_000, 50_001)[0].entries
