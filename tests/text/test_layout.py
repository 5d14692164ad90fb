"""What of a text is translated and what stays exactly as it is."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from llama_demo.text.layout import between, lay_out, on_one_line


def characters(text: str) -> list[int]:
    """The plainest vocabulary: a token a character."""
    return list(range(1, len(text) + 1))


def sentences(text: str, most: int = 1_000) -> list[str]:
    segments = lay_out(text, token_ends=characters, most_tokens=most)
    assert all(text[one.start : one.end] == one.text for one in segments)
    assert all(a.end <= b.start for a, b in pairwise(segments))
    return [one.text for one in segments]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello there. How are you?", ["Hello there.", "How are you?"]),
        ("你好。再见！走吧", ["你好。", "再见！", "走吧"]),
        ("  - first\n  - second\n", ["first", "second"]),
        ("1. One thing\n2) Another\n（3）第三", ["One thing", "Another", "第三"]),
        ("一、你好\n二、再见", ["你好", "再见"]),
        ("# Title\n\n> quoted\n\t* deep", ["Title", "quoted", "deep"]),
        ("- [ ] to do\n- [x] done", ["to do", "done"]),
        ("Dr. Smith paid 3.50. It was late.", ["Dr. Smith paid 3.50.", "It was late."]),
        ("See https://a.org/x.html now. Bye.", ["See https://a.org/x.html now.", "Bye."]),
        ("😀 Hi 😀\n😀😀\n123\nhttps://a.org", ["Hi"]),
        ("a\r\nb\u2028c", ["a", "b", "c"]),
        ("", []),
        (" \n\t\n", []),
    ],
)
def test_sentences_without_what_is_around_them(text: str, found: list[str]) -> None:
    """Bullets, numbers of lists, indentation, emoji and line breaks are nobody's sentence."""
    assert sentences(text) == found


def test_invisible_characters_belong_to_their_sentence() -> None:
    """They are gone with it; what joins an emoji stays with that."""
    text = "\ufeffOne.\u200b Two\u202c. \U0001f469\u200d\U0001f467 Three"
    assert sentences(text) == ["\ufeffOne.\u200b", "Two\u202c.", "Three"]


def test_an_endless_sentence_is_cut_where_a_reader_pauses() -> None:
    """At clauses if there are any, then between words, then anywhere; nothing is lost."""
    clauses = "one two three, " * 50
    parts = sentences(clauses, most=40)
    assert all(part.endswith(",") for part in parts)
    words = sentences("word " * 100, most=40)
    assert all(set(part.split()) == {"word"} for part in words)
    solid = sentences("永" * 20_000, most=120)
    assert "".join(solid) == "永" * 20_000
    assert max(map(len, parts + words)) <= 40
    assert max(map(len, solid)) <= 120


def test_a_wall_of_blanks_ends() -> None:
    """Nor does a sentence of almost nothing make parts of nothing."""
    assert sentences("a" + " " * 500 + "b", most=40) == ["a", "b"]


def test_a_wrapped_sentence_is_one_segment() -> None:
    """Half a sentence cannot be translated; its number is still no part of it."""
    text = (
        "1. The boat that my grandfather had built in the winter of the\n"
        "   great storm lay upside down behind the shed.\n2. Am 3. Oktober kam er."
    )
    found = lay_out(text, token_ends=characters, most_tokens=1_000, language="de")
    assert [one.text[:8] for one in found] == ["The boat", "Am 3. Ok"]
    assert all(text[one.start : one.end] == one.text for one in found)
    assert on_one_line("a\r\nb\nc") == "a  b c"


def test_a_list_of_nothing_ends() -> None:
    """Each line is read once, and a bullet alone does not take the next line's."""
    begin = time.process_time()
    assert sentences("•\n" * 20_000 + "• end") == ["end"]
    assert time.process_time() - begin < 10
    assert sentences("•\n1、\n2、 next") == ["next"]


def test_tags_that_go_on_into_the_next_sentence() -> None:
    """However many there are, a tag stays in one segment, and what follows is another."""
    link = '<a title="One. Two! Three? Four.">Here</a> it is.'
    begin = time.process_time()
    found = sentences("\n\n".join([link] * 500), most=10_000)
    assert time.process_time() - begin < 10
    assert len(found) == 500
    assert set(found) == {link}


@pytest.mark.parametrize(
    ("gap", "before", "after", "language", "expected"),
    [
        ("", "Hello.", "Bye.", "en", " "),
        (" ", "你好。", "再见。", "zh", ""),
        (" ", "Python", "Java", "zh", " "),
        ("\n", "你好。", "再见。", "zh", "\n"),
        ("   ", "Hello.", "Bye.", "en", "   "),
        (" 😀 ", "你好。", "再见。", "zh", " 😀 "),
        ("\n- ", "a", "b", "zh", "\n- "),
    ],
)
def test_between_sentences(gap: str, before: str, after: str, language: str, expected: str) -> None:
    """A blank where the language has one, none where it has none; all else as it was."""
    assert between(gap, before, after, language) == expected
