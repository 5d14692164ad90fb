"""Reading order of a page: columns one after the other, rows of a table from left to right.

        A title over both columns            title
        first column   second column    ->   first column, its lines from top to bottom
        goes on here   and its end           second column

A gutter is a vertical strip that few lines cross. Lines that cross it divide the page into bands, and in each
band the left side is read before the right one; in Hebrew and Arabic the right one. Sides of short texts are
the columns of a table.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from llama_demo.documents.lines import width

_CROSSED = (0.0, 0.15, 0.5, 1.0)
"""Shares of the lines that may cross a gutter, tried in this order."""
_NARROWEST_GUTTER = 0.5
"""Of the height of a line."""
_FEWEST_LINES = 3
"""Of a column."""
_PROSE = 18
"""Columns of a fixed-width font that half of the lines of a text have; cells of tables have fewer."""
_FILLED = 0.6
"""Share of a column's width that half of its lines fill."""
_NARROW_PROSE, _FEWEST_NARROW_LINES = 12, 6
"""Columns of the font, and lines, that a column of a few words a line has at least."""
_EVEN = 0.7
"""Share of the longest line's width that three quarters of the lines of a narrow column fill."""
_SAME_BASELINE = 0.1
"""Share of a line's height by which two texts on one line of a table may differ."""
_SAME_ROW = 0.5
"""Share of the height that two texts of one row have in common."""
_PARAGRAPH = 1.4
"""Distance between lines, in usual ones, that parts paragraphs."""
_DEEPEST = 6
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class TextRun:
    """A text on one line, without gaps. Coordinates grow to the right and upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        """Of the line."""
        return self.top - self.bottom


def is_right_to_left(text: str) -> bool:
    """Whether there is a letter of Hebrew, Arabic or a script like them in a text."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def _is_mostly_right_to_left(runs: Iterable[TextRun]) -> bool:
    """Whether most of a text is written from right to left."""
    balance = sum(len(run.text) if is_right_to_left(run.text) else -len(run.text) for run in runs)
    return balance > 0


def lines_in_order(runs: Sequence[TextRun]) -> list[str]:
    """The lines of a page in reading order; an empty one stands between paragraphs."""
    lines: list[str] = []
    for region in _regions(runs, 0):
        if lines:
            lines.append("")
        lines += _lines(region)
    return lines


def _regions(runs: Sequence[TextRun], depth: int) -> Iterator[Sequence[TextRun]]:
    """Parts of the page that are read from top to bottom, in order."""
    gutter = _gutter(runs) if depth < _DEEPEST and len(runs) >= 2 * _FEWEST_LINES else None
    if gutter is None:
        if runs:
            yield runs
        return
    crossing = sorted((run for run in runs if run.left < gutter < run.right), key=lambda run: -run.top)
    rest = [run for run in runs if not run.left < gutter < run.right]
    for band, divider in _bands(rest, crossing):
        left = [run for run in band if run.right <= gutter]
        right = [run for run in band if run.left >= gutter]
        for side in (right, left) if _is_mostly_right_to_left(band) else (left, right):
            yield from _regions(side, depth + 1)
        if divider:
            yield divider


def _bands(
    runs: Sequence[TextRun], crossing: Sequence[TextRun]
) -> Iterator[tuple[list[TextRun], list[TextRun]]]:
    """From top to bottom what stands above each group of crossing lines, and that group."""
    left = sorted(runs, key=lambda run: -run.top)
    group: list[TextRun] = []
    band: list[TextRun] = []
    for run in crossing:
        above = [each for each in left if _middle(each) > _middle(run)]
        if above and group:
            yield band, group
            band, group = [], []
        band += above
        left = left[len(above) :] if above == left[: len(above)] else [e for e in left if e not in above]
        group.append(run)
    yield band, group
    if left:
        yield left, []


def _middle(run: TextRun) -> float:
    return (run.top + run.bottom) / 2


def _gutter(runs: Sequence[TextRun]) -> float | None:
    """The place of the gutter that the fewest lines cross; None if there is none between columns of text."""
    total = sum(run.height for run in runs)
    narrowest = _NARROWEST_GUTTER * statistics.median(run.height for run in runs)
    edges = sorted({edge for run in runs for edge in (run.left, run.right)})
    for share in _CROSSED:
        strips = _strips(runs, edges, share * total, narrowest)
        middles = (((start + end) / 2, end - start) for start, end in strips)
        ranked = sorted((_crossing(place, runs), -wide, place) for place, wide in middles)
        for _, _, place in ranked:
            if _parts_columns(place, runs):
                return place
    return None


def _crossing(place: float, runs: Sequence[TextRun]) -> float:
    """The height of the lines that cross a place."""
    return sum(run.height for run in runs if run.left < place < run.right)


