"""Chinese and English: which one comes first, and how it is switched."""

from __future__ import annotations

import time
from collections.abc import Callable

from gradio_client import Client
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import App, Visitor, finished, ready, set_field, write

SECRET = "import('app/lib/visit.js').then(({ visit }) => visit().secret)"


def shown(page: Page) -> str:
    """Everything that can be read on the page, without what was typed or written."""
    return page.locator(".gradio-container").inner_text()


def test_a_chinese_browser_gets_chinese_at_first_paint(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """Also one that Gradio's own translation takes for English; no word of English flashes up before."""
    context = visitor(locale="yue-HK").context
    page = context.new_page()
    page.add_init_script("""
        window.seen = new Set();
        new MutationObserver(() => {
            for (const element of document.querySelectorAll("#write, #stop, [role=tab], .title")) {
                if (element.innerText) window.seen.add(element.innerText);
            }
        }).observe(document, {subtree: true, childList: true, characterData: true});
    """)
    page.goto(local_app.url)
    ready(page)
    expect(page.locator("#write")).to_have_text("写")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#language button[aria-pressed=true]")).to_have_text("中文")
    assert not [text for text in page.evaluate("[...window.seen]") if text.isascii()]


def test_the_language_of_the_browser_is_that_of_the_page(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """Settled before anything else is loaded, however Chinese is spelled; English for all others."""
    spelled = dict.fromkeys(("zh", "zh-CN", "zh-HK", "zh-Hans-CN", "yue-HK"), "zh-CN")
    for tag, language in {**spelled, "en-GB": "en", "de-DE": "en"}.items():
        page = visitor(locale=tag).context.new_page()
        page.route("**/*", lambda route: route.continue_() if document(route) else route.abort())
        page.goto(local_app.url, wait_until="commit")
        expect(page.locator("html")).to_have_attribute("lang", language)


def document(route: Route) -> bool:
    """Whether a request is for the page itself, and for nothing that it loads."""
    return route.request.resource_type == "document"


def test_examples_in_the_language_of_the_page_come_first(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """Whoever reads Chinese is offered Chinese to try, and right after switching; the others stay at hand."""
    page = visitor(locale="zh-CN").open(local_app)
    page.reload()
    expect(page.locator("button[data-preset=poem]")).to_have_attribute("aria-pressed", "true")
    page.click("button[data-preset=free]")
    pills = page.locator("#examples button:visible")
    expect(pills.first).to_have_attribute("lang", "zh")
    expect(pills.last).to_have_attribute("lang", "en")
    in_chinese = pills.all_inner_texts()
    page.get_by_role("button", name="English", exact=True).click()
    expect(pills.first).to_have_attribute("lang", "en")
    expect(pills.last).to_have_attribute("lang", "zh")
    assert sorted(pills.all_inner_texts()) == sorted(in_chinese)


def test_the_switch_changes_every_word_and_keeps_what_was_typed(page: Page) -> None:
    """Labels, hints, results and status change at once, there and back; prompt, seed and text stay."""
    set_field(page, "seed", "11")
    set_field(page, "max-new-tokens", "5")
    page.click("#how-daring button.label-wrap")
    write(page, "Once upon a time")
    finished(page)
    text = page.locator("#result .came").text_content()
    page.wait_for_selector(".meter .going-on")  # comes a moment after the text
    english = shown(page)
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("#write")).to_have_text("写")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("#status [role=status]")).to_contain_text("写完了")
    expect(page.get_by_label("温度").first).to_be_attached()
    assert page.get_attribute("#prompt textarea", "placeholder") == "写一句英文故事的开头，或者一句诗"
    assert page.input_value("#prompt textarea") == "Once upon a time"
    assert page.locator("#seed input, #seed textarea").first.input_value() == "11"
    assert page.locator("#result .came").text_content() == text
    for word in (
        "Write",
        "Stop words",
        "Temperature",
        "Result",
        "tokens",
        "Finished",
        "Try one",
        "How daring",
    ):
        assert word not in shown(page), word
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.locator("#write")).to_have_text("Write")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#temperature")).to_contain_text("Temperature")
    page.wait_for_function(
        "(english) => document.querySelector('.gradio-container').innerText === english", arg=english
    )


