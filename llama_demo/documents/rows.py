"""Rows of a table as lines: each value with the name of its column, since a row is found on its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS = 200_000


def joined(cells: Iterable[str]) -> str:
    """The cells of a row that say something."""
    return " | ".join(text for cell in cells if (text := " ".join(cell.split())))


def named(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as ``column: value; column: value`` if the first row names the columns, else as they stand."""
    heads: Sequence[str] | None = None
    for row in rows:
        if not any(cell.strip() for cell in row):
            continue
        if heads is None:
            heads = row if _names_columns(row) else ()
            yield joined(row)
        elif heads:
            yield _with_names(heads, row)
        else:
            yield joined(row)


def _names_columns(row: Sequence[str]) -> bool:
    """Whether a first row holds different words and no number."""
    cells = [cell.strip() for cell in row if cell.strip()]
    short = all(len(cell) <= 60 and any(c.isalpha() for c in cell) for cell in cells)
    return len(cells) > 1 and len(set(cells)) == len(cells) and short


def _with_names(heads: Sequence[str], row: Sequence[str]) -> str:
    parts = []
    for place, cell in enumerate(row):
        text = " ".join(cell.split())
        head = " ".join(heads[place].split()) if place < len(heads) else ""
        if text:
            parts.append(f"{head}: {text}" if head else text)
    return "; ".join(parts)
