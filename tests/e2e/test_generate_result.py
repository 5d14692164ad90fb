"""The result on the page: how sure the model was, other words, versions, and taking a text along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App, Visitor, findings, finished, overlaps, set_field, write

DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


def written(page: Page, prompt: str = "a dog and a red ball", tokens: int = 24) -> None:
    """A short story, finished."""
    page.click("[data-preset=story]")
    set_field(page, "max-new-tokens", str(tokens))
    write(page, prompt)
    finished(page)


def count(page: Page, shown: str) -> None:
    """Wait until this version is shown and over."""
    expect(page.locator("#result [data-part=count]")).to_have_text(shown)
    expect(page.locator("#result .result.writing")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE], ids=["phone"])
def test_another_word_begins_another_version(
    visitor: Callable[..., Visitor], local_app: App, size: dict[str, int]
) -> None:
    """A click on a word shows what else could have come; the one that is chosen stands in a new version."""
    page = visitor(viewport=size).open(local_app)
    written(page)
    tokens = page.locator("#result .token")
    before = page.locator("#result .came").text_content() or ""
    kept = "".join(tokens.nth(i).text_content() or "" for i in range(4))
    tokens.nth(4).click()
    expect(page.locator("#result .others .card-title")).to_contain_text("What else could have come after")
    choice = page.locator("#result .choice:not([aria-current]):not([aria-disabled])").first
    word = choice.locator(".choice-word").inner_text().strip()
    expect(choice.locator(".share")).to_contain_text("%")
    choice.click()
    count(page, "2/2")
    after = page.locator("#result .came").text_content() or ""
    assert after.startswith(kept)
    assert after[len(kept) :].lstrip().startswith(word)
    page.click("#result [data-act=earlier]")
    count(page, "1/2")
    assert page.locator("#result .came").text_content() == before
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_how_sure_the_model_was_can_be_read_without_colours(page: Page) -> None:
    """The legend names the colours, the number stands at the word, and all of it can be switched off."""
    written(page)
    expect(page.locator("#result .legend li")).to_have_count(4)
    page.locator("#result .token[tabindex]").focus()
    page.keyboard.press("ArrowRight")
    token = page.locator("#result .token:focus")
    assert "%" in (token.get_attribute("aria-label") or "")
    assert token.evaluate("e => getComputedStyle(e, '::after').content").startswith('"')
    assert page.locator("#result .token[tabindex]").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator("#result .choice:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#result .others")).to_be_hidden()
    expect(token).to_have_count(1)
    page.click("#result [data-act=colours]")
    expect(page.locator("#result .legend")).to_be_hidden()
    colour = "e => getComputedStyle(e).backgroundColor"
    assert (
        page.locator("#result .token.guess, #result .token.open").first.evaluate(colour) == "rgba(0, 0, 0, 0)"
    )
    assert page.locator("#result .token[tabindex]").count() == 0


def test_again_and_on(page: Page) -> None:
    """Again keeps what was there, Continue goes on from it, arrows browse, resending begins anew."""
    written(page, tokens=6)
    first = page.locator("#result .came").text_content() or ""
    page.click("#continue")
    count(page, "2/2")
    longer = page.locator("#result .came").text_content() or ""
    assert longer.startswith(first)
    assert len(longer) > len(first)
    page.click("#again")
    count(page, "3/3")
    page.locator("#result [data-act=earlier]").focus()
    page.keyboard.press("ArrowLeft")
    count(page, "2/3")
    assert page.locator("#result .came").text_content() == longer
    written(page, "a cat", tokens=6)
    expect(page.locator("#result .asked")).to_have_text("a cat")
    expect(page.locator("#result [data-part=versions]")).to_be_hidden()


@pytest.mark.parametrize("size", [DESK], ids=["desk"])
def test_a_comparison_takes_the_place_of_the_result(
    visitor: Callable[..., Visitor], local_app: App, size: dict[str, int]
) -> None:
    """Nobody takes an earlier story for a part of it; and what is written next takes its place in turn."""
    page = visitor(viewport=size).open(local_app)
    written(page, tokens=6)
    page.fill("#prompt textarea", "a whale")
    page.click("#pair button.label-wrap")
    page.click("#write-both")
    page.wait_for_selector("#status .status-both")
    expect(page.locator("#result")).to_be_hidden()
    expect(page.locator("#result-left .asked")).to_be_in_viewport()
    page.click("#write")
    finished(page)
    expect(page.locator("#result .asked")).to_be_in_viewport()
    expect(page.locator("#result-left")).to_be_hidden()
    page.click("#write-both")
    page.wait_for_selector("#status .status-both")
    page.click("#clear")
    expect(page.locator("#result .empty")).to_be_visible()
    expect(page.locator("#result-left")).to_be_hidden()


def test_a_text_is_taken_along_as_a_file(page: Page, tmp_path: Path) -> None:
    """Plain text is what stands there; Markdown says too where it came from."""
    written(page)
    came = page.locator("#result .came").text_content() or ""
    for kind in ("txt", "md"):
        page.click("#download")
        with page.expect_download() as download:
            page.click(f"#result [data-act={kind}]")
        assert download.value.suggested_filename.endswith(f".{kind}")
        download.value.save_as(tmp_path / kind)
    notice = "Written by AI (llama demo, generator)"
    assert (tmp_path / "txt").read_text().startswith(f"{came.rstrip()}\n\n— {notice}")
    assert notice in (tmp_path / "md").read_text().replace("\\", "")
    expect(page.locator("#status [role=status]")).to_contain_text("Saved as")


def test_a_summary_quotes_and_says_so(page: Page) -> None:
    """Without a model that can, sentences are quoted and marked in the text they come from."""
    page.click("[data-preset=summary]")
    page.locator("#examples button:visible").first.click()
    expect(page.locator("#result .quoting")).to_contain_text("Quoted, not written")
    marks = page.locator("#result mark").all_text_contents()
    assert len(marks) == 3
    assert page.locator("#result .quotes li").all_text_contents() == marks
    assert "".join(page.locator("#result .source").all_text_contents()) == page.input_value(
        "#prompt textarea"
    )
    assert findings(page) == []


def test_a_page_with_everything_on_it_is_sound(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Coloured words, a comparison and the list of keys; both languages, both themes, big type."""
    for locale, theme, size in (("en-US", "light", DESK), ("zh-CN", "dark", PHONE)):
        page = visitor(locale=locale, color_scheme=theme, viewport=size).open(local_app)
        written(page)
        page.locator("#result .token").nth(3).click()
        page.click("#pair button.label-wrap")
        page.click("#write-both")
        page.wait_for_selector("#status .status-both")
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.click("#shortcuts [data-act=open]")
        assert findings(page, "dialog.keys") == []


@pytest.mark.parametrize("locale", ["en-US", pytest.param("zh-CN", marks=pytest.mark.long)])
def test_nothing_overlaps_at_twice_the_size(
    visitor: Callable[..., Visitor], local_app: App, locale: str
) -> None:
    """At 200%, other words and a comparison open: nothing scrolls sideways, no two texts overlap.

    A desk of 1280 has 640 left at that zoom; on a phone all type is twice as large.
    """
    page = visitor(locale=locale, viewport={"width": 640, "height": 860}).open(local_app)
    written(page)
    page.locator("#result .token").nth(3).click()
    page.click("#how-daring button.label-wrap")
    page.click("#pair button.label-wrap")
    page.click("#write-both")
    page.wait_for_selector("#status .status-both")
    for width, size in ((640, ""), (640, "200%"), (390, "200%")):
        page.set_viewport_size({"width": width, "height": 860})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert overlaps(page, ".head, [role=tablist], .asking, .answering, .pair") == []