def test_errors_follow_the_language(page: Page) -> None:
    """A message that stands there already changes with the switch; a new one comes in the new language."""
    write(page, "")
    notice = page.locator("#generate-notice [role=alert]")
    expect(notice).to_have_text("Type something first, or try one of the examples.", use_inner_text=True)
    page.get_by_role("button", name="中文", exact=True).click()
    expect(notice).to_have_text("先写点什么，或者试试下面的例子。", use_inner_text=True)
    set_field(page, "seed", "七点")
    write(page, "Once")
    expect(notice).to_contain_text("种子必须是整数，“七点”不是")


def test_the_history_follows_the_language(page: Page) -> None:
    """Days, states and buttons of the list too."""
    set_field(page, "max-new-tokens", "2")
    write(page, "Once")
    finished(page)
    page.get_by_role("tab", name="History").click()
    page.wait_for_selector("#history .entry")
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.get_by_role("tab", name="历史")).to_be_visible()
    expect(page.locator("#history .day-title").first).to_have_text("今天", use_inner_text=True)
    expect(page.locator("#history .entry").first).to_contain_text("再打开")


def test_the_choice_is_the_visitors_own_and_lasts(visitor: Callable[..., Visitor], local_app: App) -> None:
    """It outlives a reload, and nobody else sees it."""
    one, other = visitor(), visitor()
    page, elsewhere = one.open(local_app), other.open(local_app)
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("#write")).to_have_text("写")
    page.reload()
    ready(page)
    expect(page.locator("#write")).to_have_text("写")
    elsewhere.reload()
    ready(elsewhere)
    expect(elsewhere.locator("#write")).to_have_text("Write")


BLOCKED = """
    Object.defineProperty(window, "localStorage", {get() { throw new DOMException("blocked"); }});
"""


def test_blocked_storage_only_shortens_the_memory(visitor: Callable[..., Visitor], public_app: App) -> None:
    """Where storage is blocked the page works, without a secret and with a language for its own life."""
    page = visitor().open(public_app, BLOCKED)
    expect(page.locator("#temporary button")).to_be_disabled()
    assert page.evaluate(SECRET) == ""
    page.get_by_role("button", name="中文", exact=True).click()
    expect(page.locator("#write")).to_have_text("写")


def test_the_operator_can_set_the_first_language(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """--language zh greets everybody in Chinese; the switch still works for each."""
    page = visitor(locale="en-US").open(endless_app)
    expect(page.locator("#write")).to_have_text("写")
    page.get_by_role("button", name="English", exact=True).click()
    expect(page.locator("#write")).to_have_text("Write")


def test_a_server_that_ends_at_work_is_told_in_the_language_of_the_page(
    visitor: Callable[..., Visitor], endless_app: App
) -> None:
    """It ends within the ten seconds that supervisors give it, without a traceback. Gradio tells the page in
    English only. What was typed stays, also when the server comes back.
    """
    one = visitor(locale="zh-CN")
    page = one.open(endless_app)
    client = Client(endless_app.url, verbose=False)
    jobs = [client.submit("Once upon a time", max_new_tokens=2_000, api_name="/generate") for _ in range(3)]
    while not any(job.outputs() for job in jobs):
        time.sleep(0.05)
    begun = time.monotonic()
    assert endless_app.stop() == 0
    assert time.monotonic() - begun < 10
    assert "Traceback" not in "\n".join(endless_app.log)
    write(page, "还在")
    expect(page.get_by_test_id("toast-text")).to_contain_text("程序没有回应了")
    endless_app.start_again()
    expect(page.get_by_test_id("toast-text")).to_have_count(0)
    expect(page.locator("#prompt textarea")).to_have_value("还在")
    assert page.evaluate("sessionStorage.length") == 0
    page.close()
    one.problems.clear()
