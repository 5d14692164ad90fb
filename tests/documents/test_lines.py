"""Lines that were broken for their width become paragraphs; other breaks stay."""

from __future__ import annotations

import pytest

from llama_demo.documents.lines import join_wrapped, paragraphs, split_full_stops, split_lines, width


@pytest.mark.parametrize(
    ("text", "columns"),
    [("lamp", 4), ("Höhe", 4), ("灯塔 a", 6), ("！", 2), ("ｱ", 1), ("✅⌚", 4), ("𗀀𛀀", 4)],
)
def test_width(text: str, columns: int) -> None:
    """Chinese, fullwidth signs, emoji and Tangut take two columns of a fixed-width font."""
    assert width(text) == columns


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ["The keeper climbed the tower every even-", "ing to light the great lamp, and he came", "down."],
            ["The keeper climbed the tower every evening to light the great lamp, and he came down."],
        ),
        (["The keep-", "er came down"], ["The keeper came down"]),
        (["Harbour 4", "Ostermoor"], ["Harbour 4\nOstermoor"]),
        (
            ["守塔人每天傍晚登上高塔点亮那盏油灯并且在一本书", "里记下时间。"],
            ["守塔人每天傍晚登上高塔点亮那盏油灯并且在一本书里记下时间。"],
        ),
        (
            ["The list of all that the keeper needs is here:", "- a lamp", "- oil", "", "End"],
            ["The list of all that the keeper needs is here:\n- a lamp\n- oil", "End"],
        ),
    ],
)
def test_paragraphs(lines: list[str], expected: list[str]) -> None:
    """A short line, an item and a blank line part; a hyphen divides a word."""
    assert list(paragraphs(lines)) == expected


def test_lines() -> None:
    """Only CRLF, CR and LF end a line; a sentence that ends in a short line ends a group."""
    assert split_lines("a\r\nb\rc\u2028d\x0ce\n") == ["a\r\n", "b\r", "c\u2028d\x0ce\n"]
    assert list(split_full_stops(["A long line of a text", "ends.", "More"])) == [
        ["A long line of a text", "ends."],
        ["More"],
    ]
    assert join_wrapped("灯塔立在", "岩石上") == "灯塔立在岩石上"
    assert join_wrapped("two ", "words") == "two words"
