"""The live training and the questions of the tab Inside, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import App, Visitor, findings, open_tab

HOOD = re.compile("Inside|原理")


def test_a_model_is_trained_stopped_tried_and_saved(visitor: Callable[..., Visitor], local_app: App) -> None:
    """The curve starts at ln V, Stop ends it, the model writes and is downloaded, and axe finds nothing."""
    page = visitor(locale="zh-CN").open(local_app)
    open_tab(page, HOOD)
    page.click("[data-goto=training]")
    expect(page.locator("[data-part=word-result]")).to_contain_text("−ln p")
    page.fill("[data-part=train-text]", "abc")
    page.press("[data-part=train-prompt]", "Enter")
    expect(page.locator("[data-part=train-problem] [role=alert]")).to_be_visible()
    page.fill("[data-part=train-text]", "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n" * 8)
    page.click("[data-part=train-start]")
    expect(page.locator("[data-part=train-curve] .curve-guess-text")).to_contain_text("ln V")
    expect(page.locator("[data-part=train-samples] li").first).to_be_visible()
    page.click("[data-part=train-stop]")
    expect(page.locator(".hood-status")).to_contain_text("停止")
    page.click("[data-part=try-form] button[type=submit]")
    expect(page.locator("[data-part=train-tried] b")).not_to_be_empty()
    with page.expect_download() as saved:
        page.click("[data-part=train-save]")
    assert saved.value.suggested_filename == "tiny-llama.zip"
    page.click("[data-goto=questions]")
    expect(page.locator("[data-part=question-bias] svg")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []
    page.click("[data-goto=training]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []


@pytest.mark.parametrize(("audience", "slides"), [("board", 5), ("class", 10), ("engineers", 8)])
def test_a_presentation_runs_by_the_arrow_keys_alone(
    visitor: Callable[..., Visitor], local_app: App, audience: str, slides: int
) -> None:
    """Each slide has a title, the last is the end; notes in another window follow and turn the slides."""
    person = visitor()
    page = person.open(local_app)
    open_tab(page, HOOD)
    page.click("[data-act=present]")
    page.click(f"[data-audience={audience}]")
    titles = []
    for number in range(1, slides + 1):
        expect(page.locator("[data-part=present-place]")).to_have_text(f"{number} / {slides}")
        titles.append(page.locator("[data-part=present-title]").inner_text())
        page.keyboard.press("ArrowRight")
    assert len(set(titles)) == slides
    assert titles[-1] == "Your questions"
    assert findings(page) == []
    if audience != "board":
        return
    notes = page.context.new_page()
    notes.goto(local_app.url.rstrip("/") + "/?notes#/hood")
    expect(notes.locator("[data-part=notes-title]")).to_contain_text("Your questions")
    notes.keyboard.press("PageUp")
    expect(page.locator("[data-part=present-place]")).to_have_text("4 / 5")
    expect(notes.locator("[data-part=notes-place]")).to_have_text("4 / 5")
    notes.close()
