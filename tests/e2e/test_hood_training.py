"""The live training and the questions of the tab Inside, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App, Visitor, findings, open_tab

HOOD = re.compile("Inside|原理")


def open_tour(page: Page) -> None:
    """Open the tab, and wait until its first step is drawn: only then its buttons answer."""
    open_tab(page, HOOD)
    expect(page.locator("[data-step=tokens] .hood-chip").first).to_be_visible()


def test_a_model_is_trained_stopped_tried_and_saved(visitor: Callable[..., Visitor], local_app: App) -> None:
    """The curve starts at ln V, Stop ends it, the model writes and is downloaded, and axe finds nothing."""
    page = visitor(locale="zh-CN").open(local_app)
    open_tour(page)
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
    with page.expect_download() as drawn:
        page.locator("[data-part=train-passage] .hood-save", has_text="PNG").click()
    assert Path(drawn.value.path()).read_bytes().startswith(b"\x89PNG")
    page.fill("[data-part=try-prompt]", "床前")
    page.click("[data-part=train-generate]")
    expect(page.locator("#prompt textarea")).to_have_value("床前")
    page.click("#write")
    expect(page.locator("#result .token:visible").first).to_be_visible()
    expect(page.locator("#result")).to_contain_text("这里训练的小 LLaMA")
    open_tab(page, HOOD)
    page.click("[data-goto=questions]")
    expect(page.locator("[data-part=question-bias] svg")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page) == []
    page.click("[data-goto=training]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert findings(page, "[data-step=training]") == []


SLIDES = {"board": 5, "class": 10, "engineers": 8}
LAST = {"en": "Your questions", "zh": "轮到你们提问"}


def turn_through(page: Page, count: int) -> list[str]:
    """Go from the first slide to the last with the right arrow alone; returns the titles."""
    titles = []
    for number in range(1, count + 1):
        expect(page.locator("[data-part=present-place]")).to_have_text(f"{number} / {count}")
        titles.append(page.locator("[data-part=present-title]").inner_text())
        page.keyboard.press("ArrowRight")
    return titles


@pytest.mark.long
def test_presentations_run_by_the_arrow_keys_alone(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Each audience in both languages, from start to end; an edited one comes back from its file."""
    page = visitor().open(local_app)
    open_tour(page)
    for language, last in LAST.items():
        page.locator(f"#language [lang^={language}]").first.click()
        page.click("[data-act=present]")
        for audience, count in SLIDES.items():
            page.click(f"[data-audience={audience}]")
            titles = turn_through(page, count)
            assert (len(set(titles)), titles[-1]) == (count, last)
        assert findings(page) == []
        page.click("[data-act=present-close]")
    page.click("[data-act=present]")
    page.click("[data-part=present-editor] summary")
    page.locator("[data-part=present-fields] textarea").nth(1).fill("我的结尾")
    with page.expect_download() as saved:
        page.click("[data-act=present-save]")
    page.click("[data-act=present-reset]")
    expect(page.locator("[data-part=present-place]")).to_have_text("1 / 8")
    page.set_input_files("[data-part=present-file]", saved.value.path())
    page.locator("[data-part=present-title]").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-part=present-title]")).to_have_text("我的结尾", use_inner_text=True)


@pytest.mark.long
def test_notes_follow_their_own_presentation(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Of two presentations in one browser neither turns the notes of the other, nor the slides by them."""
    page = visitor().open(local_app)
    open_tour(page)
    page.click("[data-act=present]")
    other = page.context.new_page()
    other.goto(local_app.url.rstrip("/") + "/#/hood")
    expect(other.locator("[data-step=tokens] .hood-chip").first).to_be_visible()
    other.click("[data-act=present]")
    with page.expect_popup() as opened:
        page.click("[data-act=present-notes]")
    notes = opened.value
    expect(notes.locator("[data-part=notes-place]")).to_have_text("1 / 5")
    other.click("[data-audience=class]")
    other.keyboard.press("End")
    notes.bring_to_front()
    notes.keyboard.press("PageDown")
    expect(page.locator("[data-part=present-place]")).to_have_text("2 / 5")
    expect(notes.locator("[data-part=notes-place]")).to_have_text("2 / 5")
    expect(other.locator("[data-part=present-place]")).to_have_text("10 / 10")
