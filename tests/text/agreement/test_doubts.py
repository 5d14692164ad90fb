"""A translation that says something else is marked, and one that is right is not."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from llama_demo.text.agreement.doubts import DOUBTS, find_doubts

with (Path(__file__).parent / "pairs.tsv").open(encoding="utf-8", newline="") as file:
    PAIRS = [
        (tuple(row["direction"].split("-")), row["source"], row["translation"], row["doubts"])
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


@pytest.mark.parametrize(("languages", "source", "translation", "doubts"), PAIRS)
def test_pair(languages: tuple[str, str], source: str, translation: str, doubts: str) -> None:
    """Each with the one thing that is wrong, if any is."""
    assert ",".join(find_doubts(source, translation, languages)) == doubts


def test_the_pairs_are_of_every_kind() -> None:
    """Enough of them, in every direction, right and wrong."""
    assert len(PAIRS) > 100
    assert {doubts for *_, doubts in PAIRS} == {"", *DOUBTS}
    assert len({languages for languages, *_ in PAIRS}) >= 8


def test_the_form_of_letters_is_no_difference() -> None:
    """A full-width digit counts as any."""
    assert find_doubts("她有３个孩子。", "She has 3 children.", ("zh", "en")) == ()
    assert find_doubts("她有３个孩子。", "She has 5 children.", ("zh", "en")) == ("number",)


def test_other_languages_are_compared_in_what_needs_no_words() -> None:
    """Figures and placeholders of a language without rules, and nothing else."""
    languages = ("pt", "en")
    assert find_doubts("Não tenho 30 anos em Lisboa, {x}.", "I am 30, {x}.", languages) == ()
    assert find_doubts("Tenho 30 anos.", "I am 31.", languages) == ("number",)
