"""The tab "Inside": every step of the tour with the live models, and a run opened in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from llama_demo.ui.hood.steps import STEPS
from tests.e2e.conftest import App, Visitor, findings, finished, open_tab, write

HOOD = re.compile("Inside|原理")
DRAWN = {
    "tokens": ".hood-chip",
    "embedding": ".hood-similar li",
    "positions": "[data-part=closeness] svg",
    "attention": ".hood-heatmap",
    "heads": ".hood-head-row",
    "next": "[data-part=bars] svg",
    "layers": ".hood-lens-cell",
    "architecture": ".hood-architecture svg",
    "bias": "[data-part=bias-figure] svg",
}
"""What stands in a step once it is drawn; the other steps have tests of their own."""


def shown(page: Page, step: str) -> None:
    section = page.locator(f"[data-step={step}]")
    expect(section.locator(DRAWN[step]).first).to_be_visible()
    expect(page.locator("#hood > * > [data-part=problem], #hood .hood > [data-part=problem]")).to_be_empty()


@pytest.mark.parametrize(
    ("locale", "width", "theme"),
    [pytest.param("en-US", 1280, "light", marks=pytest.mark.long), ("zh-CN", 390, "dark")],
)
def test_the_tour_goes_from_step_to_step(
    visitor: Callable[..., Visitor], local_app: App, locale: str, width: int, theme: str
) -> None:
    """Next leads through all of them; each draws, nothing scrolls sideways, axe finds nothing serious."""
    page = visitor(locale=locale, viewport={"width": width, "height": 860}, color_scheme=theme).open(
        local_app
    )
    open_tab(page, HOOD)
    for number, step in enumerate(STEPS, start=1):
        expect(page.locator(f".hood-steps [data-goto={step.name}]")).to_have_attribute("aria-current", "step")
        if step.name in DRAWN:
            shown(page, step.name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if step.name in ("attention", "next", "layers"):
            part = "html" if step.name == "attention" else f"[data-step={step.name}]"
            assert findings(page, part) == []
        if number < len(STEPS):
            page.locator("#hood [data-act=next]").click()


def test_a_run_is_opened_and_another_head_is_chosen(visitor: Callable[..., Visitor], local_app: App) -> None:
    """The button shows the run's own tokens; another head can be chosen; what a model lacks is told."""
    page = visitor().open(local_app)
    write(page, "Once upon a time")
    finished(page)
    page.locator("#result [data-act=inside]").click()
    expect(page.get_by_role("tab", selected=True)).to_have_text(HOOD)
    expect(page.locator("[data-step=tokens] .hood-chip").nth(8)).to_be_visible()
    expect(page.locator("#hood-text")).to_have_value("Once upon a time")
    page.locator("[data-goto=attention]").click()
    shown(page, "attention")
    expect(page.locator("[data-step=attention] input[value=cross]")).to_be_disabled()
    expect(page.locator("[data-step=attention] [data-part=controls]")).to_contain_text("no cross-attention")
    page.locator(".hood-thumbnail").nth(4).click()
    expect(page.locator(".hood-thumbnail").nth(4)).to_have_attribute("aria-pressed", "true")
    page.locator("#hood-text").fill("")
    page.locator("#hood [data-part=form] .hood-go").click()
    problem = page.locator("#hood .hood > [data-part=problem] .problem")
    expect(problem).to_be_visible()
    page.locator("#hood button[data-task=search]").click()
    expect(problem).to_contain_text("only averages the vectors")
    expect(page.locator("[data-step=attention] .hood-heatmap")).to_have_count(0)
