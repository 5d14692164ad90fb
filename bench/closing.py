"""How soon a closed page sets the model free: ``python -m bench.closing``.

Lets a model without an end write for a page in Chromium, closes the page, and prints the time from there
to the end of its run.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e import conftest as e2e

ROUNDS = 9


def main() -> None:
    """Close a page several times; print the median and the longest time."""
    with tempfile.TemporaryDirectory() as folder:
        model = e2e.without_end(Path(folder) / "endless")
        app = e2e.start(Path(folder) / "app", "--model", str(model), "--threads", "2")
        try:
            with sync_playwright() as playwright:
                path = "/usr/bin/chromium"
                browser = playwright.chromium.launch(executable_path=path, args=e2e.BROWSER_FLAGS)
                times = [1_000 * once(app, browser) for _ in range(ROUNDS)]
                browser.close()
        finally:
            app.stop()
    print(f"from closing the page to the end of its run: median {statistics.median(times):.0f} ms")
    print(f"longest of {ROUNDS}: {max(times):.0f} ms")


def once(app: e2e.App, browser: Browser) -> float:
    """Seconds from closing a page in mid-generation to the end of its run."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(app.url)
    e2e.ready(page)
    page.click("[data-preset=free]")
    e2e.set_field(page, "max-new-tokens", "1000")
    e2e.write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    return float(e2e.ended_after(app, page.close))


if __name__ == "__main__":
    main()
