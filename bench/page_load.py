"""What the browser loads until the page can be used: ``python -m bench.page_load``.

Starts the app on a fresh data directory and opens it in headless Chromium, on a desk and on a phone, twice in
each profile: the second visit finds the files of the first in the cache. Printed are bytes of the page's
configuration, and for each visit the seconds until the page answers to clicks, and, three seconds later,
the requests, the bytes that came over the network, and the cumulative layout shift.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.__main__ import browser as browser_path
from tests.e2e.conftest import BROWSER_FLAGS

ROOT = Path(__file__).parent.parent
PROFILES = 5
SCREENS = {"desk": (1280, 860), "phone": (390, 844)}
"""Widths and heights in pixels."""

REST = 3_000
"""Milliseconds after which modules of other tabs are loaded too, where they are loaded early."""

SHIFTS = """
    window.shift = 0;
    const valueOf = (one) => (one.hadRecentInput ? 0 : one.value);
    const add = (list) => list.getEntries().forEach((one) => (window.shift += valueOf(one)));
    new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
"""


def main() -> None:
    """Print the figures of some profiles, one line a visit."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as data:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, str(ROOT / "app.py"), "--port", str(port), "--data-dir", data]
        app = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert app.stdout is not None
            next(line for line in app.stdout if line.startswith("Running on"))
            measure(f"http://127.0.0.1:{port}/")
        finally:
            app.terminate()
            app.wait()


def measure(url: str) -> None:
    """Open the page in several fresh profiles."""
    config = urllib.request.urlopen(f"{url}config").read()
    print(f"configuration of the page: {len(config):,} bytes")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        for screen in SCREENS:
            for _ in range(PROFILES):
                profile(browser, url, screen)
        browser.close()


def profile(browser: Browser, url: str, screen: str) -> None:
    """Two visits of one profile."""
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_init_script(SHIFTS)
    for name in ("first", "again"):
        seconds, requests, received, shift = visit(context, url)
        amounts = f"{requests} requests, {received:,} bytes, layout shift {shift:.3f}"
        print(f"{screen}, {name}: {seconds:.2f} s to a usable page, {amounts}")
    context.close()


def visit(context: BrowserContext, url: str) -> tuple[float, int, int, float]:
    """Seconds, requests, bytes received and layout shift of one visit."""
    page = context.new_page()
    received, requests = 0, 0
    session = context.new_cdp_session(page)
    session.send("Network.enable")

    def loaded(event: dict[str, float]) -> None:
        nonlocal received
        received += int(event["encodedDataLength"])

    def requested(_: object) -> None:
        nonlocal requests
        requests += 1

    session.on("Network.loadingFinished", loaded)
    page.on("request", requested)
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector("#language button[aria-pressed=true]")
    page.wait_for_selector("#write", state="visible")
    page.wait_for_function("document.querySelector('.asking')?.dataset.preset")
    seconds = time.perf_counter() - began
    page.wait_for_timeout(REST)
    shift = float(page.evaluate("window.shift"))
    page.close()
    return seconds, requests, received, shift


if __name__ == "__main__":
    main()
