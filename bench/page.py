"""What streaming to the page costs: ``python -m bench.page``.

Writes the same number of tokens with the engine alone and through the whole app in Chromium, in turn, and
prints tokens per second as the engine gives them and as they appear on the page, probabilities and other
words included.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import torch
from playwright.sync_api import Page, sync_playwright

from llama_demo.engine.request import Request
from llama_demo.services.models import Models
from llama_demo.settings import ASSETS
from llama_demo.tasks.generate import GenerateOptions
from llama_demo.tasks.language_model import LanguageModel
from llama_demo.tasks.presets import preset_named
from llama_demo.tasks.prompts import prompt_for
from tests.e2e import conftest as e2e

TOPIC, NEW, ROUNDS = "a dog and a red ball", 300, 5
# Every token is taken greedily: all runs write the same text.
GREEDY = GenerateOptions(max_new_tokens=NEW, temperature=0.0, repetition_penalty=1.3)

CLOCK = """() => {
    window.seen = [];
    const watch = () => {
        const count = document.querySelectorAll('#result .token').length;
        if (count) window.seen.push([performance.now(), count]);
        if (!document.querySelector('#status .status-length, #status .status-end') || !count)
            requestAnimationFrame(watch);
    };
    watch();
}"""


def main() -> None:
    """Measure both in turn, several rounds, and print medians."""
    torch.set_num_threads(2)
    writer = Models([ASSETS / "models" / "generator"], device="cpu").writer()
    app = e2e.start(Path(tempfile.mkdtemp()), "--threads", "2")
    try:
        with sync_playwright() as playwright:
            path = "/usr/bin/chromium"
            browser = playwright.chromium.launch(executable_path=path, args=e2e.BROWSER_FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(app.url)
            e2e.ready(page)
            prepare(page)
            on_page(page)  # warm
            rounds = [(alone(writer), *on_page(page)) for _ in range(ROUNDS)]
            browser.close()
    finally:
        app.stop()
    engine, shown, inside = (statistics.median(one[what] for one in rounds) for what in range(3))
    shares = sorted(one[1] / one[0] for one in rounds)
    print(f"engine alone   {engine:6.0f} tokens/s")
    print(f"in the app     {inside:6.0f} tokens/s (its own figure)")
    print(f"on the page    {shown:6.0f} tokens/s")
    print(f"page / engine: {statistics.median(shares):.0%} (rounds: {', '.join(f'{s:.0%}' for s in shares)})")


def alone(writer: LanguageModel) -> float:
    """Tokens per second of the engine, from the first to the last, without text or alternatives."""
    prompt = prompt_for(writer, preset_named("story"), TOPIC)
    request = Request(
        prompt.ids, GREEDY.sampling(seed=1), max_new_tokens=NEW, stop_ids=writer.tokenizer.end_ids
    )
    began, count = 0.0, 0
    for _ in writer.engine.submit(request):
        count += 1
        began = began or time.perf_counter()
    return (count - 1) / (time.perf_counter() - began)


def prepare(page: Page) -> None:
    """The same settings on the page."""
    for name, value in {
        "max-new-tokens": str(NEW),
        "temperature": "0",
        "repetition-penalty": "1.3",
    }.items():
        e2e.set_field(page, name, value)
    page.fill("#prompt textarea", TOPIC)


def on_page(page: Page) -> tuple[float, float]:
    """Tokens per second as they appear on the page, from first sight to last, and the app's own figure."""
    page.click("#clear")
    page.wait_for_selector("#result .empty:visible")
    page.fill("#prompt textarea", TOPIC)
    page.wait_for_timeout(1000)
    page.evaluate(CLOCK)
    page.click("#write")
    e2e.finished(page)
    page.wait_for_timeout(200)
    (first, begun), (last, count) = page.evaluate(
        "[window.seen[0], window.seen.find(s => s[1] === window.seen.at(-1)[1])]"
    )
    return (count - begun) * 1000 / (last - first), float(page.inner_text("#figure-speed").replace(",", ""))


if __name__ == "__main__":
    main()
