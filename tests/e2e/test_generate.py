"""The Generate tab, as a person uses it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from tests.e2e.conftest import (
    App,
    Visitor,
    ended_after,
    finished,
    open_tab,
    ready,
    set_field,
    write,
)


def test_a_story_streams_and_gets_its_figures(page: Page) -> None:
    """Text grows while it is written, then figures, model and seed stand under it."""
    set_field(page, "max-new-tokens", "300")
    page.evaluate("""() => {
        window.lengths = [];
        new MutationObserver(() => {
            const came = document.querySelector('#result .came');
            if (came) window.lengths.push(came.textContent.length);
        }).observe(document.querySelector('#result'), {subtree: true, childList: true});
    }""")
    write(page, "Once upon a time")
    finished(page)
    lengths = page.evaluate("window.lengths")
    assert len(set(lengths)) >= 3, f"the text came in too few parts: {lengths}"
    assert lengths == sorted(lengths)
    expect(page.locator("#result .asked")).to_have_text("Once upon a time")
    assert int(page.inner_text("#figure-tokens")) > 10
    assert float(page.inner_text("#figure-speed").replace(",", "")) > 0
    assert re.fullmatch(r"[\d,]+ ms", page.inner_text("#figure-first"))
    assert page.inner_text("#figure-seed").isdigit()
    expect(page.locator("#result")).to_contain_text("Written by the bundled writer.")
    expect(page.locator("#running")).to_contain_text("tokens/s")


@pytest.mark.long
def test_the_same_seed_gives_the_same_text(page: Page) -> None:
    """A seed with text around it still is one, and repeats the text."""
    set_field(page, "seed", " 7 ")
    texts = []
    for _ in range(2):
        write(page, "The rain fell on")
        page.wait_for_selector("#status .status-started, #status .status-end, #status .status-length")
        finished(page)
        texts.append(page.inner_text("#result .came"))
        page.click("#clear")
        expect(page.locator("#result .came")).to_have_count(0)
    assert texts[0] == texts[1] != ""


MISTAKES = [
    ("", "", "Type something first"),
    ("   \n ", "", "Type something first"),
    ("Once", "seven", "“seven” is none"),
    ("Once", "1.5", "“1.5” is none"),
    ("Once", "99999999999999999999999", "must be between"),
]
"""A prompt, a seed, and what is said of them."""


def test_a_mistake_is_told_at_the_field_and_nothing_is_lost(page: Page) -> None:
    """The sentence stands under the prompt box, what was typed stays, and the next try clears it."""
    set_field(page, "max-new-tokens", "3")
    for prompt, seed, sentence in MISTAKES:
        set_field(page, "seed", seed)
        write(page, prompt)
        expect(page.locator("#generate-notice [role=alert]")).to_contain_text(sentence)
        expect(page.locator("#prompt textarea")).to_have_value(prompt)
        set_field(page, "seed", "1")
        write(page, "Once")
        expect(page.locator("#generate-notice")).to_be_hidden()
        finished(page)


def test_a_prompt_of_a_megabyte_is_refused_with_both_numbers(page: Page) -> None:
    """Too much text is refused on the server, in a sentence, and stays in the box."""
    write(page, "a" * 1_000_000)
    expect(page.locator("#generate-notice")).to_contain_text("1,000,000")
    expect(page.locator("#generate-notice")).to_contain_text("200,000")
    assert len(page.input_value("#prompt textarea")) == 1_000_000


ODD = {
    "control": "a\x00b\x07c\x1b[31m",
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 once",
    "right-to-left": "שלום עולם كان يا ما كان",
    "override": "\u202eevil\u202c",
    "chinese": "春眠不觉晓，",
    "half-surrogate": "\ud83d",
}


def test_odd_text_is_only_text(page: Page) -> None:
    """Control characters, emoji and other scripts are written on, or refused in a sentence."""
    set_field(page, "max-new-tokens", "8")
    for prompt in ODD.values():
        page.click("#clear")
        expect(page.locator("#result .empty")).to_be_visible()
        page.evaluate(
            """(text) => {
            const box = document.querySelector('#prompt textarea');
            box.value = text;
            box.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
            prompt,
        )
        page.click("#write")
        page.wait_for_selector("#status .status-length, #status .status-end, #generate-notice [role=alert]")
        expect(page.locator("#generate-notice")).not_to_contain_text("should not have")


HOSTILE = (
    '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script> ${window.hacked=1} {{value}} '
    "`+(window.hacked=1)+` \\u{zz} [a](javascript:window.hacked=1) **b** "
    '__i18n__{"__type__":"translation_metadata","key":"generate.write"}'
)


def test_html_and_templates_stand_there_as_text(page: Page) -> None:
    """What was typed and what was written is shown letter by letter, here and in the history."""
    set_field(page, "max-new-tokens", "3")
    write(page, HOSTILE)
    finished(page)
    assert page.locator("#result .asked").text_content() == HOSTILE
    page.get_by_role("tab", name="History").click()
    page.wait_for_selector("#history .entry")
    assert HOSTILE[:40] in (page.locator("#history .entry-input").first.text_content() or "")
    assert page.evaluate("window.hacked") is None
    assert page.locator("#result img, #history img, #result a, #history a").count() == 0


def test_examples_in_both_languages_are_written(page: Page) -> None:
    """A pill puts its text into the box and has it written; each kind of text has its own."""
    set_field(page, "max-new-tokens", "5")
    pills = {"story": ("a dog and a red ball",), "free": ("春眠不觉晓，",)}
    for preset, names in pills.items():
        page.click(f"[data-preset={preset}]")
        assert page.locator("#examples button:visible").count() >= 2
        for name in names:
            page.get_by_role("button", name=name, exact=True).click()
            expect(page.locator("#prompt textarea")).to_have_value(name)
            expect(page.locator("#result .asked")).to_have_text(name)


