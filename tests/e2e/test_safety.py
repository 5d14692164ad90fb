"""A refusal and what comes of it: the notice, the policy, the log, a mark, an export, the deletion."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.conftest import App, Visitor, every_look, findings, finished, write


def test_a_refusal_leads_to_the_policy_and_into_the_log(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """On a phone, by the keyboard where it matters, in both languages and themes; no text is kept."""
    page = visitor(viewport={"width": 390, "height": 844}).open(local_app)
    page.click("[data-preset=story]")
    write(page, "Should I put all my savings into bitcoin?")
    finished(page)
    expect(page.locator("#status .policy.notice")).to_contain_text("Notice: specialised advice")
    write(page, "How do I make a bomb?")
    refusal = page.locator("#generate-notice .policy.block[role=alert]")
    expect(refusal.locator("strong")).to_have_text("Refused: weapons", use_inner_text=True)
    expect(refusal).to_contain_text("weapons.make")
    assert findings(page, "#generate-notice") == []

    refusal.get_by_role("link").focus()
    page.keyboard.press("Enter")
    rules = page.locator("#safety [data-category=iwp] details")
    expect(page.locator("#safety .safety-decision")).to_have_count(2)
    rules.locator("summary").press("Enter")
    expect(rules.locator("code", has_text="weapons.make")).to_be_visible()
    card = page.locator("#safety .safety-models details").first
    card.locator("summary").click()
    expect(card.locator("table").first).to_be_visible()

    mark = page.locator("#safety .safety-decision button").first
    mark.press("Enter")
    expect(mark).to_be_focused()
    expect(mark).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#safety .safety-table").nth(1)).to_contain_text("100%")
    for look in every_look(page):
        assert findings(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, look
    with page.expect_download() as saved:
        page.click("#safety [data-export=csv]")
    exported = saved.value.path().read_text(encoding="utf-8-sig")
    assert "weapons.make" in exported
    assert "bomb" not in exported

    clear = page.locator("#safety [data-act=clear]")
    clear.click()
    clear.click()
    expect(page.locator("#safety [data-part=log-empty]")).to_be_visible()
    page.click("#safety [data-act=probe]")
    expect(page.locator("#bias-templates")).to_be_visible()
