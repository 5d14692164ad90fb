"""Numbers as Excel shows them."""

from __future__ import annotations

import pytest

from llama_demo.documents.formats.ooxml.number_format import BUILT_IN, shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.075, "0.00%", "7.50%"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00;[Red](#,##0.00)", "(1,234.50)"),
        (0, '0;-0;"-"', "-"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (1234.567, "$#,##0.00", "$1,234.57"),
        (12, "_-* #,##0.00_-;-* #,##0.00_-", "12.00"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (5_551_234, "000-0000", "555-1234"),
        (7, "000", "007"),
        (0.5, "#.##", ".5"),
        (2.5, "0", "3"),
        (1.25, "# ?/?", "1 1/4"),
        (12_345, "0.00E+00", "1.23E+04"),
        (150, '[>100]"many";0', "many"),
        (46_095, "yyyy-mm-dd", "2026-03-14"),
        (46_095, "dddd, mmmm d, yyyy", "Saturday, March 14, 2026"),
        (46_095, 'yyyy"年"m"月"d"日"', "2026年3月14日"),
        (41_235.4, "[$-409]m/d/yy h:mm AM/PM;@", "11/22/12 9:36 AM"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (1 / 3, "General", "0.3333333333"),
        (12.0, "nonsense ][", "12"),
        (25_000_000_000.75, "General", "25000000000.75"),
        (123_456_789.25, "General", "123456789.25"),
        (46_095, "ggge", "2026"),
    ],
)
def test_a_number_is_shown_in_its_format(value: float, code: str, text: str) -> None:
    """Percent, money, thousands, fractions, dates, times and what is said of a sign or a size."""
    assert shown(value, code) == text


def test_days_may_be_counted_from_1904() -> None:
    """Workbooks of old Macintoshes do."""
    assert shown(0, "yyyy-mm-dd", epoch_1904=True) == "1904-01-01"


@pytest.mark.parametrize(
    ("number", "text"), [(34, "下午1时30分"), (55, "下午1时30分"), (57, "2026年3月"), (58, "3月14日")]
)
def test_formats_of_chinese_workbooks(number: int, text: str) -> None:
    """They are named by their number only."""
    assert shown(46_095.5625, BUILT_IN[number]) == text
