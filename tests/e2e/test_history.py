"""The History tab, as a person uses it, and what is left after a power cut."""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from gradio_client import Client
from playwright.sync_api import CDPSession, Page, Request, Route, expect

from llama_demo.services.history.imports import LARGEST_FILE
from tests.e2e.conftest import (
    App,
    Visitor,
    findings,
    finished,
    keeping,
    one_of,
    open_tab,
    overlaps,
    ready,
    set_field,
    write,
)

SECRET = "history-of-one-test-" + "0" * 44


def history(page: Page) -> Page:
    """Go to the History tab and wait for its list."""
    open_tab(page, re.compile("History|历史"))
    page.wait_for_selector("#history .entry, #history .blank")
    return page


def test_a_run_is_found_and_opens_with_all_its_settings(
    visitor: Callable[..., Visitor], public_app: App
) -> None:
    """Text and every setting come back, in their tab, also if the script of the list comes late."""
    settings = {
        "temperature": "0.65",
        "top-k": "33",
        "top-p": "0.9",
        "min-p": "0.02",
        "repetition-penalty": "1.15",
        "max-new-tokens": "12",
        "seed": "42",
        "stop": "The End\n完",
    }
    page = keeping(visitor().open(public_app))
    for name, value in settings.items():
        set_field(page, name, value)
    write(page, "The old king said")
    finished(page)
    text = page.locator("#result .came").text_content()
    page.click("#clear")
    for name in ("temperature", "max-new-tokens", "seed", "stop"):
        set_field(page, name, "1" if name != "stop" else "")
    late: list[Route] = []
    # The script of the tab waits for these; the list, which the server renders, does not.
    page.route("**/later/texts.json", lambda route: late.append(route))
    entry = history(page).locator("#history .entry").first
    expect(page.locator("#history .day-title").first).to_have_text("Today", use_inner_text=True)
    expect(entry.locator(".entry-input")).to_have_text("The old king said")
    expect(entry.locator(".state")).to_have_text("finished", use_inner_text=True)
    entry.get_by_role("button", name="Open again").click()
    late[0].continue_()
    expect(page.locator("#prompt textarea")).to_be_visible()
    expect(page.locator("#prompt textarea")).to_have_value("The old king said")
    expect(page.locator("#result .came")).to_have_text(text or "")
    for name, value in settings.items():
        box = page.locator(f"#{name} input[type=number], #{name} textarea, #{name} input[type=text]").first
        expect(box).to_have_value(value)
    expect(page.locator("#status [role=status]")).to_contain_text("Opened from the history")


@pytest.mark.parametrize("width", [1280])
def test_a_run_opens_with_all_its_versions(
    visitor: Callable[..., Visitor], public_app: App, width: int
) -> None:
    """The list says which of how many each is; opened, the one that was chosen is shown, the others too."""
    page = keeping(visitor(viewport={"width": width, "height": 860}).open(public_app))
    set_field(page, "max-new-tokens", "6")
    write(page, "Three times")
    finished(page)
    for number in (2, 3):
        page.click("#again")
        expect(page.locator("#result [data-part=count]")).to_have_text(f"{number}/{number}")
        expect(page.locator("#result .result.writing")).to_have_count(0)
    page.click("#result [data-act=earlier]")
    second = page.locator("#result .came").text_content() or ""
    page.reload()
    ready(page)
    entries = history(page).locator("#history .entry")
    told = ["version 3 of 3", "version 2 of 3", "version 1 of 3"]
    expect(entries.locator(".entry-version .word:visible")).to_have_text(told)
    entries.nth(1).get_by_role("button", name="Open again").click()
    expect(page.locator("#result [data-part=count]")).to_have_text("2/3")
    assert page.locator("#result .came").text_content() == second
    page.click("#result [data-act=later]")
    expect(page.locator("#result [data-part=count]")).to_have_text("3/3")
    assert page.locator("#result .token").count() > 0
    page.click("#continue")
    expect(page.locator("#result [data-part=count]")).to_have_text("4/4")
    expect(page.locator("#result .result.writing")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390])
