"""The Models tab: a model is found, downloaded in spite of a broken connection, used, and put back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from llama_demo.services.models import Models
from tests.e2e.conftest import (
    GENERATOR,
    App,
    Visitor,
    every_look,
    findings,
    finished,
    open_tab,
    set_field,
    start,
    write,
)
from tests.gguf_files import write_gguf
from tests.hub_server import Fault, HubServer, hub_server
from tests.openai_api.conftest import api_of

REPOSITORY = "someone/tiny-writer"
LAST_FILE = "model-00003-of-00003.safetensors"
NAMES = re.compile("tiny-writer|bundled writer")
MODELS, GENERATE = re.compile("^Models$|^模型$"), re.compile("^Generate$|^写作$")


@pytest.fixture(scope="module")
def hub() -> Iterator[HubServer]:
    """A hub that has the bundled writer under another name."""
    with hub_server({REPOSITORY: GENERATOR}) as server:
        yield server


@pytest.fixture(scope="module")
def hub_app(tmp_path_factory: pytest.TempPathFactory, hub: HubServer) -> Iterator[App]:
    """The app of a person who gets models from that hub."""
    app = start(tmp_path_factory.mktemp("hub"), env={"HF_ENDPOINT": hub.url})
    yield app
    assert app.foreign() == []
    assert app.stop() == 0


def opened(visitor: Callable[..., Visitor], app: App, **options: object) -> Page:
    """The tab, with its list."""
    page = visitor(**options).open(app)
    open_tab(page, MODELS)
    page.wait_for_selector("#models .model-row")
    return page


def test_a_model_is_got_used_and_put_back(
    visitor: Callable[..., Visitor], hub_app: App, hub: HubServer
) -> None:
    """The connection breaks in mid-file; the download goes on where it stopped, and the head follows."""
    page = opened(visitor, hub_app)
    page.click("[data-part=adding] summary")
    page.fill("#models-address", REPOSITORY)
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-yes")).to_be_visible()
    hub.faults[LAST_FILE] = Fault(times=2, cut=1_000_000)
    page.click("[data-act=add]")
    row = page.locator(f"[data-part=rows] [data-key='{REPOSITORY}']")
    row.locator("[data-act=use]").click()
    expect(row.locator(".badge.ready")).to_have_text("in use", use_inner_text=True)
    assert any(begin for _, _, begin, _ in hub.asked(LAST_FILE)), "it began anew"
    expect(page.locator("#running")).to_contain_text("tiny-writer")
    open_tab(page, GENERATE)
    set_field(page, "max-new-tokens", "4")
    write(page, "Once upon a time")
    finished(page)
    expect(page.locator("#result .made-by")).to_contain_text("tiny-writer")
    page.click("#running button")
    compared_blind(page)
    page.click("[data-key=generator] [data-act=use]")
    expect(page.locator("#running")).not_to_contain_text("tiny-writer")


def compared_blind(page: Page) -> None:
    """Two writers answer by the keyboard alone; their names are told with the vote, which is then counted."""
    compare = page.locator("#comparison")
    compare.locator("[name=blind]").check()
    page.fill("#compare-text", "Once upon a time there was a little dog")
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        "document.querySelectorAll('#comparison .compare-answer:not(:empty)').length === 2"
    )
    expect(compare.locator(".card-title", has_text=NAMES)).to_have_count(0)
    assert "tokens" not in compare.locator(".compare-sides").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#compare-status [role=status]")).to_contain_text("Which is better")
    compare.locator("[data-choice=left]").press("Enter")
    expect(compare.locator(".card-title", has_text=NAMES)).to_have_count(2)
    expect(compare.locator("[data-part=left-facts]")).to_contain_text("tokens/s", use_inner_text=True)
    compare.locator("[data-part=votes] summary").press("Enter")
    expect(compare.locator(".compare-shares")).to_contain_text("better: 1", use_inner_text=True)


def test_another_server_writes_until_it_is_left(visitor: Callable[..., Visitor], hub_app: App) -> None:
    """The page says where texts go: at its head, at its foot, and with what was written."""
    page = opened(visitor, hub_app)
    with api_of(Models([GENERATOR], device="cpu"), key="of-the-server") as address:
        page.click("[data-part=serving] summary")
        page.fill("#models-server-address", address)
        page.fill("#models-server-key", "another")
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=server-problem]")).to_contain_text("key", use_inner_text=True)
        page.fill("#models-server-key", "of-the-server")
        page.keyboard.press("Enter")
        expect(page.locator("[data-part=server-state]")).to_contain_text("generator@127.0.0.1")
        assert page.input_value("#models-server-key") == ""
        expect(page.locator("[data-key=generator] [data-act=use]")).to_be_visible()
        expect(page.locator(".foot")).to_contain_text("sent to another server", use_inner_text=True)
        open_tab(page, GENERATE)
        set_field(page, "max-new-tokens", "4")
        write(page, "Once upon a time")
        finished(page)
        expect(page.locator("#result .made-by")).to_contain_text("generator@127.0.0.1")
        open_tab(page, MODELS)
        page.click("[data-part=leave]")
        expect(page.locator("#running")).not_to_contain_text("@")
    expect(page.locator(".foot")).to_contain_text("Nothing leaves this machine", use_inner_text=True)


def test_a_gguf_file_is_opened_and_writes(
    visitor: Callable[..., Visitor], hub_app: App, tmp_path: Path
) -> None:
    """A file that is cut off is refused with the reason; a whole one is listed, used and put back."""
    path = write_gguf(GENERATOR, tmp_path / "Own.F16.gguf", packing="F16")
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(path.read_bytes()[:-1])
    page = opened(visitor, hub_app)
    page.click("[data-part=adding] summary")
    page.fill("#models-address", str(cut))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-no")).to_be_visible()
    expect(page.locator("[data-part=verdict]")).to_contain_text("cut.gguf")
    page.fill("#models-address", str(path))
    page.keyboard.press("Enter")
    expect(page.locator(".verdict-yes")).to_be_visible()
    page.click("[data-act=add]")
    row = page.locator("[data-part=rows] [data-key='Own.F16']")
    row.locator("[data-act=use]").click()
    expect(row.locator(".badge.ready")).to_have_text("in use", use_inner_text=True)
    open_tab(page, GENERATE)
    set_field(page, "max-new-tokens", "4")
    write(page, "Once upon a time")
    finished(page)
    expect(page.locator("#result .made-by")).to_contain_text("Own.F16")
    page.click("#running button")
    page.click("[data-key=generator] [data-act=use]")
    expect(page.locator("#running")).not_to_contain_text("Own.F16")


def test_the_tab_is_sound(visitor: Callable[..., Visitor], hub_app: App) -> None:
    """On a phone, with everything open, in both languages and themes; a grey kind of text leads here."""
    page = visitor(viewport={"width": 390, "height": 844}).open(hub_app)
    page.click("button[data-preset=news]", force=True)
    page.click("#preset-reason button")
    expect(page.locator("[data-part=wanted]")).to_be_visible()
    page.wait_for_selector("#models .model-row")
    page.click("[data-part=serving] summary")
    page.click("[data-part=calculator] summary")
    page.wait_for_selector("#models figcaption")
    page.click("[data-key=generator] [data-act=memory]")
    page.click("#comparison [data-part=votes] summary")
    page.wait_for_selector("#comparison .compare-tallies > *")
    for look in every_look(page):
        assert findings(page) == [], look
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, look


def test_strangers_look_and_change_nothing(visitor: Callable[..., Visitor], public_app: App) -> None:
    """They are told why."""
    page = opened(visitor, public_app)
    expect(page.locator("[data-part=strangers]")).to_be_visible()
    assert page.locator("#models .model-row .models-acts button:not([data-act=memory])").count() == 0
    expect(page.locator("[data-part=first]")).to_be_hidden()
