"""What the browser loads until the page can be used: ``python -m bench.page_load``.

Starts the app on a fresh data directory and opens it in headless Chromium, twice in each profile: the second
visit finds the files of the first in the cache. Printed are bytes of the page's configuration, and for each
visit the seconds until the page answers to clicks, the requests, and the bytes that came over the network.
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
        for _ in range(PROFILES):
            profile(browser, url)
        browser.close()


def profile(browser: Browser, url: str) -> None:
    """Two visits of one profile."""
    context = browser.new_context()
    for name in ("first", "again"):
        seconds, requests, received = visit(context, url)
        print(f"{name}: {seconds:.2f} s to a usable page, {requests} requests, {received:,} bytes")
    context.close()


def visit(context: BrowserContext, url: str) -> tuple[float, int, int]:
    """Seconds, requests and bytes received of one visit."""
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
    page.close()
    return seconds, requests, received


if __name__ == "__main__":
    main()
