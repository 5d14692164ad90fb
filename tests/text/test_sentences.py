"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_demo.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It rained. We stayed in.", ["It rained.", "We stayed in."]),
        ("下雨了。我们在家！你呢？", ["下雨了。", "我们在家！", "你呢？"]),
        ("他说：“走吧。”我们就走了。", ["他说：“走吧。”", "我们就走了。"]),
        (
            "Dr. Smith met Mr. J. Doe at 3.15 p.m. on Monday.",
            ["Dr. Smith met Mr. J. Doe at 3.15 p.m. on Monday."],
        ),
        ("See https://a.example/x.html?q=1. Then go.", ["See https://a.example/x.html?q=1.", "Then go."]),
        ("Pi is 3.14. Version 2.0 is out.", ["Pi is 3.14.", "Version 2.0 is out."]),
        ('"Stop!" she said. "Why?"', ['"Stop!"', "she said.", '"Why?"']),
        ("Well... maybe. Really?! Yes.", ["Well... maybe.", "Really?!", "Yes."]),
        ("我用Python 3.11。它很快。", ["我用Python 3.11。", "它很快。"]),
        ("1. First item\n2. Second item", ["1. First item", "2. Second item"]),
        ("A title\n\nA line.", ["A title", "A line."]),
        ("等等……好吧。", ["等等……", "好吧。"]),
        ("", []),
        (" \n\t ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, sentences: list[str]) -> None:
    """Chinese and Western marks end a sentence; abbreviations, numbers and addresses do not."""
    assert [sentence.text for sentence in split_sentences(text)] == sentences


@given(st.text(alphabet='ab.。!？ \n"”A1', max_size=80))
def test_nothing_but_blanks_is_lost(text: str) -> None:
    """Every character belongs to one sentence, at the place that the sentence says."""
    sentences = split_sentences(text)
    for sentence in sentences:
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
    assert "".join("".join(s.text.split()) for s in sentences) == "".join(text.split())
