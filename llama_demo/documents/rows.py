"""Rows of a table as lines: each value with the name of its column, since a row is found on its own.

Prices of 2026                      a title above the table
             north        south     heads that cover several columns
item         new   old    new       heads
lamp         12    9      11    ->  item: lamp; north new: 12; north old: 9; south new: 11
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

MOST_ROWS = 200_000

LONGEST_REPEATED = 1_000
"""Characters of a cell that are repeated in the other rows which it covers."""

_TOP = 8
"""Rows, blank ones aside, in which the heads of a table must begin."""
_LONGEST_HEAD = 60
_YEAR = re.compile(r"(?:19|20)\d\d")


def joined(cells: Iterable[str]) -> str:
    """The cells of a row that say something."""
    return " | ".join(text for cell in cells if (text := " ".join(cell.split())))


def named(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows as ``column: value; column: value`` if a first row names the columns, else as they stand.

    Blank rows are left out. Every other row gives one line; titles and heads stand as they are.
    """
    filled = (row for row in rows if any(cell.strip() for cell in row))
    top = list(itertools.islice(filled, _TOP))
    titles = _titles(top)
    yield from map(joined, top[:titles])
    count = _head_rows(top[titles:])
    head_rows = top[titles : titles + count]
    yield from map(joined, head_rows)
    heads = _heads(head_rows)
    for row in itertools.chain(top[titles + count :], filled):
        yield _with_names(heads, row) if heads else joined(row)


def _titles(top: Sequence[Sequence[str]]) -> int:
    """How many rows of one cell stand above a table of several columns."""
    alone = [len(_texts(row)) == 1 for row in top]
    return alone.index(False) if False in alone else 0


def _head_rows(top: Sequence[Sequence[str]]) -> int:
    """How many rows name the columns: none, one, or two if the first one covers several columns."""
    if len(top) > 2 and _covers(top[0], top[1]) and _are_heads(_texts(top[1])) and _has_number(top[2]):
        return 2
    return int(bool(top) and _names_columns(top[0]))


def _heads(rows: Sequence[Sequence[str]]) -> list[str]:
    """The name of each column."""
    if not rows:
        return []
    own = [" ".join(cell.split()) for cell in rows[-1]]
    if len(rows) == 1:
        return own
    above, heads = "", []
    for wide, head in itertools.zip_longest(rows[0], own, fillvalue=""):
        above = " ".join(wide.split()) or (above if head else "")
        heads.append(head if head == above else f"{above} {head}".strip())  # one cell may cover both rows
    return heads


def _covers(wide: Sequence[str], narrow: Sequence[str]) -> bool:
    """Whether a row has heads of which one stands over several columns of the next row."""
    texts = _texts(wide)
    pairs = itertools.zip_longest(wide, narrow, fillvalue="")
    covered = [(bool(above.strip()), bool(head.strip())) for above, head in pairs]
    is_bare = (False, True) in covered
    # Heads that stand once may make the upper row as long as the lower one.
    is_group = ((True, True), (False, True)) in itertools.pairwise(covered)
    return bool(texts) and is_bare and _are_words(texts) and (is_group or len(texts) < len(_texts(narrow)))


def _names_columns(row: Sequence[str]) -> bool:
    """Whether a first row holds different words and no number."""
    cells = _texts(row)
    return len(cells) > 1 and len(set(cells)) == len(cells) and _are_words(cells)


def _are_words(cells: Sequence[str]) -> bool:
    return all(len(cell) <= _LONGEST_HEAD and any(map(str.isalpha, cell)) for cell in cells)


def _are_heads(cells: Sequence[str]) -> bool:
    """Whether these are words, or years, that can stand below a head of several columns."""
    return _are_words([cell for cell in cells if not _YEAR.fullmatch(cell)])


def _has_number(row: Sequence[str]) -> bool:
    return any(map(_is_number, _texts(row)))


def _is_number(cell: str) -> bool:
    return any(map(str.isdigit, cell)) and not any(map(str.isalpha, cell))


def _texts(row: Sequence[str]) -> list[str]:
    return [text for cell in row if (text := cell.strip())]


def _with_names(heads: Sequence[str], row: Sequence[str]) -> str:
    parts = []
    for place, cell in enumerate(row):
        text = " ".join(cell.split())
        head = heads[place] if place < len(heads) else ""
        if text:
            parts.append(f"{head}: {text}" if head else text)
    return "; ".join(parts)
