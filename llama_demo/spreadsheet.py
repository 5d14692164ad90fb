"""Cells of CSV files that spreadsheets open: text is never evaluated as a formula."""

from __future__ import annotations

FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
"""First characters of a cell that a spreadsheet may evaluate; an evaluated formula can send data away.

The full-width signs count in spreadsheets of East Asian locales; tabs and line breaks are skipped.
"""


def guard_formula(cell: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would take it for a formula.

    NUL is removed: some spreadsheets end the cell, or the file, there.
    """
    clean = cell.replace("\x00", "")
    return f"'{clean}" if clean.startswith(FORMULA_STARTS) else clean