def test_deleting_asks_twice_and_deletes_one(
    visitor: Callable[..., Visitor], public_app: App, width: int
) -> None:
    """The first click asks, Escape takes it back, the second click deletes this run and no other."""
    page = keeping(visitor(viewport={"width": width, "height": 860}).open(public_app))
    set_field(page, "max-new-tokens", "2")
    for prompt in ("first", "second", "third"):
        write(page, prompt)
        page.wait_for_function(
            "(p) => document.querySelector('#result .asked')?.textContent === p", arg=prompt
        )
        finished(page)
    delete = history(page).locator("#history .entry", has_text="second").get_by_role("button", name="Delete")
    delete.click()
    expect(page.locator("#history .asking")).to_have_text("Really delete?", use_inner_text=True)
    page.keyboard.press("Escape")
    expect(page.locator("#history .asking")).to_have_count(0)
    expect(page.locator("#history .entry")).to_have_count(3)
    delete.click()
    page.locator("#history .asking").click()
    expect(page.locator("#history .entry")).to_have_count(2)
    assert page.locator("#history .entry-input").all_inner_texts() == ["third", "first"]


def test_deleting_all_asks_twice_and_leaves_an_invitation(
    visitor: Callable[..., Visitor], public_app: App
) -> None:
    """The history goes after a second click, the documents too if that is chosen, and from the file."""
    page = keeping(visitor().open(public_app))
    set_field(page, "max-new-tokens", "2")
    write(page, "xyzzyplugh")
    finished(page)
    open_tab(page, re.compile("^Ask$"))
    page.locator("#ask [name=ask-way][value=text]").check(force=True)
    page.fill("#ask-text", "The word xyzzyplugh was said by Ann.")
    page.fill("#ask-question", "Who said xyzzyplugh?")
    page.press("#ask-question", "Enter")
    expect(page.locator("#ask .answer[aria-busy=false]")).to_have_count(1)
    open_tab(page, re.compile("^Search$"))
    page.click("[data-view=documents]")
    page.click("#library .pasting summary")
    page.fill("#library-text", "A document about xyzzyplugh.")
    page.click("#library-paste")
    expect(page.locator("#library .document-row.done")).to_have_count(1)
    expect(history(page).locator("#history .list-head")).to_contain_text("documents and glossary stay")
    button = page.get_by_role("button", name="Delete history")
    button.click()
    expect(page.locator("#history .asking")).to_contain_text("conversations", use_inner_text=True)
    page.locator("#history .asking").click()
    expect(page.locator("#history .blank")).to_contain_text("You have documents, glossary terms")
    button = page.get_by_role("button", name="Delete all")
    button.click()
    expect(page.locator("#history .asking")).to_contain_text("documents", use_inner_text=True)
    page.locator("#history .asking").click()
    expect(page.locator("#history .blank")).not_to_contain_text("You have documents, glossary terms")
    expect(page.locator("#history .blank")).to_contain_text("Nothing yet")
    for file in public_app.folder.glob("llama_demo.db*"):
        assert b"xyzzyplugh" not in file.read_bytes(), f"{file.name} still holds the deleted text"
    open_tab(page, re.compile("^Ask$"))
    page.click("#ask [data-part=side-open]")
    expect(page.locator("#ask [data-part=no-conversations]")).to_be_visible()


@pytest.mark.parametrize("width", [390])
def test_a_long_history_comes_in_pages(visitor: Callable[..., Visitor], public_app: App, width: int) -> None:
    """Twenty runs at first, more on request, each once and in order."""
    page = history(keeping(visitor(viewport={"width": width, "height": 860}).open(public_app)))
    bring(page, file_of([(f"run {number}", "", "generate", "m", 0, "") for number in range(25)]))
    expect(page.locator("#history .entry")).to_have_count(20)
    expect(page.locator("#history-count")).to_contain_text("25 runs")
    page.get_by_role("button", name="Show older").click()
    expect(page.locator("#history .entry")).to_have_count(25)
    expected = [f"run {number}" for number in reversed(range(25))]
    assert page.locator("#history .entry-input").all_inner_texts() == expected
    expect(page.get_by_role("button", name="Show older")).to_have_count(0)


