"""The app killed under load: ``python -m bench.kill``.

Starts the app, lets visitors use it, and kills it with SIGKILL some time after a run was completed; looks at
its database, and starts it again on the same data, fifty times. The exit code is 1 if a database was damaged,
or a run was missing whose end had been reported.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from bench.load import FLAGS
from bench.mixed_load import mixed_load
from tests.e2e.conftest import App, free_port, start


def main(arguments: Sequence[str]) -> int:
    """Kill the app and print what was found; returns the exit code."""
    parser = ArgumentParser(prog="python -m bench.kill", description="The app killed under load.")
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--pause", type=float, default=2.0, help="seconds between two things of a visitor")
    parser.add_argument(
        "--latest", type=float, default=5.0, help="seconds after a completed run in which it is killed"
    )
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        app = start(Path(folder), *FLAGS, "--port", str(free_port()))
        faults, completed = kill(
            app, times=chosen.times, visitors=chosen.visitors, pause=chosen.pause, latest=chosen.latest
        )
        app.kill()
    print(f"killed {chosen.times} times, {completed} runs were completed")
    print("\n".join(faults) or "no database was damaged, no completed run was missing")
    return 1 if faults else 0


FIRST_RUN = 60.0
"""Seconds at most until a run is completed after a start, on a busy machine."""


def kill(
    app: App, *, times: int, visitors: int, pause: float, latest: float, seed: int = 0
) -> tuple[list[str], int]:
    """Kill a running app under load and start it again, several times; it has to listen on a fixed port.

    Returns:
        What was wrong, as sentences, and the number of completed runs.
    """
    chance, faults = random.Random(seed), []
    with mixed_load(app.url, visitors=visitors, pause=pause) as report:
        for number in range(times):
            before, deadline = len(report.completed), time.monotonic() + FIRST_RUN
            while len(report.completed) == before and time.monotonic() < deadline:
                time.sleep(0.05)  # a kill that can lose nothing shows nothing
            time.sleep(chance.uniform(0, latest))
            app.kill()
            with _copy(app.folder) as data:
                faults += [f"{number}: {one}" for one in (*damage(data), *report.misplaced(data))]
            app.start_again()
    return faults, len(report.completed)


@contextmanager
def _copy(data: Path) -> Iterator[Path]:
    """A folder with a copy of the database, which may be changed."""
    with tempfile.TemporaryDirectory() as name:
        for file in data.glob("llama_demo.db*"):
            shutil.copy(file, name)
        yield Path(name)


def damage(data: Path) -> list[str]:
    """What the checks of SQLite and of its full-text indexes say of a database; empty if nothing."""
    with closing(sqlite3.connect(data / "llama_demo.db")) as database:
        found = [str(row) for row in database.execute("PRAGMA foreign_key_check")]
        found += [text for (text,) in database.execute("PRAGMA integrity_check") if text != "ok"]
        indexes = database.execute(INDEXES).fetchall()
        for (index,) in indexes:
            try:
                database.execute(f'INSERT INTO "{index}"("{index}") VALUES (\'integrity-check\')')
            except sqlite3.DatabaseError as exc:
                found.append(f"{index}: {exc}")
    return found


INDEXES = "SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5(%'"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
