"""The pictures of the documentation: ``python -m bench.pictures``.

Starts the app on a fresh data directory, uses each tab in headless Chromium as the README describes it, and
writes a picture of it into docs/, as a PNG of 256 colours. With names (``python -m bench.pictures ask``) only
those are made. Look at them before they are committed.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.__main__ import browser as browser_path
from tests.e2e import conftest as e2e
from tests.e2e import test_ask, test_history, test_search, test_translate

DOCS = Path(__file__).parent.parent / "docs"
LARGEST = 150_000
"""Bytes of a picture. The README shows all of them on one page."""
COLOURS = 256


@dataclass(frozen=True)
class Picture:
    """A tab in use, and how the page looks there.

    Attributes:
        prepare: brings the page, which is open on the first tab, to what the picture shows.
        height: of the window, in pixels; all are 1280 wide.
    """

    prepare: Callable[[Page], None]
    height: int = 860
    locale: str = "en-US"
    theme: Literal["light", "dark"] = "light"


def generate(page: Page) -> None:
    """A story with its colours, and what else could have come in one place."""
    page.click("button[data-preset=story]")
    e2e.set_field(page, "seed", "7")
    page.click("#how-long button.label-wrap")
    page.get_by_role("button", name="a dog and a red ball", exact=True).click()
    page.click("#write")
    e2e.finished(page)
    page.locator("#result .token").nth(8).click()
    page.wait_for_selector("#result .choice[aria-current]")
    page.evaluate("scrollTo(0, 0)")


def translate(page: Page) -> None:
    """A French text whose language was detected, its translation, and the words that belong together."""
    test_translate.at_tab(page)
    test_translate.ask(page, "J'ai deux frères et une sœur. Où est la gare ? Je ne sais pas où il habite.")
    test_translate.point_at(page, "brothers")
    page.wait_for_function(test_translate.LOOKED)


def ask(page: Page) -> None:
    """Two questions, their answers and the passages in which they are marked."""
    test_ask.at_tab(page)
    for question in ("How many hearts does an octopus have?", "How much may a hotel room cost?"):
        test_ask.ask(page, question)


def search(page: Page) -> None:
    """A question, the passages that answer it, and the map."""
    test_search.at_tab(page)
    test_search.find(page, "Why does the sky look blue?")
    page.mouse.move(0, 0)


def history(page: Page) -> None:
    """The runs of the other pictures."""
    test_history.history(page)


PICTURES = {
    "generate": Picture(generate, height=1060),
    "translate": Picture(translate),
    "ask": Picture(ask, height=1120),
    "search": Picture(search, height=1120),
    "history": Picture(history, locale="zh-CN", theme="dark"),
}


def main() -> None:
    """Write the pictures that are named, or all of them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    # The empty list is a choice because argparse checks it, as the default, where no name is given.
    parser.add_argument("names", nargs="*", choices=[*PICTURES, []], metavar="name", help=", ".join(PICTURES))
    names = parser.parse_args().names or list(PICTURES)
    with tempfile.TemporaryDirectory() as folder:
        app = e2e.start(Path(folder))
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=browser_path(), args=e2e.BROWSER_FLAGS)
                for name in names:
                    data = compressed(taken(browser, app.url, PICTURES[name]))
                    assert len(data) <= LARGEST, f"{name}: {len(data):,} bytes"
                    (DOCS / f"{name}.png").write_bytes(data)
                    print(f"docs/{name}.png: {len(data):,} bytes")
        finally:
            app.stop()


def taken(browser: Browser, url: str, picture: Picture) -> bytes:
    """The window as it is once nothing moves any more."""
    page = browser.new_page(
        viewport={"width": 1280, "height": picture.height},
        locale=picture.locale,
        color_scheme=picture.theme,
    )
    page.set_default_timeout(e2e.TIMEOUT)
    page.goto(url)
    e2e.ready(page)
    picture.prepare(page)
    page.evaluate("document.fonts.ready")
    e2e.two_frames(page)
    data = page.screenshot(animations="disabled")
    page.close()
    return data


def compressed(png: bytes) -> bytes:
    """The same picture in a palette: half of it are the colours of areas, half those of smooth edges."""
    full, small = Image.open(io.BytesIO(png)).convert("RGB"), io.BytesIO()
    counted: list[tuple[int, Any]] = sorted(full.getcolors(full.width * full.height) or [], reverse=True)
    areas = [level for _, colour in counted[: COLOURS // 2] for level in colour]
    edges = full.quantize(COLOURS // 2, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(areas + edges)
    full.quantize(palette=palette, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
