"""How the page looks and feels: every width, both languages, both themes, the keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from llama_demo.ui.endpoints import ENDPOINTS
from llama_demo.ui.page import TABS
from tests.e2e.conftest import (
    App,
    Visitor,
    findings,
    finished,
    open_tab,
    overlaps,
    ready,
    set_field,
    two_frames,
    write,
)

HISTORY = re.compile("History|历史")
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


def fill(page: Page) -> None:
    """Everything that can be on the page at once: a result, an error, open accordions, a history."""
    set_field(page, "max-new-tokens", "6")
    write(page, "Averylongwordthatneverends" * 8)
    finished(page)
    page.click("#how-daring button.label-wrap")
    set_field(page, "seed", "x")
    page.click("#write")
    page.wait_for_selector("#generate-notice [role=alert]")


@pytest.mark.parametrize("locale", ["en-US", pytest.param("zh-CN", marks=pytest.mark.long)])
def test_nothing_scrolls_sideways(visitor: Callable[..., Visitor], local_app: App, locale: str) -> None:
    """At no width, neither empty nor full, on no tab."""
    page = visitor(locale=locale).open(local_app)

    def fits() -> None:
        for width in (1280, 820, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            two_frames(page)  # the tabs that no longer fit are folded away
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    fits()
    fill(page)
    fits()
    open_tab(page, HISTORY)
    page.wait_for_selector("#history .entry")
    fits()


@pytest.mark.parametrize(("locale", "theme"), [("en-US", "light"), ("zh-CN", "dark")])
def test_axe_finds_nothing_serious(
    visitor: Callable[..., Visitor], local_app: App, locale: str, theme: str
) -> None:
    """No serious or critical finding of axe-core on Generate, empty or full; contrast included."""
    page = visitor(locale=locale, color_scheme=theme).open(local_app)

    assert findings(page) == []
    fill(page)
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert findings(page) == []


@pytest.mark.parametrize("locale", ["en-US", pytest.param("zh-CN", marks=pytest.mark.long)])
def test_every_tab_is_in_view_on_a_phone(
    visitor: Callable[..., Visitor], local_app: App, locale: str
) -> None:
    """In one row, each large enough for a finger."""
    page = visitor(locale=locale, viewport=PHONE).open(local_app)
    for width in (390, 360):
        page.set_viewport_size({"width": width, "height": 844})
        two_frames(page)
        boxes = [tab.bounding_box() for tab in page.get_by_role("tab").all()]
        assert len(boxes) == len(TABS)
        assert len({box["y"] for box in boxes}) == 1
        for box in boxes:
            assert box["x"] + box["width"] <= width
            assert min(box["width"], box["height"]) >= 24


def test_the_tab_stands_in_the_address(visitor: Callable[..., Visitor], local_app: App) -> None:
    """A reload and a link open it; Back and Forward go between those visited, and the focus with them."""
    page = visitor().open(local_app)

    def shown(name: str, *, focused: bool = False) -> None:
        expect(page.get_by_role("tab", selected=True)).to_have_text(name)
        if focused:
            expect(page.get_by_role("tab", name=name)).to_be_focused()

    page.get_by_role("tab", name="Ask").click()
    page.get_by_role("tab", name="History").click()
    shown("History")
    assert page.url.endswith("/#/history")
    page.go_back()
    shown("Ask", focused=True)
    page.wait_for_selector("#ask-collection option", state="attached")
    page.wait_for_selector("#history .entry, #history .blank", state="attached")
    page.reload()
    ready(page)
    shown("Ask")
    page.go_back()
    shown("Generate", focused=True)
    page.go_forward()
    shown("Ask", focused=True)
    page.locator("#language button").first.focus()
    page.evaluate("location.hash = 'nothing'")
    page.evaluate("location.hash = '/search'")
    shown("Search")
    expect(page.locator("#language button").first).to_be_focused()
    write_one = visitor().open(local_app)
    set_field(write_one, "max-new-tokens", "4")
    write(write_one, "Once")
    finished(write_one)
    write_one.wait_for_selector(".meter .going-on")  # comes a moment after the text
    write_one.goto("about:blank")
    write_one.goto(f"{local_app.url}/#/history")
    write_one.wait_for_selector("#history .entry")


def focused(page: Page) -> str:
    """What has the focus, by id or by the text on it."""
    return str(
        page.evaluate(
            "(() => { const e = document.activeElement;"
            " return e.id || e.closest('.block')?.id || e.innerText.trim(); })()"
        )
    )


def test_everything_can_be_done_by_keyboard(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Write, read the history, open a run and switch the language without a pointer."""
    page = visitor().open(local_app)
    assert page.evaluate("document.querySelector('a, button, input, textarea').id") == "skip"
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel").filter(visible=True)).to_be_focused()

    def tab_to(name: str, most: int = 40) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if focused(page) == name:
                return
        raise AssertionError(f"{name} cannot be reached; the focus is on {focused(page)}")

    set_field(page, "max-new-tokens", "4")
    page.evaluate("document.activeElement.blur()")
    tab_to("prompt")
    page.keyboard.type("By keyboard alone")
    tab_to("write")
    page.keyboard.press("Enter")
    finished(page)
    expect(page.locator("#result .asked")).to_have_text("By keyboard alone")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("document.querySelector('#result .came')")
    finished(page)
    page.get_by_role("tab", name="Generate").focus()
    history = page.get_by_role("tab", name="History")
    while history.get_attribute("aria-selected") != "true":
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    page.wait_for_selector("#history .entry")
    tab_to("history")
    while page.evaluate("document.activeElement.dataset.act") != "open":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#prompt textarea")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value("By keyboard alone")
    page.locator("#language button").first.focus()
    page.keyboard.press("Space")
    expect(page.locator("#write")).to_have_text("写")


