"""Summaries that quote."""

from __future__ import annotations

import pytest

from llama_demo.errors import InputError
from llama_demo.tasks.summarise import LONGEST_TEXT, MOST_SENTENCES, summarise

ENGLISH = (
    "The harbour of Lund will get a new bridge. "
    "The bridge will carry trams, bicycles and people on foot, but no cars. "
    "My aunt sells apples on Saturdays. "
    "Work on the bridge in the harbour begins in May and takes two years. "
    "The new bridge in the harbour of Lund will carry trams and bicycles. "
    "It is often windy there."
)
CHINESE = (
    "市图书馆下个月开放新的阅览室。新阅览室有两百个座位，读者可以免费使用。我家的猫很爱睡觉。"
    "图书馆的新阅览室每天开放到晚上十点。昨天下雨了。"
)


def test_the_summary_quotes_what_the_text_is_about() -> None:
    """The aside about apples is no part of a summary of a text about a bridge."""
    summary = summarise(ENGLISH, sentences=2)
    assert all("bridge" in sentence.text for sentence in summary)
    assert all(ENGLISH[sentence.start : sentence.end] == sentence.text for sentence in summary)


def test_chinese_is_understood_without_blanks_between_words() -> None:
    """Pairs of characters stand for words: the cat and the rain are left out."""
    assert all("阅览室" in sentence.text for sentence in summarise(CHINESE, sentences=2))


def test_sentences_come_in_the_order_of_the_text() -> None:
    """A summary reads on as the text does."""
    starts = [sentence.start for sentence in summarise(ENGLISH, sentences=3)]
    assert starts == sorted(starts)


def test_nothing_is_said_twice() -> None:
    """A text that repeats its main sentence is not summarised by repeating it."""
    text = "The ship sails at nine from pier four. " * 5 + "Tickets for the ship cost ten euros at the pier."
    assert (
        len({sentence.text for sentence in summarise(text, sentences=2)})
        == len(summarise(text, sentences=2))
        == 2
    )


def test_a_short_text_is_quoted_whole() -> None:
    """Asking for more sentences than there are gives what there is."""
    assert [sentence.text for sentence in summarise("Only this.", sentences=3)] == ["Only this."]
    assert [sentence.text for sentence in summarise("!!! ???")] != []


def test_a_long_text_is_summarised_by_its_first_thousand_sentences() -> None:
    """A whole book pasted in is answered too; what lies beyond the limit is not read."""
    text = "".join(f"Sentence {n} speaks of thing {n % 97} and of thing {n % 89}. " for n in range(4000))
    summary = summarise(text[:LONGEST_TEXT], sentences=5)
    assert len(summary) == 5
    assert all(int(sentence.text.split()[1]) < MOST_SENTENCES for sentence in summary)


@pytest.mark.parametrize(
    ("text", "key"), [(" ", "prompt_empty"), ("a" * (LONGEST_TEXT + 1), "prompt_too_large")]
)
def test_what_cannot_be_summarised_is_said(text: str, key: str) -> None:
    """Nothing, and too much, each with its own message."""
    with pytest.raises(InputError) as caught:
        summarise(text)
    assert caught.value.key == key
