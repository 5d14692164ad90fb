"""Generate on a phone, by touch: what other files prove in detail on a desk, in one walk each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import App, Visitor, findings, finished, overlaps, set_field, write
from tests.e2e.test_generate_result import count, written

WIDTH = 390
PHONE = {"viewport": {"width": WIDTH, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(visitor: Callable[..., Visitor], local_app: App) -> Page:
    """An English page of the local app on a phone, in the dark."""
    return visitor(**PHONE, color_scheme="dark").open(local_app)


def sound(page: Page) -> None:
    """Nothing scrolls sideways, no two texts lie on each other, and axe-core finds nothing serious."""
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
    assert overlaps(page, ".head, [role=tablist], .asking, .answering") == []
    assert findings(page) == []


def number_in(page: Page, name: str) -> Locator:
    """The number beside a slider."""
    return page.locator(f"#{name} input[type=number]")


def test_asking_by_touch(phone: Page) -> None:
    """Presets and why one is grey, the lists of a poem, named settings, the window, the exact prompt."""
    page, box = phone, phone.locator("#prompt textarea")
    page.tap("[data-preset=story]")
    expect(page.locator("#prompt")).to_contain_text("What should the story be about?")
    page.tap("button[data-preset=news]", force=True)  # it is not disabled: it says why it cannot
    expect(page.locator("#preset-reason")).to_contain_text("follow instructions")
    expect(page.locator("button[data-preset=story]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="a dog and a red ball", exact=True).tap()
    expect(box).to_have_value("a dog and a red ball")
    page.tap("#exact-prompt button.label-wrap")
    exact = page.locator("#exact .exact")
    expect(exact).to_have_text("<s><|user|>Tell me a story about a dog and a red ball.<|assistant|>")
    page.tap("[data-preset=free]")
    expect(exact).to_have_text("<s>a dog and a red ball")
    page.tap("#how-daring button.label-wrap")
    page.tap("#manner-creative")
    expect(number_in(page, "temperature")).to_have_value("1.15")
    page.tap("#manner-balanced")
    expect(number_in(page, "temperature")).to_have_value("0.8")
    box.fill("many words and more of them " * 150)
    expect(page.locator("#meter .unread")).to_contain_text("many words")
    finished(page)  # until then the button that stops it lies on what is below
    sound(page)
    page.tap("[data-preset=poem]")
    box.fill("")
    for name, value in (("form", "五言绝句"), ("theme", "月亮")):
        page.tap(f"#poem-{name} input")
        page.get_by_role("option", name=value).first.tap()
    page.tap("#write")
    expect(page.locator("#result .topic")).to_contain_text("五言绝句 · 月亮")
    finished(page)
    page.get_by_role("button", name="中文", exact=True).tap()
    expect(page.locator("#prompt")).to_contain_text("诗写什么？也可以给出第一句")
    sound(page)


@pytest.mark.long
def test_reading_by_touch(phone: Page, tmp_path: Path) -> None:
    """How sure the model was, other words, versions, going on, asking anew, files, and a summary."""
    page = phone
    written(page, tokens=12)
    first = page.locator("#result .came").text_content() or ""
    expect(page.locator("#result .legend li")).to_have_count(4)
    token = page.locator("#result .token").nth(2)
    token.tap()
    assert "%" in token.evaluate("e => getComputedStyle(e, '::after').content")
    page.locator("#result .choice:not([aria-current]):not([aria-disabled])").first.tap()
    count(page, "2/2")
    page.tap("#again")
    count(page, "3/3")
    page.tap("#continue")
    count(page, "4/4")
    for _ in range(3):
        page.tap("#result [data-act=earlier]")
    count(page, "1/4")
    assert page.locator("#result .came").text_content() == first
    for kind in ("txt", "md"):
        page.tap("#download")
        with page.expect_download() as download:
            page.tap(f"#result [data-act={kind}]")
        download.value.save_as(tmp_path / kind)
    notice = "Written by AI (llama demo, generator)"
    assert (tmp_path / "txt").read_text().startswith(f"{first.rstrip()}\n\n— {notice}")
    assert notice in (tmp_path / "md").read_text().replace("\\", "")
    page.tap("#result [data-act=colours]")
    expect(page.locator("#result .legend")).to_be_hidden()
    page.tap("#result [data-act=colours]")
    sound(page)
    write(page, "a cat")
    finished(page)
    expect(page.locator("#result .asked")).to_have_text("a cat")
    expect(page.locator("#result [data-part=versions]")).to_be_hidden()
    page.tap("[data-preset=summary]")
    page.locator("#examples button:visible").first.tap()
    expect(page.locator("#status [role=status]")).to_contain_text("3 sentences picked")
    expect(page.locator("#result mark")).to_have_count(3)
    page.tap("#shortcuts [data-act=open]")
    expect(page.locator("dialog.keys")).to_contain_text("By keyboard")
    page.tap("#shortcuts [data-act=close]")
    sound(page)


def test_one_stops_where_one_reads(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """The page goes along with the end of the text, with Stop in reach; who scrolls away is left alone."""
    page = visitor(**{**PHONE, "viewport": {"width": WIDTH, "height": 400}}).open(endless_app)
    set_field(page, "max-new-tokens", "1000")
    write(page, "Once upon a time")
    stop = page.locator("#result .stopping")
    expect(stop).to_be_in_viewport()
    page.wait_for_function("document.querySelector('#result .came')?.offsetHeight > innerHeight")
    expect(page.locator("#result .caret")).to_be_in_viewport()
    stop.tap()
    page.wait_for_selector("#status .status-stopped")
    expect(stop).to_be_hidden()
    write(page, "And then")
    expect(page.locator("#result .asked")).to_have_text("And then")
    page.evaluate("scrollTo(0, 0)")
    here = page.evaluate("scrollY")
    page.wait_for_function("document.querySelector('#result .came').offsetHeight > innerHeight")
    assert page.evaluate("scrollY") == here
    page.tap("#stop")
    finished(page)
