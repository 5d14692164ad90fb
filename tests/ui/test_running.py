"""The pills in the head of the page."""

from __future__ import annotations

import pytest

from llama_demo.ui.running import short_count


@pytest.mark.parametrize(
    ("number", "text"), [(12, "12"), (9_800, "9.8 K"), (10_645_632, "10.6 M"), (1_100_000_000, "1.1 B")]
)
def test_sizes_are_written_as_people_do(number: int, text: str) -> None:
    """One digit after the point."""
    assert short_count(number) == text
