"""Words are found in the dictionary's file, in either writing, in a text, and by their English."""

from __future__ import annotations

import pytest

from llama_demo.text.dictionary import BLOCK, Dictionary
from llama_demo.training.dictionary import read, write

SOURCE = """\
# CC-CEDICT
#! version=1
狗 狗 [gou3] /dog/CL:隻|只[zhi1],條|条[tiao2]/
犬 犬 [quan3] /(literary) dog/
走狗 走狗 [zou3 gou3] /hunting dog/(fig.) running dog; lackey/
研究 研究 [yan2 jiu1] /research/to study/
研究生 研究生 [yan2 jiu1 sheng1] /graduate student/
研 研 [yan2] /to grind/
生命 生命 [sheng1 ming4] /life/
生 生 [sheng1] /to be born/life/
命 命 [ming4] /life; fate/
究 究 [jiu1] /after all/
行 行 [Xing2] /surname Xing/
行 行 [hang2] /row/
行 行 [xing2] /to walk/OK/
漢語 汉语 [Han4 yu3] /Chinese language/
隻 只 [zhi1] /classifier for birds/
只 只 [zhi3] /only/
看 看 [kan4] /to look/see 研究[yan2 jiu1]/
"""


@pytest.fixture(scope="module")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    """Made from a few lines in the source's own format, and enough others for several blocks."""
    folder = tmp_path_factory.mktemp("dictionary")
    others = "".join(f"{chr(0x5000 + i)}字 {chr(0x5000 + i)}字 [zi4] /sign {i}/\n" for i in range(BLOCK * 2))
    (folder / "source.txt").write_text(SOURCE + others + "not an entry\n", encoding="utf-8")
    write(read(folder / "source.txt"), folder / "cedict.zip")
    return Dictionary(folder / "cedict.zip")


def test_an_entry_has_all_its_parts(dictionary: Dictionary) -> None:
    """Reading with marks, glosses, and the words that it is counted with apart from them."""
    (entry,) = dictionary.look_up("狗")
    assert (entry.pinyin, entry.glosses, entry.measure_words) == ("gǒu", ("dog",), ("只 (zhī)", "条 (tiáo)"))
    assert dictionary.look_up("看")[0].glosses == ("to look", "see 研究 (yánjiū)")


def test_both_writings_find_a_word(dictionary: Dictionary) -> None:
    """Whoever reads traditional characters finds the same entry."""
    assert dictionary.look_up("漢語") == dictionary.look_up("汉语")
    assert dictionary.look_up("汉语")[0].traditional == "漢語"
    assert {entry.traditional for entry in dictionary.look_up("只")} == {"隻", "只"}


def test_common_readings_come_first(dictionary: Dictionary) -> None:
    """A surname is rarely what was meant."""
    assert [entry.pinyin for entry in dictionary.look_up("行")] == ["xíng", "háng", "Xíng"]


@pytest.mark.parametrize(
    ("word", "first"),
    [
        ("dog", "狗"),
        ("Dogs", "狗"),
        ("look", "看"),
        ("graduate student", "研究生"),
        ("fate", "命"),
        ("studies", "研究"),
    ],
)
def test_english_words(dictionary: Dictionary, word: str, first: str) -> None:
    """What means just that comes before what contains it, the common before the literary; forms count."""
    assert dictionary.look_up(word)[0].simplified == first


def test_every_entry_can_be_found(dictionary: Dictionary) -> None:
    """The first and the last line of each block too."""
    for i in range(BLOCK * 2):
        (entry,) = dictionary.look_up(f"{chr(0x5000 + i)}字")
        assert entry.glosses == (f"sign {i}",)


@pytest.mark.parametrize(
    "word", ["", " ", "\n", "龘龘", "zzz", "\ud800", "狗" * 1_000, "a\tb", "'; --", "\x00"]
)
def test_unknown_words(dictionary: Dictionary, word: str) -> None:
    """Whatever is asked, the answer is that there is nothing."""
    assert dictionary.look_up(word) == ()


def test_a_word_is_found_in_its_sentence(dictionary: Dictionary) -> None:
    """研究生命 is 研究 and 生命, not a graduate student with a fate; other words are told behind it."""
    text = "他研究生命。"
    for at, word in ((1, "研究"), (2, "研究"), (3, "生命"), (4, "生命")):
        first, *others = dictionary.words_at(text, at)
        assert text[first.start : first.end] == word
        assert all(match.start <= at < match.end for match in others)
    assert "研究生" in [text[match.start : match.end] for match in dictionary.words_at(text, 3)]


def test_the_caret_behind_a_word_means_it(dictionary: Dictionary) -> None:
    """A caret stands between characters, at the end of a text behind the last one."""
    for text, position in (("狗", 1), ("狗。", 1), ("a dog", 5), ("a dog.", 5)):
        assert dictionary.words_at(text, position)[0].entries[0].simplified == "狗"


@pytest.mark.parametrize("position", [-5, 0, 3, 99, 10**9])
def test_places_without_a_word(dictionary: Dictionary, position: int) -> None:
    """Beside the text, at punctuation, at a word that nobody knows."""
    assert dictionary.words_at("。！ zzz", position) == ()
