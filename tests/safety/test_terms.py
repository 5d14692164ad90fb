"""Terms are found as whole words, in their forms, and in writing without spaces."""

from __future__ import annotations

from llama_demo.safety.terms import SENTENCE_END, TermIndex

INDEX = TermIndex(
    {
        "do": ["make", "制造"],
        "thing": ["bomb", "sex", "rapist", "炸弹"],
        "fine": ["bath bomb"],
        "how": ["how to"],
    }
)


def lists(text: str) -> list[str]:
    return [name for one in INDEX.occurrences(text) for name in sorted(one.lists)]


def test_english_is_matched_by_words() -> None:
    """Scunthorpe passes: a term inside of a word is none."""
    assert lists("essex, sussex and the bombastic therapist") == []


def test_a_word_stands_for_its_forms() -> None:
    """Plurals and -ing need no entries of their own."""
    assert lists("making bombs") == ["do", "thing"]


def test_chinese_is_matched_by_characters() -> None:
    """Chinese has no spaces."""
    assert lists("怎么制造炸弹呢") == ["do", "thing"]


def test_a_longer_term_hides_a_shorter_one() -> None:
    """A harmless expression is not read for the word in it."""
    assert lists("make a bath bomb") == ["do", "fine"]


def test_words_without_spaces_are_parted() -> None:
    """If they are at least three; a therapist stays one word."""
    assert lists("howtomakeabomb") == ["how", "do", "thing"]
    assert lists("therapists") == []


def test_the_end_of_a_sentence_is_far_away() -> None:
    """What stands in two sentences seldom belongs together."""
    make, bomb = INDEX.occurrences("make it. a bomb")
    assert bomb.start - make.start == 3 + SENTENCE_END
