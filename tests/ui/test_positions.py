"""Places in texts, as Python and as the browser count them."""

from __future__ import annotations

import pytest

from llama_demo.ui.positions import code_points, units

TEXT = "a🍵b𠀀"


@pytest.mark.parametrize(("place", "unit"), [(0, 0), (1, 1), (2, 3), (3, 4), (4, 6)])
def test_both_ways(place: int, unit: int) -> None:
    """Characters beyond the basic plane are two units."""
    assert units(TEXT[:place]) == unit == len(TEXT[:place].encode("utf-16-le")) // 2
    assert code_points(TEXT, unit) == place


def test_inside_of_a_character_and_beyond_the_end() -> None:
    """What no honest browser sends gives a place in the text all the same."""
    assert code_points(TEXT, 2) in (1, 2)
    assert code_points(TEXT, 1_000) == len(TEXT)
