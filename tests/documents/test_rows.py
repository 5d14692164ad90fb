"""Rows of a table become lines in which each value has the name of its column."""

from __future__ import annotations

import pytest

from llama_demo.documents.rows import named


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        (["item,price", "lamp,12"], ["item | price", "item: lamp; price: 12"]),
        (["1,2", "3,4"], ["1 | 2", "3 | 4"]),
        (["Prices", ",", "item,price", "lamp,12"], ["Prices", "item | price", "item: lamp; price: 12"]),
        (  # heads over two rows: all columns are covered, or some
            [",north,,south,", "item,new,old,new,old", "lamp,12,9,11,8"],
            [
                "north | south",
                "item | new | old | new | old",
                "item: lamp; north new: 12; north old: 9; south new: 11; south old: 8",
            ],
        ),
        (
            ["Region,Population,", ",2019,2020", "Oslo,690,700"],
            [
                "Region | Population",
                "2019 | 2020",
                "Region: Oslo; Population 2019: 690; Population 2020: 700",
            ],
        ),
        (  # a first row of words below the heads, one without a head, is none of heads
            ["name,town,", "Ola,,yes", "Per,Oslo,3"],
            ["name | town", "name: Ola; yes", "name: Per; town: Oslo; 3"],
        ),
    ],
)
def test_rows(rows: list[str], lines: list[str]) -> None:
    """Titles and heads stand as they are."""
    assert list(named(row.split(",") for row in rows)) == lines