def _parts_columns(gutter: float, runs: Sequence[TextRun]) -> bool:
    """Whether lines of a text stand on both sides of a gutter, several without one that crosses it."""
    crossing = sorted((run for run in runs if run.left < gutter < run.right), key=lambda run: -run.top)
    rest = [run for run in runs if not run.left < gutter < run.right]
    for band, _ in _bands(rest, crossing):
        left = [run for run in band if run.right <= gutter]
        right = [run for run in band if run.left >= gutter]
        if all(_is_column(side) or _is_narrow_column(side, other) for side, other in _both(left, right)):
            return True
    return False


def _strips(
    runs: Sequence[TextRun], edges: Sequence[float], most: float, narrowest: float
) -> Iterator[tuple[float, float]]:
    """Vertical strips that lines of a height of ``most`` in all may cross, the page's margins left out."""
    changes: dict[float, float] = dict.fromkeys(edges, 0.0)
    for run in runs:
        changes[run.left] += run.height
        changes[run.right] -= run.height
    covered = 0.0
    begin: float | None = None
    for edge in edges:
        covered += changes[edge]
        if covered <= most and begin is None and edge != edges[-1]:
            begin = edge
        elif covered > most and begin is not None:
            if edge - begin >= narrowest and begin != edges[0]:
                yield begin, edge
            begin = None


def _both(
    left: Sequence[TextRun], right: Sequence[TextRun]
) -> tuple[tuple[Sequence[TextRun], Sequence[TextRun]], ...]:
    return (left, right), (right, left)


def _is_column(side: Sequence[TextRun]) -> bool:
    """Whether these are lines of a text: enough of them, long ones, without the gaps of a table."""
    rows = _rows(side) if len(side) >= _FEWEST_LINES else []
    return len(rows) >= _FEWEST_LINES and _columns(rows) >= _PROSE and _fill(rows, _FILLED)


def _is_narrow_column(side: Sequence[TextRun], other: Sequence[TextRun]) -> bool:
    """Whether these are lines of a few words that go on in the middle of a sentence.

    Cells of a table may begin in lower case too; they stand in rows with those beside them,
    and differ more in width.
    """
    rows = _rows(side) if len(side) >= _FEWEST_NARROW_LINES else []
    if len(rows) < _FEWEST_NARROW_LINES or _columns(rows) < _NARROW_PROSE:
        return False
    firsts = [min(row, key=lambda run: run.left) for row in rows]
    continued = sum(run.text[:1].islower() for run in firsts)
    of_words = sum(" " in run.text for run in firsts)
    if 2 * min(continued, of_words) < len(rows) or not _fill(rows, _FILLED):
        return False
    widths = sorted(run.right - run.left for run in firsts)
    return widths[len(widths) // 4] >= _EVEN * widths[-1] or not _stand_in_rows(side, other)


def _columns(rows: Sequence[Sequence[TextRun]]) -> float:
    """Columns of a fixed-width font that half of the rows have."""
    return statistics.median(sum(width(run.text) for run in row) for row in rows)


def _fill(rows: Sequence[Sequence[TextRun]], share: float) -> bool:
    """Whether half of the rows fill this share of the width of all."""
    wide = max(run.right for row in rows for run in row) - min(run.left for row in rows for run in row)
    return statistics.median(sum(run.right - run.left for run in row) for row in rows) >= share * wide


def _stand_in_rows(side: Sequence[TextRun], other: Sequence[TextRun]) -> bool:
    """Whether half of the lines have the baseline of a line of the other side."""
    others = [run.bottom for run in other]
    beside = sum(
        any(abs(run.bottom - each) <= _SAME_BASELINE * run.height for each in others) for run in side
    )
    return 2 * beside >= len(side)


def _lines(runs: Iterable[TextRun]) -> list[str]:
    """The rows of a region, with empty lines where they stand apart."""
    rows = _rows(runs)
    middles = [statistics.fmean(map(_middle, row)) for row in rows]
    pitches = [above - below for above, below in itertools.pairwise(middles)]
    usual = statistics.median(pitches) if pitches else 0.0
    lines: list[str] = []
    for place, row in enumerate(rows):
        if place and len(pitches) > 1 and pitches[place - 1] > _PARAGRAPH * usual:
            lines.append("")
        lines.append(" ".join(run.text for run in _in_order(row)))
    return lines


def _in_order(row: Sequence[TextRun]) -> Iterator[TextRun]:
    """The texts of a row in the order of reading, those of the other direction in theirs."""
    from_right = _is_mostly_right_to_left(row)
    ordered = sorted(row, key=(lambda run: -run.right) if from_right else (lambda run: run.left))
    for direction, group in itertools.groupby(ordered, key=lambda run: is_right_to_left(run.text)):
        runs = list(group)
        yield from runs if direction == from_right else reversed(runs)


def _rows(runs: Iterable[TextRun]) -> list[list[TextRun]]:
    rows: list[list[TextRun]] = []
    for run in sorted(runs, key=lambda run: -_middle(run)):
        if rows and _overlap(rows[-1][0], run) > _SAME_ROW * min(rows[-1][0].height, run.height):
            rows[-1].append(run)
        else:
            rows.append([run])
    return rows


def _overlap(one: TextRun, other: TextRun) -> float:
    return min(one.top, other.top) - max(one.bottom, other.bottom)
