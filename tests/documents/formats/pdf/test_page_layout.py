"""Runs of a page are put into reading order: columns as columns, tables as rows, in either direction."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Sequence

import pytest

from llama_demo.documents.formats.pdf.page_layout import TextRun, lines_in_order

SETTINGS = [
    ("max_connections", "whole number"),
    ("shared_buffers", "size in bytes"),
    ("log_statement_stats", "yes or no"),
    ("work_mem", "size in bytes"),
    ("wal_level", "one of three"),
    ("checkpoint_timeout", "seconds"),
    ("archive_command", "shell command"),
]
ANIMALS = [
    ("red fox", "small wild dog"),
    ("common harbour seal", "it dives for fish"),
    ("grey heron", "long-legged bird"),
    ("white-tailed eagle", "a bird of prey"),
    ("brown hare", "runs very fast"),
    ("mute swan", "white water bird"),
    ("edible cockle", "a shell"),
]


def run(x: float, y: float, text: str, letter: float = 5.0) -> TextRun:
    return TextRun(text, x, y, x + letter * len(text), y + 10)


def read(runs: Sequence[TextRun]) -> list[str]:
    return [line for line in lines_in_order(runs) if line]


@pytest.mark.parametrize("rows", [SETTINGS, ANIMALS])
def test_a_table_of_lower_case_words_is_read_row_by_row(rows: list[tuple[str, str]]) -> None:
    """Lists of parameters and glossaries have no capitals, as lines of a text have none."""
    runs = [run(72 + 150 * x, 700 - 14 * y, text) for y, row in enumerate(rows) for x, text in enumerate(row)]
    assert read(runs) == [" ".join(row) for row in rows]


@pytest.mark.parametrize("shift", [0, 5])
def test_narrow_columns_are_read_one_after_the_other(shift: float) -> None:
    """Whether or not their lines stand side by side."""
    text = (
        "The keeper of the light went up the tower at dusk and lit the great lamp, then he wrote the hour "
        "into a book and counted all the ships that came home from the north with salt and long tales of ice"
    )
    columns = [textwrap.wrap(text, 20), textwrap.wrap(text.replace("the", "our"), 20)]
    runs = [
        run(72 + 130 * x, 700 - 14 * y - shift * x, line)
        for x, column in enumerate(columns)
        for y, line in enumerate(column)
    ]
    assert read(runs) == list(itertools.chain(*columns))


def test_texts_without_width_are_read() -> None:
    """Some fonts say that their letters are 0 wide."""
    runs = [run(72 + 250 * x, 700 - 14 * y, f"Line {y} of a text", 0.0) for x in range(2) for y in range(7)]
    assert len(read(runs)) == 7


def test_columns_of_hebrew_are_read_from_the_right() -> None:
    """The column that begins the text stands on the right."""
    first, second = (
        [f"{word} של המגדלור על הסלע הגבוה" for word in words.split()]
        for words in ("שומר אור ים חוף", "ספינה דגל נמל גל")
    )
    runs = [
        run(x, 700 - 14 * y, line)
        for x, column in ((330, first), (72, second))
        for y, line in enumerate(column)
    ]
    assert read(runs) == [*first, *second]


def test_arabic_with_numbers_and_latin_words() -> None:
    """A row of Arabic is read from the right, the words of the other direction in it from the left."""
    runs = [
        run(200, 700, "وصلت السفينة"),
        run(100, 700, "Blue"),
        run(140, 700, "Petrel"),
        run(50, 700, "مساء"),
    ]
    assert read(runs) == ["وصلت السفينة Blue Petrel مساء"]
    runs = [run(200, 700, "غادرت في الساعة"), run(160, 700, "12:30"), run(60, 700, "من الميناء")]
    assert read(runs) == ["غادرت في الساعة 12:30 من الميناء"]