def test_a_temporary_call_leaves_nothing(public_app: App) -> None:
    """save=False or nothing said, or no secret in public mode, writes no row."""
    client = Client(public_app.url, verbose=False)
    client.predict("c", max_new_tokens=1, visitor=SECRET, api_name="/generate")
    client.predict("d", max_new_tokens=1, save=True, api_name="/generate")
    client.predict("a", max_new_tokens=1, visitor=SECRET, save=False, api_name="/generate")
    client.predict("b", max_new_tokens=1, api_name="/generate")
    assert client.predict(visitor=SECRET, api_name="/history") == []
    assert client.predict(api_name="/history") == []


@pytest.mark.parametrize("width", [1280])
def test_a_power_cut_leaves_the_partial_text(
    visitor: Callable[..., Visitor], endless_app: App, width: int
) -> None:
    """After kill -9 in mid-run the next start shows it as interrupted, with its text, and can open it."""
    one = visitor(viewport={"width": width, "height": 860})
    page = one.open(endless_app)
    set_field(page, "max-new-tokens", "1000")
    write(page, "Once upon a time")
    with closing(sqlite3.connect(endless_app.folder / "llama_demo.db")) as database:
        deadline = time.monotonic() + 60
        while not database.execute("SELECT 1 FROM runs WHERE status = 'running' AND output != ''").fetchone():
            assert time.monotonic() < deadline, "the run's text was never flushed"
            time.sleep(0.02)
    endless_app.kill()
    expect(page.get_by_role("alert").filter(has_text="does not answer")).to_be_visible(timeout=5_000)
    expect(page.locator("body")).to_have_class(re.compile("server-is-gone"))  # turns the light in the head
    page.close()
    one.problems.clear()  # the page lost its server, as it should
    with closing(sqlite3.connect(endless_app.folder / "llama_demo.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    endless_app.start_again()
    page = one.open(endless_app)
    page.get_by_role("button", name="English", exact=True).click()
    entry = history(page).locator("#history .entry").first
    expect(entry.locator(".state")).to_have_text("interrupted", use_inner_text=True)
    entry.get_by_role("button", name="Open again").click()
    expect(page.locator("#status [role=status]")).to_contain_text("cut short")
    assert len(page.locator("#result .came").text_content() or "") > 20


def test_a_running_run_is_there_from_its_start(endless_app: App) -> None:
    """A row exists as running before its text is there, and has its final status when the call has ended."""
    client, text = Client(endless_app.url, verbose=False), f"start{secrets.token_hex(4)}"
    job = client.submit(text, max_new_tokens=15_000, api_name="/generate")

    def row() -> dict[str, Any]:
        while not (found := client.predict(query=text, api_name="/history")):
            time.sleep(0.05)
        return dict(found[0])

    assert row()["status"] == "running"
    job.cancel()
    while row()["status"] == "running":
        time.sleep(0.05)
    assert row()["status"] == "stopped"


DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@pytest.fixture
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    """The window of a test: a desk's or a phone's."""
    return one_of(request, DESK, PHONE)


def test_two_windows_delete_the_same_run(
    visitor: Callable[..., Visitor], public_app: App, size: dict[str, int]
) -> None:
    """The later one is told that it is gone, and its list forgets it; a note for it is not thrown away."""
    one = visitor(viewport=size)
    page = filled(one.open(public_app))
    other = history(one.open(public_app))
    for window in (other, page):
        window.locator("#history [data-act=delete]").first.click()
        window.locator("#history .asking").click()
        if window is other:
            expect(other.locator("#history .entry")).to_have_count(4)
    notice = page.locator("#history-notice [role=alert]")
    expect(notice).to_contain_text("not in your history")
    expect(page.locator("#history .entry")).to_have_count(4)
    other.locator("#history [data-act=delete]").first.click()
    other.locator("#history .asking").click()
    expect(other.locator("#history .entry")).to_have_count(3)
    page.locator("#history [data-opens]").first.click()
    page.locator("#history textarea").first.fill("worth a note")
    page.locator("#history [data-act=note]").first.click()
    expect(notice).to_contain_text("not in your history")
    expect(page.locator("#history textarea").first).to_have_value("worth a note")
    page.locator("#history [data-name=good]").first.click()
    expect(page.locator("#history .entry")).to_have_count(3)
    expect(notice).to_contain_text("not in your history")
    other.locator("#history [data-act=delete]").first.click()
    other.locator("#history .asking").click()
    expect(other.locator("#history .entry")).to_have_count(2)
    page.locator("#history .entry .menu > summary").first.click()
    with page.expect_console_message(lambda message: "422" in message.text):
        page.locator("#history [data-export=md]").first.click()
    one.problems.clear()  # the browser tells its console of the refusal
    expect(page.locator("#history-filter .told [role=alert]")).to_contain_text("not in your history")
    expect(page.locator("#history .entry")).to_have_count(2)
    other.get_by_role("button", name="Delete all").click()
    other.locator("#history .asking").click()
    expect(other.locator("#history .blank")).to_be_visible()
    page.fill("#history-query", "rain")
    expect(notice).to_have_count(0)
    expect(page.locator("#history .blank")).to_contain_text("Nothing found")


@pytest.mark.long
def test_a_run_that_is_gone_cannot_be_opened(
    visitor: Callable[..., Visitor], public_app: App, size: dict[str, int]
) -> None:
    """The page says so and forgets the runs, and nothing of what is typed on the other tab changes."""
    one = visitor(viewport=size)
    page = one.open(public_app)
    page.fill("#prompt textarea", "half a thought")
    filled(page)
    other = history(one.open(public_app))
    other.get_by_role("button", name="Delete all").click()
    other.locator("#history .asking").click()
    expect(other.locator("#history .blank")).to_be_visible()
    page.locator("#history [data-act=open]").first.click()
    expect(page.locator("#history-notice [role=alert]")).to_contain_text("not in your history")
    expect(page.locator("#history .blank")).to_contain_text("Nothing yet")
    expect(page.locator("#prompt textarea")).to_have_value("half a thought")


Told = tuple[str, str, str, str, int, str]
"""Input, output, task, model, thumbs and note of a run."""


def file_of_runs() -> bytes:
    """Five runs as an export holds them: two tasks, two models, thumbs, a note, five days."""
    told: list[Told] = [
        ("Once upon a time", "a dog kept running", "generate", "generator", 1, ""),
        ("春眠不觉晓，", "处处闻啼鸟。", "generate", "generator", -1, "给奶奶看"),
        ("机器翻译模型可以把中文翻译成英文", "Machine translation", "translate", "marian", 0, ""),
        (
            '=HYPERLINK("http://evil")',
            "<img src=x onerror=window.hacked=1> ${window.hacked=1}",
            "ask",
            "marian",
            0,
            "",
        ),
        ("The rain", "ran down the window", "generate", "generator", 0, ""),
    ]
    return file_of(told)


def file_of(told: list[Told]) -> bytes:
    """An export of such runs, a day between each and the next."""
    runs = []
    for number, (input_, output, task, model, rating, note) in enumerate(told):
        created = datetime(2026, 3, 10, 12, tzinfo=UTC) + timedelta(days=number)
        run_id = f"{int(created.timestamp()) * 1_000_000:014x}{secrets.token_hex(9)}"
        runs.append(
            {
                "id": run_id,
                "task": task,
                "created": created.isoformat(),
                "status": "done",
                "model": model,
                "input": input_,
                "output": output,
                "options": {"seed": number},
                "timings": {},
                "rating": rating,
                "note": note,
                "origin": None,
                "trace": [],
            }
        )
    return json.dumps({"format": "llama_demo history", "version": 1, "runs": runs}).encode()


def bring(page: Page, data: bytes, name: str = "history.json") -> None:
    """Choose a file in the Import button."""
    file = {"name": name, "mimeType": "application/json", "buffer": data}
    page.set_input_files("#history-filter input[type=file]", file)  # type: ignore[arg-type]


def filled(page: Page) -> Page:
    """A history of five runs, imported through the page."""
    history(keeping(page))
    bring(page, file_of_runs())
    expect(page.locator("#history .entry")).to_have_count(5)
    return page


def seen(page: Page, *inputs: str) -> None:
    """The list shows these runs; it says how many, unless it shows none."""
    expect(page.locator("#history .entry-input")).to_have_text(list(inputs))
    if inputs:
        expect(page.locator("#history-count")).to_contain_text(str(len(inputs)))


@pytest.fixture
def filled_page(request: pytest.FixtureRequest, kept_page: Callable[..., Page], public_app: App) -> Page:
    """A page with five imported runs and no others, on a desk or on a phone."""
    page = kept_page(public_app, viewport=one_of(request, DESK, PHONE))
    if page.locator("#temporary button[aria-checked=true]").count():
        return filled(page)
    history(page)
    page.fill("#history-query", "")
    expect(page.locator("#history .entry")).to_have_count(5)
    page.get_by_role("button", name="Delete all").click()
    page.locator("#history .asking").click()
    expect(page.locator("#history .blank")).to_be_visible()
    bring(page, file_of_runs())
    expect(page.locator("#history .entry")).to_have_count(5)
    return page


def test_searching_as_one_types(filled_page: Page) -> None:
    """Chinese inside a sentence, the beginning of a word, a quotation; nothing found says so; and back."""
    page, box = filled_page, filled_page.locator("#history-query")
    expect(page.locator("#history-filter .told")).to_contain_text("5 new")
    box.press_sequentially("翻译")
    seen(page, "机器翻译模型可以把中文翻译成英文")
    box.fill("run")
    seen(page, "Once upon a time")
    box.fill('"ran down"')
    seen(page, "The rain")
    box.fill("奶奶")
    seen(page, "春眠不觉晓，")
    box.fill("zebra")
    expect(page.locator("#history .blank")).to_contain_text("Nothing found")
    for odd in ("AND (\x00 NEAR( \"' *", "字" * 10_000, '"' * 10_001):
        box.fill("run")
        seen(page, "Once upon a time")
        box.fill(odd)
        expect(page.locator("#history .blank")).to_contain_text("Nothing found")
        expect(page.locator("#history-notice [role=alert]")).to_have_count(0)
    page.get_by_role("button", name="Show all again").click()
    expect(page.locator("#history .entry")).to_have_count(5)
    expect(box).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("window.hacked") is None


def test_filters_narrow_together(filled_page: Page) -> None:
    """Task, model, thumbs and days; what was found stays narrowed while one acts on it."""
    page = filled_page
    page.click("#history-narrow")
    page.get_by_role("radio", name="Translation").check()
    seen(page, "机器翻译模型可以把中文翻译成英文")
    page.locator("[data-pick=task] input[value='']").check()
    page.get_by_role("radio", name="generator").check()
    seen(page, "The rain", "春眠不觉晓，", "Once upon a time")
    page.fill("#history-filter [name=since]", "2026-03-10")
    page.fill("#history-filter [name=until]", "2026-03-11")
    seen(page, "春眠不觉晓，", "Once upon a time")
    page.get_by_role("radio", name="Good", exact=True).check()
    seen(page, "Once upon a time")
    page.locator("#history [data-name=good]").click()
    expect(page.locator("#history .blank")).to_contain_text("Nothing found")
    page.get_by_role("button", name="Show all again").click()
    expect(page.locator("#history .entry")).to_have_count(5)


def test_thumbs_and_a_note_by_keyboard(filled_page: Page) -> None:
    """Pressed, changed, taken back, written, and still there when the page is opened again."""
    page = filled_page
    entry = page.locator("#history .entry", has_text="The rain")
    good, bad = (
        entry.get_by_role("button", name="Good", exact=True),
        entry.get_by_role("button", name="Not good"),
    )
    good.focus()
    page.keyboard.press("Enter")
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(good).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("wet & <b>dull</b>")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(entry.locator(".entry-note")).to_contain_text("wet & <b>dull</b>")
    expect(entry.get_by_role("button", name="Note")).to_be_focused()
    page.reload()
    ready(page)
    entry = history(page).locator("#history .entry", has_text="The rain")
    expect(entry.locator("[data-name=bad]")).to_have_attribute("aria-pressed", "true")
    expect(entry.locator(".entry-note")).to_contain_text("dull")
    entry.get_by_role("button", name="Note").click()
    expect(entry.locator("textarea")).to_have_value("wet & <b>dull</b>")
    page.keyboard.press("Escape")
    expect(entry.locator("textarea")).to_be_hidden()


def taken(page: Page, menu: str, form: str) -> bytes:
    """What a browser saves when a form is chosen in an Export menu."""
    page.locator(f"{menu} > summary").click()
    with page.expect_download() as download:
        page.locator(f"{menu} [data-export={form}]").click()
    assert download.value.suggested_filename.endswith(f".{form}")
    return Path(download.value.path()).read_bytes()


def test_taking_the_history_along_and_back(filled_page: Page, public_app: App) -> None:
    """All, the found or one run in three forms; deleted and imported again, every row is as it was."""
    page, listed = filled_page, "#history-filter .menu"
    whole = taken(page, listed, "json")
    assert len(json.loads(whole)["runs"]) == 5
    table = taken(page, listed, "csv").decode("utf-8-sig")
    assert "'=HYPERLINK" in table
    assert "\n=" not in table
    assert ",=" not in table
    page.fill("#history-query", "翻译")
    seen(page, "机器翻译模型可以把中文翻译成英文")
    assert [run["model"] for run in json.loads(taken(page, listed, "json"))["runs"]] == ["marian"]
    assert "机器翻译" in taken(page, "#history .entry .menu", "md").decode()
    page.fill("#history-query", "")
    expect(page.locator("#history .entry")).to_have_count(5)
    page.get_by_role("button", name="Delete all").click()
    page.locator("#history .asking").click()
    expect(page.locator("#history .blank")).to_be_visible()
    bring(page, whole)
    expect(page.locator("#history .entry")).to_have_count(5)
    assert taken(page, listed, "json") == whole
    bring(page, whole)
    expect(page.locator("#history-filter .told")).to_contain_text("0 new, 5 were here already")
    expect(page.locator("#history .entry")).to_have_count(5)
    files = [file.name for file in public_app.folder.rglob("*") if file.suffix in (".json", ".csv", ".md")]
    assert files == []


BAD_FILES = {
    b"\x89PNG": "no history that was exported",
    b'{"format": "llama_demo history", "version": 1, "runs": [{}]}': "Run 1 of the file",
    file_of_runs()[:-40]: "nothing was imported",
}
"""Foreign, broken, cut off; and what is said of each."""


def test_a_file_that_cannot_be_imported(
    visitor: Callable[..., Visitor], public_app: App, size: dict[str, int]
) -> None:
    """One sentence, and nothing of it in the history; a huge one is not even sent."""
    one = visitor(viewport=size)
    page = history(keeping(one.open(public_app)))
    for data, sentence in BAD_FILES.items():
        with page.expect_console_message(lambda message: "422" in message.text):
            bring(page, data)
        expect(page.locator("#history-filter .told [role=alert]")).to_contain_text(sentence)
        expect(page.locator("#history .blank")).to_contain_text("Nothing yet")
    one.problems.clear()  # the browser tells its console of the refusals
    chooser = page.locator("#history-filter input[type=file]")
    assert chooser.get_attribute("data-limit") == str(LARGEST_FILE)
    chooser.evaluate("(input) => input.setAttribute('data-limit', '1000')")
    bring(page, b" " * 2000)
    expect(page.locator("#history-filter .told .problem")).to_contain_text("larger than 32 MB")


def test_a_huge_file_is_not_even_read(public_app: App) -> None:
    """The server keeps to the limit too, whoever asks."""
    with closing(HTTPConnection(urlsplit(public_app.url).netloc)) as server:
        server.putrequest("POST", "/history/import")
        server.putheader("Content-Type", "multipart/form-data; boundary=x")
        server.putheader("Content-Length", str(2 * LARGEST_FILE))
        server.endheaders()
        assert server.getresponse().status == 422


def test_an_export_in_the_middle_of_a_run(public_app: App) -> None:
    """The file is whole; the run in it is as far as it had come. And odd requests get a sentence."""
    client, secret = Client(public_app.url, verbose=False), "export-in-mid-run-" + "0" * 44
    job = client.submit(
        "Once", max_new_tokens=300, temperature=2.0, top_k=0, visitor=secret, save=True, api_name="/generate"
    )
    while not client.predict(visitor=secret, api_name="/history"):
        time.sleep(0.05)

    def export(**asked: object) -> httpx.Response:
        return httpx.post(f"{public_app.url}/history/export", json={"visit": {"secret": secret}, **asked})

    answer = export(form="json")
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert [run["input"] for run in json.loads(answer.text)["runs"]] == ["Once"]
    run_id = client.predict(visitor=secret, api_name="/history")[0]["id"]
    assert json.loads(export(form="json", id=run_id).text)["runs"][0]["id"] == run_id
    assert export(form="exe").status_code == 422
    assert export(form="json", id=run_id, visit={"secret": "s" * 64}).status_code == 422
    assert json.loads(export(form="json", visit={"secret": "s" * 64}).text)["runs"] == []
    for body in (b"", b"[]", b"\xff", b'{"form": {"a": 1}, "visit": [], "id": 5}', b"[" * 100_000):
        assert httpx.post(f"{public_app.url}/history/export", content=body).status_code == 422
    assert httpx.post(f"{public_app.url}/history/import", content=file_of_runs()).status_code == 422
    job.cancel()


def searched(request: Request) -> str | None:
    """The words that a call of the page narrows the history to; None for what is no call."""
    if "queue/join" not in request.url:
        return None
    values = json.loads(request.post_data or "{}")["data"]
    narrowed = [value for value in values if isinstance(value, str) and value.startswith("{")]
    return str(json.loads(narrowed[0]).get("query", "")) if narrowed else None


def compose(page: Page, *texts: str) -> CDPSession:
    """Type with an input method, up to the text that a candidate will be chosen for."""
    session = page.context.new_cdp_session(page)
    for text in texts:
        values = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        session.send("Input.imeSetComposition", values)
    return session


def test_an_input_method_is_left_alone(filled_page: Page) -> None:
    """What is still being composed is never searched for, not even by a search that was due before it."""
    page, asked = filled_page, []
    page.on("request", lambda request: asked.append(searched(request)))
    page.focus("#history-query")
    session = compose(page, "j", "ji", "jiqi")
    session.send("Input.insertText", {"text": "机器"})
    compose(page, "f", "fan", "fan yi")
    page.wait_for_timeout(600)  # longer than a pause in typing; a slow machine only sees less
    enter = {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229}
    session.send("Input.dispatchKeyEvent", enter)
    session.send("Input.insertText", {"text": "翻译"})
    seen(page, "机器翻译模型可以把中文翻译成英文")
    assert set(asked) - {None, ""} <= {"机器", "机器翻译"}, asked


def kept_of(app: App, text: str) -> list[str]:
    """The files of the app's data folder, and its log, that hold a text."""
    files = [
        file.name for file in app.folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()
    ]
    return files + (["log"] if text in "\n".join(app.log) else [])


@pytest.mark.parametrize("name", [pytest.param("local_app", marks=pytest.mark.long), "public_app"])
def test_temporary_mode_keeps_nothing_until_it_is_asked_to(
    visitor: Callable[..., Visitor], request: pytest.FixtureRequest, name: str, size: dict[str, int]
) -> None:
    """No file, no log, no storage of the browser holds a word; then it is saved after all, once."""
    app: App = request.getfixturevalue(name)
    page = visitor(viewport=size).open(app)
    text = f"quokka{secrets.token_hex(4)}"
    switch = page.get_by_role("switch", name="Temporary")
    if name == "local_app":
        expect(page.locator(".temporary-line")).to_be_hidden()
        switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(page.locator(".temporary-line")).to_contain_text("kept nowhere")
    set_field(page, "max-new-tokens", "4")
    expect(page.locator("#keep")).to_be_hidden()
    write(page, f"{text} sang")
    finished(page)
    assert kept_of(app, text) == []
    stored = page.evaluate("({...localStorage, ...sessionStorage})")
    assert stored == ({"llama_demo.temporary": "on"} if name == "local_app" else {})
    assert page.evaluate("indexedDB.databases().then((found) => found.length)") == 0
    page.click("#keep")
    expect(page.locator("#status [role=status]")).to_contain_text("in the history now")
    expect(page.locator("#keep")).to_be_hidden()
    switch.click()
    write(page, f"{text} slept")
    page.wait_for_selector("#status .status-length")
    switch.click()
    expect(page.locator("#keep")).to_be_hidden()
    entry = history(page).locator("#history .entry", has_text=f"{text} sang")
    expect(entry).to_have_count(1)
    assert kept_of(app, f"{text} sang") != []
    entry.get_by_role("button", name="Delete").click()
    page.locator("#history .asking").click()
    expect(entry).to_have_count(0)
    assert kept_of(app, f"{text} sang") == []


@pytest.mark.long
def test_the_mode_lasts_as_long_as_the_tab(visitor: Callable[..., Visitor], public_app: App) -> None:
    """A visitor who left temporary mode is not put back by a reload; a new tab begins in it again."""
    one = visitor()
    page = keeping(one.open(public_app))
    page.reload()
    ready(page)
    switch = page.get_by_role("switch", name="Temporary")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(page.locator(".temporary-line")).to_be_hidden()
    fresh = one.open(public_app)
    expect(fresh.get_by_role("switch", name="Temporary")).to_have_attribute("aria-checked", "true")
    switch.click()
    page.reload()
    ready(page)
    expect(switch).to_have_attribute("aria-checked", "true")
    assert page.evaluate("({...sessionStorage})") == {"llama_demo.temporary": "on"}


@pytest.mark.parametrize(
    ("locale", "theme", "size"),
    [pytest.param("en-US", "light", DESK, marks=pytest.mark.long), ("zh-CN", "dark", PHONE)],
    ids=["light", "dark"],
)
def test_axe_finds_nothing_serious(
    visitor: Callable[..., Visitor], public_app: App, locale: str, theme: str, size: dict[str, int]
) -> None:
    """Filters, list, an open note, an open menu and temporary mode at once; and nothing at all."""
    page = visitor(locale=locale, color_scheme=theme).open(public_app)

    page.get_by_role("tab", name=re.compile("History|历史")).click()
    page.wait_for_selector("#history .blank")
    if theme == "light":
        assert findings(page) == []
    keeping(page)
    bring(page, file_of_runs())
    expect(page.locator("#history .entry")).to_have_count(5)
    page.click("#temporary button")
    page.click("#history-narrow")
    page.locator("#history [data-opens]").nth(1).click()
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.locator("#history .menu summary").first.click()
    assert findings(page) == []


def test_nothing_overlaps_at_twice_the_size(visitor: Callable[..., Visitor], public_app: App) -> None:
    """At 200% a desk of 1280 has 640 left, and a phone all type twice as large: nothing scrolls sideways,
    no two texts lie on each other.
    """
    page = filled(visitor(viewport={"width": 640, "height": 860}).open(public_app))
    page.click("#history-narrow")
    page.locator("#history [data-opens]").nth(1).click()
    for width, size in ((640, ""), (640, "200%"), (390, "200%")):
        page.set_viewport_size({"width": width, "height": 860})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", size)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert overlaps(page, ".head, [role=tablist], #history-filter, #history") == []
