"""The app under load: ``python -m bench.load``.

Starts the app in public mode on a fresh data folder. Fifty visitors, each from an address of its own, use
all tabs for five minutes and leave pages in the middle of an answer. One more keeps as many long
translations going as are allowed; beside it another makes short requests. Printed are the times of every
kind of request, the requests that the stated limits refused, and the memory of the server. The exit code is
1 if rows were lost or crossed, a request failed otherwise, the memory grew by more than a tenth after the
first minute, or a short request took more than 3 s at the 95th percentile.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import httpx
import psutil

from bench.mixed_load import LoadReport, address, mixed_load
from bench.visitor import Visitor, connection
from tests.e2e.conftest import App, start

WARM_UP, WINDOW = 60.0, 30.0
"""Seconds after which memory should be flat, and over which it is averaged."""

GROWTH, SLOWEST = 1.1, 3.0
"""Most growth of memory after the warm-up, and seconds of a short request at the 95th percentile."""

FLAGS = ("--public", "--behind-proxy")

LONG = "The cat sleeps in the house, and the dog is in the garden. " * 60

SHORT = "short: "
"""Prefix of the short requests' actions in a report."""

KINDS, LEAST = ("translate", "generate", "search"), 10
"""Kinds of short requests, and how many of each have to be measured for a percentile."""


def main(arguments: Sequence[str]) -> int:
    """Load the app and print what came of it; returns the exit code."""
    parser = ArgumentParser(prog="python -m bench.load", description="The app under load.")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between two things of a visitor")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        app = start(Path(folder), *FLAGS)
        try:
            result = load(app, visitors=chosen.visitors, seconds=chosen.seconds, pause=chosen.pause)
        finally:
            app.stop()
    print(described(result))
    missed = [*result.faults, *result.slow]
    print("\n".join(missed) or "no row lost or crossed, no error, fast enough, memory flat")
    return 1 if missed else 0


@dataclass(frozen=True)
class LoadResult:
    """What came of a load.

    Attributes:
        report: what the visitors saw.
        misplaced: rows that are lost or crossed.
        memory: times in seconds and bytes of the server's processes.
        log: tracebacks in the server's log.
    """

    report: LoadReport
    misplaced: Sequence[str]
    memory: Sequence[tuple[float, int]]
    log: Sequence[str]

    @property
    def faults(self) -> list[str]:
        """Lost and crossed rows and errors, as sentences."""
        report = self.report
        broken = [f"{report.lost} connections broke"] if report.lost else []
        return [*self.misplaced, *report.crossed, *report.errors, *self.log, *broken]

    @property
    def slow(self) -> list[str]:
        """What was slow, was measured too seldom, or grew, as sentences."""
        slow = [
            f"{action} took {seconds:.1f} s" for action, seconds in self.short.items() if seconds > SLOWEST
        ]
        for kind in KINDS:
            count = len(self.report.seconds.get(SHORT + kind, ()))
            if count < LEAST:
                slow.append(f"{SHORT}{kind} was measured {count} times only")
        grown = self.growth is not None and self.growth > GROWTH
        return [*slow, f"memory grew by {self.growth - 1:.0%}"] if grown and self.growth else slow

    @property
    def short(self) -> dict[str, float]:
        """The 95th percentile of each kind of short request, in seconds."""
        actions = [action for action in self.report.seconds if action.startswith(SHORT)]
        return {action: self.report.percentile(action, 95) for action in actions}

    @property
    def growth(self) -> float | None:
        """Memory at the end over that after the warm-up; None for a load that was too short."""
        end = self.memory[-1][0]
        if end < WARM_UP + 2 * WINDOW:
            return None
        early = [size for when, size in self.memory if WARM_UP <= when < WARM_UP + WINDOW]
        return fmean(size for when, size in self.memory if when > end - WINDOW) / fmean(early)


def load(app: App, *, visitors: int, seconds: float, pause: float) -> LoadResult:
    """Let visitors use the app for some seconds."""
    memory: list[tuple[float, int]] = []
    process, began, logged = psutil.Process(app.process.pid), time.monotonic(), len(app.log)
    with mixed_load(app.url, visitors=visitors, pause=pause) as report, _full_line(app.url, report):
        while (elapsed := time.monotonic() - began) < seconds:
            memory.append((elapsed, _resident(process)))
            time.sleep(min(2.0, seconds / 10))
    log = [line for line in app.log[logged:] if "Traceback" in line or " ERROR " in line]
    return LoadResult(report, report.misplaced(app.folder), memory, log)


@contextmanager
def _full_line(url: str, report: LoadReport) -> Iterator[None]:
    """One visitor keeps long translations going during the block, another makes short requests."""
    ended = threading.Event()
    with connection(url) as client:
        filler, short = Visitor(client, address=address(1_001)), Visitor(client, address=address(1_002))
        pages = [filler.new_page() for _ in range(7)]
        threads = [threading.Thread(target=_fill, args=(page, ended), daemon=True) for page in pages]
        threads.append(threading.Thread(target=_probe, args=(short, report, ended), daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for page in pages:
                page.call("stop", "translate")
            for thread in threads:
                thread.join()


def _fill(page: Visitor, ended: threading.Event) -> None:
    told = {"act": "translate", "text": LONG, "source": "en", "target": "fr"}
    refused = False
    while not ended.wait(1.0 if refused else 0.0):
        refused = bool(page.outcome("translate", "select", told=told)[-1])


def _probe(short: Visitor, report: LoadReport, ended: threading.Event) -> None:
    told = {"act": "translate", "text": "Good morning, dear friends.", "source": "en", "target": "fr"}
    requests: dict[str, Callable[[], Any]] = {
        "translate": lambda: short.outcome("translate", "select", told=told),
        "generate": lambda: short.outcome(
            "write", "click", prompt="One day", presets="free", max_new_tokens=8
        ),
        "search": lambda: short.call("find", "search", query="camels"),
    }
    while not ended.is_set():
        for action, request in requests.items():
            began = time.monotonic()
            try:
                answer = request()
            except (httpx.HTTPError, LookupError, ValueError) as exc:
                report.errors.append(f"{SHORT}{action}: {type(exc).__name__}")
                continue
            problem = answer.get("problem", "") if isinstance(answer, dict) else answer[-1]
            if problem:
                report.errors.append(f"{SHORT}{action}: {problem}")
            else:
                report.add(SHORT + action, time.monotonic() - began)
            ended.wait(0.5)


def _resident(process: psutil.Process) -> int:
    """Bytes of memory of a process and of those that it started."""
    sizes = []
    for one in (process, *process.children(recursive=True)):
        try:
            sizes.append(one.memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return sum(sizes)


def described(result: LoadResult) -> str:
    """The figures as lines."""
    report = result.report
    lines = [f"{'':24}{'done':>7}{'refused':>9}{'median':>9}{'95th':>9}"]
    for action in sorted({*report.seconds, *report.limited}):
        middle, late = (report.percentile(action, percent) for percent in (50, 95))
        counts = f"{len(report.seconds[action]):7}{report.limited[action]:9}"
        lines.append(f"{action:24}{counts}{middle:8.2f}s{late:8.2f}s")
    sizes = [size / 1e6 for _, size in result.memory]
    lines.append(
        f"memory: {sizes[0]:.0f} MB at first, {max(sizes):.0f} MB at most, {sizes[-1]:.0f} MB at the end"
    )
    if result.growth is not None:
        lines.append(f"memory after the first minute: {result.growth - 1:+.1%}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