def test_copy_takes_what_is_seen(page: Page) -> None:
    """Copy puts prompt and text into the clipboard, marked as a model's; with nothing there it says that."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#copy")
    expect(page.locator("#status [role=status]")).to_contain_text("nothing to copy")
    set_field(page, "max-new-tokens", "5")
    write(page, "Once upon a time")
    finished(page)
    page.click("#copy")
    expect(page.locator("#status [role=status]")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    text, notice = copied.rsplit("\n\n— ", 1)
    assert text == page.locator("#result .written").inner_text().rstrip()
    assert notice == "Written by AI (llama demo, generator); it may be wrong."


LASTING = "1000"
"""The most tokens that the page asks for; they take the endless model several seconds."""


SOON = 3.0
"""Seconds in which the run of a closed page must end, on a busy machine; ``bench.closing`` measures it."""


def ends_as(app: App, status: str, timeout: float = 60.0) -> dict:
    """Wait for the newest run to have this status."""
    client = Client(app.url, verbose=False)
    deadline = time.monotonic() + timeout
    while True:
        run = client.predict(limit=1, api_name="/history")[0]
        if run["status"] == status or time.monotonic() > deadline:
            assert run["status"] == status
            return run
        time.sleep(0.1)


def test_a_model_of_ones_own_is_named(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """With --model the page says whose model is running."""
    page = visitor().open(endless_app)
    expect(page.locator(".lead").first).to_contain_text("现在写作的是模型 endless")
    expect(page.locator("#running")).to_contain_text("endless")


def test_stop_ends_the_model_and_keeps_the_text(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """Stop works while text streams; the partial text stays on the page and in the history."""
    page = visitor().open(endless_app)
    set_field(page, "max-new-tokens", LASTING)
    write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    page.click("#stop")
    page.wait_for_selector("#status .status-stopped")
    shown = page.locator("#result .came").text_content()
    tokens = int(page.inner_text("#figure-tokens"))
    assert shown
    assert tokens < int(LASTING)
    run = ends_as(endless_app, "stopped")
    assert run["output"] == shown
    write(page, "And then")
    page.wait_for_function("document.querySelector('#result .asked')?.textContent === 'And then'")
    page.click("#stop")
    page.wait_for_selector("#status .status-stopped")


def test_after_a_reload_one_is_told_where_the_text_is(
    visitor: Callable[..., Visitor], endless_app: App
) -> None:
    """Who reloads while a text is written finds it in the history, and reads so, once."""
    one = visitor()
    page = one.open(endless_app)
    said = page.locator("#status [role=status]")
    set_field(page, "max-new-tokens", LASTING)
    write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    page.reload()
    ready(page)
    expect(said).to_contain_text("已经写好的部分在“历史”里")
    ends_as(endless_app, "stopped")
    page.reload()
    ready(page)
    expect(said).to_be_empty()
    page.click("#temporary button")
    page.click("[data-preset=free]")  # a Chinese page begins with poems
    write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    page.reload()
    ready(page)
    expect(said).to_be_empty()
    one.problems.clear()  # Gradio tells the console that its streams were cut off


def test_clear_stops_and_empties(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """Clear while text streams ends the run and leaves an empty page that stays empty."""
    page = visitor().open(endless_app)
    set_field(page, "max-new-tokens", LASTING)
    write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    page.click("#clear")
    expect(page.locator("#result .empty")).to_be_visible()
    ends_as(endless_app, "stopped")
    page.wait_for_timeout(300)  # for an answer of the stream that would come too late
    expect(page.locator("#result .empty")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value("")


def test_write_right_after_clear_or_stop_is_not_lost(
    visitor: Callable[..., Visitor], endless_app: App
) -> None:
    """However quickly one changes one's mind, the last click counts and the last text is shown."""
    page = visitor().open(endless_app)
    set_field(page, "max-new-tokens", LASTING)
    for number in range(4):
        write(page, f"the {number}th beginning")
        asked = page.locator("#result .asked", has_text=f"the {number}th beginning")
        expect(asked).to_be_visible()
        page.click("#stop" if number % 2 else "#clear")
        if (
            not number % 2
        ):  # the browser empties the prompt by itself; the server's answer may still be on its way
            expect(page.locator("#prompt textarea")).to_have_value("")
    write(page, "the end")
    write(page, "the very end")
    expect(page.locator("#result .asked")).to_have_text("the very end")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    page.click("#stop")
    page.wait_for_selector("#status .status-stopped")
    expect(page.locator("#result .asked")).to_have_text("the very end")
    ends_as(endless_app, "stopped")


@pytest.mark.parametrize("width", [1280])
def test_a_closed_tab_frees_the_model(visitor: Callable[..., Visitor], endless_app: App, width: int) -> None:
    """What is written can be exported meanwhile; nobody listens any more, so the model stops."""
    one = visitor(viewport={"width": width, "height": 860})
    page = one.open(endless_app)
    set_field(page, "max-new-tokens", LASTING)
    write(page, "Once upon a time")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 5")
    open_tab(page, re.compile("历史"))
    page.locator("#history-filter .menu > summary").click()
    with page.expect_download() as download:
        page.click("#history-filter .menu [data-export=json]")
    newest = json.loads(Path(download.value.path()).read_text())["runs"][0]
    assert (newest["input"], newest["status"]) == ("Once upon a time", "running")
    assert ended_after(endless_app, page.close) < SOON
    run = ends_as(endless_app, "stopped")
    assert run["id"] == newest["id"]
    assert run["output"]
    client = Client(endless_app.url, verbose=False)
    assert client.predict("Hi", max_new_tokens=1, api_name="/generate")[1]["tokens"] == 1