def test_the_focus_can_be_seen(page: Page) -> None:
    """Whatever Tab reaches on the page shows a ring or a border in the accent colour."""
    page.evaluate("document.activeElement.blur()")
    unseen, visited = [], 0
    for _ in range(30):
        page.keyboard.press("Tab")
        name, shown = page.evaluate(
            """() => {
                const e = document.activeElement, s = getComputedStyle(e);
                const ring = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
                return [e.tagName + ' ' + (e.id || e.innerText).slice(0, 30), e === document.body || ring];
            }"""
        )
        visited += name[:4] != "BODY"
        unseen += [] if shown else [name]
    assert visited > 10
    assert unseen == []


def test_listeners_hear_how_it_goes_and_not_every_token(page: Page) -> None:
    """The status line is a polite live region that changes a few times in a run."""
    page.evaluate("""() => {
        window.said = [];
        const line = document.querySelector('#status [role=status]');
        new MutationObserver(() => window.said.push(line.innerText))
            .observe(line, {subtree: true, childList: true, characterData: true});
    }""")
    set_field(page, "max-new-tokens", "120")
    write(page, "Once upon a time")
    finished(page)
    said = page.evaluate("[...new Set(window.said)]")
    assert 1 <= len(said) <= 5
    assert said[-1].startswith("Finished")
    assert page.locator("#result [aria-live], #result [role=status], #result [role=log]").count() == 0


COUNTED = """
    delete navigator.connection.saveData;
    const draw = window.requestAnimationFrame.bind(window);
    window.asked = 0;
    window.requestAnimationFrame = (callback) => { window.asked += 1; return draw(callback); };
"""


def test_a_page_at_rest_is_ready_for_the_other_tabs_and_draws_nothing(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """Their modules load once nothing else is to do; then no frame is drawn, which takes a processor."""
    page = visitor().open(local_app, COUNTED)
    for tab in TABS[1:]:
        page.wait_for_selector(f"link[rel=modulepreload][href$='/js/{tab.name}/index.js']", state="attached")
    before = page.evaluate("window.asked")
    two_frames(page)
    two_frames(page)
    assert page.evaluate("window.asked") - before <= 4, "a frame for each that the test itself asks for"


def test_accordions_say_whether_they_are_open(page: Page) -> None:
    """For those who cannot see the arrow."""
    button = page.locator("#how-daring button.label-wrap")
    expect(button).to_have_attribute("aria-expanded", "false")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")


def test_on_a_phone_the_result_comes_into_view(visitor: Callable[..., Visitor], local_app: App) -> None:
    """What was asked for stands below the button there; the page goes to it."""
    page = visitor(viewport={"width": 390, "height": 700}, has_touch=True, is_mobile=True).open(local_app)
    set_field(page, "max-new-tokens", "20")
    write(page, "Once upon a time")
    finished(page)
    expect(page.locator("#result .written")).to_be_in_viewport()


def test_the_view_of_the_api_fits_and_describes_what_programs_send(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """Gradio's panel: nothing lies on the button that closes it, and each parameter has a sentence."""
    one = visitor(viewport=PHONE)
    page = one.open(local_app)
    page.locator(".foot a").click()
    close = page.locator(".api-docs .banner-wrap > button")
    expect(close).to_be_visible()
    expect(page.locator(".api-docs .endpoint-container")).to_have_count(len(ENDPOINTS))
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overlaps(page, ".api-docs") == []
        assert page.evaluate("document.querySelector('.api-docs-wrap').scrollWidth") <= size["width"]
    told = page.locator(".api-docs .desc").all_inner_texts()
    sentences = [text.partition("component.")[2].strip() for text in told if "provided in" in text]
    assert len(sentences) > len(ENDPOINTS)
    assert all(sentences), told
    assert not [text for text in told if re.search(r'"\d(st|nd|rd|th)"', text)]
    close.click()
    expect(close).to_have_count(0)
    gradios = ("(Not Found)", "(Forbidden)")  # it asks for its MCP server and its analytics, which are off
    one.problems = [problem for problem in one.problems if not problem.endswith(gradios)]
