"""What can be asked for: presets, the window, named settings, two at once, and all of it by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from gradio_client import Client
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import App, Visitor, finished, set_field


def test_presets_change_the_words_of_the_page(page: Page) -> None:
    """Label, placeholder and examples follow; a poem has its lists; the language follows too."""
    area = page.locator("#prompt textarea")
    page.click("[data-preset=story]")
    expect(page.locator("#prompt")).to_contain_text("What should the story be about?")
    expect(page.locator("#poem-form")).to_be_hidden()
    page.click("[data-preset=poem]")
    expect(page.locator("#poem-form")).to_be_visible()
    expect(page.get_by_role("button", name="送别朋友", exact=True)).to_be_visible()
    page.click("[data-preset=free]")
    expect(page.locator("#prompt")).to_contain_text("How should it begin?")
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("#prompt")).to_contain_text("开头怎么写？")
    expect(area).to_have_attribute("placeholder", "写一句英文故事的开头，或者一句诗")


def test_what_the_model_cannot_do_is_grey_and_says_why(page: Page) -> None:
    """By pointer and by keyboard; the choice stays what it was."""
    page.click("[data-preset=story]")
    news = page.locator("button[data-preset=news]")
    expect(news).to_have_attribute("aria-disabled", "true")
    news.focus()
    expect(page.locator("#preset-reason")).to_be_visible()
    expect(page.locator("#preset-reason")).to_contain_text("follow instructions")
    page.keyboard.press("Enter")
    expect(page.locator("button[data-preset=story]")).to_have_attribute("aria-pressed", "true")
    assert news.get_attribute("aria-describedby") == "preset-reason"


def test_a_poem_of_a_form_and_a_theme(page: Page) -> None:
    """Chosen from lists, with nothing typed."""
    page.click("[data-preset=poem]")
    for name, value in (("form", "五言绝句"), ("theme", "月亮")):
        page.click(f"#poem-{name} input")
        page.fill(f"#poem-{name} input", value)
        page.get_by_role("option", name=value).first.click()
    page.click("#exact-prompt button.label-wrap")
    expect(page.locator("#exact .exact")).to_contain_text("写一首关于月亮的五言绝句")
    page.click("#write")
    finished(page)
    expect(page.locator("#result .topic")).to_contain_text("五言绝句 · 月亮")
    tones = page.locator("#result .token[data-tone]")
    expect(tones).to_have_count(4 * 5)
    assert page.locator("#result .token[data-tone=rhyme]").count() in (2, 3)
    expect(page.locator("#result .verse-note")).to_contain_text("rhyme")
    page.click("#result [data-act=tones]")
    expect(page.locator("#result .verse-note")).to_be_hidden()


def test_the_window_and_the_exact_prompt_follow_what_is_typed(page: Page) -> None:
    """How much is filled, what would be cut, and every mark that is added; nothing runs for it."""
    page.click("[data-preset=story]")
    page.fill("#prompt textarea", "a dog")
    expect(page.locator("#meter")).to_contain_text("of 512 tokens")
    page.click("#exact-prompt button.label-wrap")
    expect(page.locator("#exact .exact")).to_have_text("<s><|user|>Tell me a story about a dog.<|assistant|>")
    page.fill("#prompt textarea", "many words and more of them " * 150)
    expect(page.locator("#meter .unread")).to_contain_text("many words")
    expect(page.locator("#result .empty")).to_be_visible()


def test_the_meter_counts_what_is_written_too(page: Page) -> None:
    """What Continue would read is the prompt and the text, and follows the version that is shown."""
    set_field(page, "max-new-tokens", "6")
    page.fill("#prompt textarea", "Once upon a time")
    measure = page.locator("#meter .note .word:visible").first
    expect(measure).to_have_text(re.compile(r"^\d\b"))  # of this prompt, which is short
    prompt = int((measure.text_content() or "").split()[0])
    late: list[Route] = []
    page.route("**/queue/join*", lambda route: route.continue_() if late else late.append(route))
    with page.expect_request("**/queue/join*"):
        page.fill("#prompt textarea", "Once upon a time")
    page.click("#write")
    finished(page)
    late[0].continue_()  # measured before there was a text to continue; the next measure waited for it
    line = page.locator("#meter .going-on .word:visible")
    expect(line).to_contain_text(f"it would read {prompt + 6} of 512")
    page.click("#continue")
    expect(line).to_contain_text(f"it would read {prompt + 12} of 512")
    page.click("#result [data-act=earlier]")
    expect(line).to_contain_text(f"it would read {prompt + 6} of 512")
    page.click("#clear")
    expect(page.locator("#meter .going-on")).to_have_count(0)


def test_settings_with_a_name_move_the_sliders(page: Page) -> None:
    """Precise, balanced, creative."""
    page.click("#how-daring button.label-wrap")
    page.click("#manner-precise")
    expect(page.locator("#temperature input[type=number]")).to_have_value("0.2")
    page.click("#manner-creative")
    expect(page.locator("#temperature input[type=number]")).to_have_value("1.15")
    page.click("#manner-balanced")
    expect(page.locator("#temperature input[type=number]")).to_have_value("0.8")
    expect(page.locator("#top-k input[type=number]")).to_have_value("50")


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.long)])
def test_two_settings_stream_side_by_side(
    visitor: Callable[..., Visitor], local_app: App, width: int
) -> None:
    """Both grow together; on a phone one stands under the other."""
    page = visitor(viewport={"width": width, "height": 860}).open(local_app)
    set_field(page, "max-new-tokens", "60")
    page.fill("#prompt textarea", "a dog")
    page.click("#pair button.label-wrap")
    page.click("#write-both")
    page.wait_for_function(
        "[...document.querySelectorAll('.pair .came')].filter(e => e.textContent).length === 2"
    )
    page.wait_for_selector("#status .status-both")
    left, right = (page.locator(f"#result-{side} .result").bounding_box() for side in ("left", "right"))
    assert left
    assert right
    assert (left["y"] == right["y"]) == (width == 1280)
    assert (left["x"] == right["x"]) == (width == 390)
    texts = page.locator(".pair .came").all_text_contents()
    assert texts[0] != texts[1]


def test_keys_do_what_the_list_says(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """The list opens with ?, not while somebody types; Ctrl+Enter writes, Esc stops."""
    page = visitor().open(endless_app)
    set_field(page, "max-new-tokens", "15000")
    area = page.locator("#prompt textarea")
    area.fill("a dog and a ball")
    area.press("?")
    expect(area).to_have_value("a dog and a ball?")
    expect(page.locator("dialog.keys")).to_be_hidden()
    area.press("Control+Enter")
    page.wait_for_function("Number(document.querySelector('#figure-tokens')?.textContent) > 3")
    page.keyboard.press("Escape")
    page.wait_for_selector("#status .status-stopped")
    page.locator("#again").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.keys")).to_be_hidden()


@pytest.mark.parametrize("width", [1280])
def test_an_input_method_keeps_its_enter(visitor: Callable[..., Visitor], local_app: App, width: int) -> None:
    """With or without Ctrl, Enter that confirms a candidate sends nothing."""
    page = visitor(viewport={"width": width, "height": 860}).open(local_app)
    page.focus("#prompt textarea")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "xiao", "selectionStart": 4, "selectionEnd": 4})
    for modifiers in (0, 2):
        key = {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229, "modifiers": modifiers}
        session.send("Input.dispatchKeyEvent", key)
        page.evaluate(
            """(ctrlKey) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
                {key: 'Enter', ctrlKey, isComposing: true, bubbles: true, cancelable: true}))""",
            bool(modifiers),
        )
    session.send("Input.insertText", {"text": "小狗"})
    expect(page.locator("#prompt textarea")).to_have_value("小狗")
    expect(page.locator("#meter .note")).to_be_visible()  # asked for after anything that Enter had sent
    expect(page.locator("#result .empty")).to_be_visible()


def test_programs_name_presets(local_app: App) -> None:
    """Story, poem and summary by name; one that the model lacks is refused in a sentence."""
    client = Client(local_app.url, verbose=False)
    for preset, prompt in (("story", "a dog"), ("poem", "月亮"), ("summary", "One. Two. Three. Four.")):
        text, info = client.predict(prompt, preset=preset, max_new_tokens=12, api_name="/generate")
        assert text
        assert info["finish_reason"] in ("end", "length")
    poem, _ = client.predict(
        "",
        preset="poem",
        form="五言绝句",
        theme="月亮",
        max_new_tokens=60,
        temperature=0.0,
        api_name="/generate",
    )
    assert poem.strip()
    run = client.predict(task="generate", limit=1, api_name="/history")[0]
    assert (run["options"]["form"], run["options"]["theme"]) == ("五言绝句", "月亮")
    with pytest.raises(Exception, match="sonnet"):
        client.predict("a dog", preset="poem", form="sonnet", api_name="/generate")
    with pytest.raises(Exception, match="did not learn"):
        client.predict("a dog", preset="news", api_name="/generate")
