"""Other people's translators through the page: opus-mt, M2M100 and a decoder that is asked by prompt."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App, Visitor, start_preloaded
from tests.e2e.test_translate import ask, at_tab, translated
from tests.translators import write_chat, write_m2m100, write_opus_mt, write_translator

HOSTILE = "{{value}} ${window.hacked = 1} <img src=x onerror=window.hacked=1>"
"""The name of a folder that somebody downloaded."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with four small folders in front of the bundled translator."""
    folder = tmp_path_factory.mktemp("app")
    folders = (  # the last one comes first
        write_chat(folder / "chat"),
        write_m2m100(folder / "m2m100_418M"),
        write_opus_mt(folder / "opus-mt-en-de", source="eng", target="deu"),
        write_translator(folder / HOSTILE, directions=["zh-fr"]),
    )
    app = start_preloaded(folder, "--model", ",".join(map(str, folders)))
    yield app
    assert app.foreign() == [], "the server tried to reach other machines"
    assert app.stop() == 0
    assert not [line for line in app.log if "Traceback" in line], "\n".join(app.log)


def choose(page: Page, model: str) -> None:
    """Take another translator; the page says when it has been used."""
    page.select_option("#translate [data-part=model]", model)
    name = "the bundled translator" if model == "translator" else model
    expect(page.locator("#translate [data-part=made]")).to_contain_text(f"by {name}")
    assert translated(page)


@pytest.mark.long
def test_the_translator_is_chosen_for_each_direction(visitor: Callable[..., Visitor], app: App) -> None:
    """The last folder comes first, the others can be taken, and the page names who translated."""
    page = at_tab(visitor().open(app))
    model = page.locator("#translate [data-part=model]")
    made = page.locator("#translate [data-part=made]")
    ask(page, "The dog sleeps.", into="de")
    expect(made).to_contain_text("English to Deutsch by opus-mt-en-de")
    assert model.locator("option").all_inner_texts() == ["opus-mt-en-de", "m2m100_418M", "translator", "chat"]
    page.locator("#translate .said").first.click()
    page.wait_for_selector("#translate .choice")
    expect(page.locator("#translate [data-part=attention]")).to_be_visible()

    choose(page, "m2m100_418M")
    page.locator("#translate .said").first.click()
    page.wait_for_selector("#translate .choice")
    expect(page.locator("#translate [data-part=attention]")).to_be_visible()

    choose(page, "chat")
    page.locator("#translate .said").first.click()
    page.wait_for_selector("#translate .choice")
    expect(page.locator("#translate [data-part=attention]")).to_be_hidden()
    expect(page.locator("#translate [data-part=others-none]")).to_be_visible()
    choose(page, "translator")

    # A hundred languages: the usual ones are pills, the others a list, on a phone too.
    page.set_viewport_size({"width": 390, "height": 844})
    page.select_option("#translate select[data-side=target]", "it")
    expect(made).to_contain_text(re.compile("English to italiano by m2m100_418M"))
    expect(model).to_be_hidden()
    translated(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.click("#translate-swap")
    expect(page.locator("#translate select[data-side=source]")).to_have_value("it")
    expect(made).to_contain_text("italiano to English by m2m100_418M")


def test_the_name_of_a_folder_is_shown_and_never_run(visitor: Callable[..., Visitor], app: App) -> None:
    """Whoever makes a model chooses its name; it reaches the page of every visitor."""
    page = at_tab(visitor().open(app))
    ask(page, "他今天在家里看书。", into="fr")
    expect(page.locator("#translate [data-part=model] option").first).to_have_text(HOSTILE)
    expect(page.locator("#translate [data-part=made]")).to_contain_text(HOSTILE)
    assert page.evaluate("typeof window.hacked") == "undefined"
    for component in httpx.get(f"{app.url}/config").json()["components"]:
        props = component["props"]
        for field in ("html_template", "css_template", "js_on_load", "head"):
            assert "hacked" not in str(props.get(field))
