"""Several ways to do the same work, measured by turns: medians, ratios, a plot and a line of JSON."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from statistics import median

import torch

from bench.live_training import processor

# A bar's row and the column of names, in pixels.
_ROW, _NAMES, _WIDTH = 28, 240, 720


@dataclass(frozen=True)
class Contestant:
    """A program in one precision.

    Attributes:
        name: of the program; ours is ``engine``.
        rate: does the work once and returns units a second.
        bytes: of weights that each unit has to read; 0 where no ceiling follows from it.
    """

    name: str
    precision: str
    rate: Callable[[], float]
    bytes: float = 0.0

    @property
    def label(self) -> str:
        """Program and precision."""
        return f"{self.name} {self.precision}".strip()


@dataclass(frozen=True)
class Standing:
    """What came of it for one contestant: units a second in each round."""

    contestant: Contestant
    rates: Sequence[float]

    @property
    def rate(self) -> float:
        """The median."""
        return median(self.rates)


def bandwidth() -> float:
    """Bytes a second that a sum over a large array reads."""
    numbers = torch.ones(64 * 2**20)  # 256 MB, beyond most caches
    numbers.sum()
    began = time.perf_counter()
    for _ in range(5):
        numbers.sum()
    return 5 * numbers.nbytes / (time.perf_counter() - began)


def compete(contestants: Sequence[Contestant], rounds: int) -> list[Standing]:
    """Let each work once a round, by turns, behind a first time that does not count."""
    for one in contestants:
        one.rate()
    rates: list[list[float]] = [[] for _ in contestants]
    for _ in range(rounds):
        for one, found in zip(contestants, rates, strict=True):
            found.append(one.rate())
    return [Standing(one, found) for one, found in zip(contestants, rates, strict=True)]


def report(
    title: str,
    unit: str,
    standings: Sequence[Standing],
    *,
    absent: Sequence[str] = (),
    bandwidth: float = 0.0,
    plot: Path | None = None,
) -> None:
    """Print a table, the ratios of ours to each peer, and JSON; draw the medians.

    Args:
        absent: peers that were asked for and are not there, each with the reason.
        bandwidth: bytes a second of this machine's memory, if the work is bounded by it.
    """
    kind = torch.backends.cpu.get_cpu_capability()
    print(f"{title}; {processor()}, {kind}, {torch.get_num_threads()} threads")
    for each in standings:
        ceiling = each.contestant.bytes and bandwidth / each.contestant.bytes
        share = f"  {each.rate / ceiling:4.0%} of the memory's bandwidth" if ceiling else ""
        print(f"{each.contestant.label:<32}{each.rate:10.1f} {unit}{share}")
    ratios = {
        f"{ours.contestant.label} / {theirs.contestant.label}": median(
            a / b for a, b in zip(ours.rates, theirs.rates, strict=True)
        )
        for ours in standings
        for theirs in standings
        if ours.contestant.name == "engine" != theirs.contestant.name
    }
    for pair, ratio in ratios.items():
        print(f"{pair}: {ratio:.2f} times")
    for peer in absent:
        print(f"absent: {peer}")
    if plot is not None:
        plot.write_text(_drawing(title, unit, standings), encoding="utf-8")
    medians = {each.contestant.label: round(each.rate, 2) for each in standings}
    figures = {"work": title, "unit": unit, "processor": processor(), "capability": kind, "medians": medians}
    shown = {pair: round(ratio, 3) for pair, ratio in ratios.items()}
    print(json.dumps({**figures, "ratios": shown, "absent": list(absent)}))


def _drawing(title: str, unit: str, standings: Sequence[Standing]) -> str:
    """Bars of the medians as SVG, readable on light and on dark."""
    most = max(each.rate for each in standings)
    bars = []
    for place, each in enumerate(standings):
        top = (place + 2) * _ROW
        length = (_WIDTH - _NAMES - 90) * each.rate / most
        colour = "#3b82f6" if each.contestant.name == "engine" else "#9ca3af"
        bars.append(
            f'<text x="{_NAMES - 8}" y="{top + 15}" text-anchor="end">{escape(each.contestant.label)}</text>'
            f'<rect x="{_NAMES}" y="{top}" width="{length:.1f}" height="{_ROW - 8}" rx="3" fill="{colour}"/>'
            f'<text x="{_NAMES + length + 6:.1f}" y="{top + 15}">{each.rate:.1f}</text>'
        )
    height = (len(standings) + 2) * _ROW + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="sans-serif" font-size="13" fill="#6b7280">'
        f'<text x="8" y="22" font-size="15">{escape(title)}, {escape(unit)}</text>{"".join(bars)}</svg>\n'
    )
