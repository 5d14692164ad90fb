"""How fast the tab "Inside" repaints: another layer, another head, and a slider of the next word.

    python -m bench.inside http://127.0.0.1:7860 [--times 10]

Drives the page of a running app in Chromium, from the press of a control until its picture is drawn anew
and painted. Prints medians and the slowest in milliseconds; measure on a machine at rest.
"""

from __future__ import annotations

import argparse
import os
import statistics

from playwright.sync_api import Page, sync_playwright

from bench.live_training import processor
from tests.e2e.conftest import BROWSER_FLAGS

TIMED = """async ({ picture, control, value }) => {
  const part = document.querySelector(picture);
  const drawn = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(resolve)); // behind the paint
    }).observe(part, { childList: true, subtree: true });
  });
  const pressed = document.querySelector(control);
  const began = performance.now();
  if (value === null) pressed.click();
  else {
    pressed.value = value;
    pressed.dispatchEvent(new Event("input", { bubbles: true }));
  }
  await drawn;
  return performance.now() - began;
}"""
PILL = "[data-step=attention] [data-part=controls] > :nth-child({group}) [value='{value}']"


def main() -> None:
    """Measure each control some times and print what it took."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("url")
    command.add_argument("--times", type=int, default=10)
    asked = command.parse_args()
    print(processor())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=BROWSER_FLAGS
        )
        page = browser.new_page()
        page.goto(asked.url.rstrip("/") + "/#/hood")
        page.click("[data-goto=attention]")
        page.wait_for_selector(".hood-heatmap")
        for name, group, count in (("layer", 2, 5), ("head", 3, 6)):  # behind the kind of attention
            pills = [PILL.format(group=group, value=(number + 1) % count) for number in range(asked.times)]
            report(name, [timed(page, "[data-part=map]", pill) for pill in pills])
        page.click("[data-goto=next]")
        page.wait_for_selector("[data-part=bars] svg")
        slider, values = "[data-setting=temperature]", [0.5 + 0.1 * number for number in range(asked.times)]
        report("slider", [timed(page, "[data-part=bars]", slider, value) for value in values])
        browser.close()


def timed(page: Page, picture: str, control: str, value: float | None = None) -> float:
    """Milliseconds from the press until the picture is painted."""
    asked = {"picture": picture, "control": control, "value": value}
    milliseconds: float = page.evaluate(TIMED, asked)
    return milliseconds


def report(name: str, taken: list[float]) -> None:
    """Print the median and the slowest."""
    print(f"{name}: median {statistics.median(taken):.0f} ms, slowest {max(taken):.0f} ms, n = {len(taken)}")


if __name__ == "__main__":
    main()
