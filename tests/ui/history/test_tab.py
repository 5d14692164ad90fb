"""The history's list."""

from __future__ import annotations

from datetime import date

import pytest

from llama_demo.ui.history.tab import LONGEST_LINE, day_name, first_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("\n  \n second \nthird", "second"),
        ("one", "one"),
        ("a" * 500, "a" * (LONGEST_LINE - 1) + "…"),
        ("a\u2028b", "a"),
    ],
)
def test_the_first_line_with_something_in_it(text: str, line: str) -> None:
    """Cut where a row ends."""
    assert first_line(text) == line


def testday_names_have_names() -> None:
    """Today and yesterday as people say, others in full."""
    today = date(2026, 3, 1)
    assert "Today" in day_name(today, today)
    assert "昨天" in day_name(date(2026, 2, 28), today)
    assert "Friday, 27 February 2026" in day_name(date(2026, 2, 27), today)
    assert "2026 年 2 月 27 日，星期五" in day_name(date(2026, 2, 27), today)
