"""Downloads in the terminal: a bar, the speed and the time that is left."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

from llama_demo.services.checkpoints.downloads import DownloadStatus
from llama_demo.services.checkpoints.service import ModelProgress

WIDTH = 24
"""Characters of the bar."""

_MEGABYTE = 10**6


def show_downloads(
    progress: Callable[[], ModelProgress],
    *,
    out: TextIO | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Write the bar of the download that runs until all have ended, a line for each.

    Raises:
        DemoError: that of the first download that failed.
    """
    out, told = out or sys.stderr, set()
    while True:
        seen = progress()
        for one in seen.downloads:
            if one.state == "done" and one.repository not in told:
                told.add(one.repository)
                out.write(f"\r{line(one)}\n")
            elif one.state in ("checking", "running", "verifying"):
                out.write(f"\r{line(one)}")
        out.flush()
        if not seen.busy:
            break
        wait(0.5)
    for one in seen.downloads:
        if one.error is not None:
            out.write("\n")
            raise one.error


def line(status: DownloadStatus) -> str:
    """The bar of a download and its figures."""
    share = status.done / status.total if status.total else 0.0
    bar = "#" * round(share * WIDTH)
    figures = f"{status.done / _MEGABYTE:,.0f} / {status.total / _MEGABYTE:,.0f} MB"
    speed = f"{status.bytes_per_second / _MEGABYTE:5.1f} MB/s" if status.bytes_per_second else ""
    left = "" if status.seconds_left is None else f"{status.seconds_left:,.0f} s"
    return f"{status.repository}  [{bar:<{WIDTH}}] {share:4.0%}  {figures}  {speed}  {left}".rstrip().ljust(
        78
    )
