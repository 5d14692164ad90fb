"""The Ask tab, as a person uses it."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest
from gradio_client import Client
from playwright.sync_api import Error, FilePayload, Locator, Page, expect

from tests.documents.files import pdf
from tests.e2e.conftest import (
    START_TIMEOUT,
    App,
    Visitor,
    findings,
    keeping,
    open_tab,
    overlaps,
    ready,
    start_preloaded,
    two_frames,
)
from tests.instructed import PASSAGE, write_instructed

ANSWER = "#ask .answer"
OVER = f"{ANSWER}[aria-busy=false]"
BEACONS = (
    '<b>${alert(1)}</b> <img src="http://beacon.example/a.png" onerror="alert(2)"> '
    "![b](http://beacon.example/b.png) <style>@import 'http://beacon.example/c.css'</style>"
)
"""What would tell somebody elsewhere that a text was read, or run there, if it were more than text."""


@pytest.fixture(scope="module")
def chat_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app with a model that can be told to answer from passages."""
    model = write_instructed(tmp_path_factory.mktemp("models") / "instructed", context=16_384)
    app = start_preloaded(tmp_path_factory.mktemp("chat"), "--model", str(model))
    yield app
    app.stop()


@pytest.fixture
def page(visitor: Callable[..., Visitor], local_app: App) -> Page:
    """An English page on a desk, at the tab."""
    return at_tab(visitor().open(local_app))


def at_tab(page: Page, *, samples: bool = True) -> Page:
    """Go to the tab, and wait until the sample collection can be asked."""
    open_tab(page, re.compile("^(Ask|问答)$"))
    page.wait_for_selector("#ask-question")
    if not samples:
        return page
    page.wait_for_selector("#ask [data-part=preparing]", state="hidden")
    page.wait_for_selector("#ask-collection option", state="attached")
    return page


def choose(page: Page, way: str) -> None:
    """Ask about documents, a text, or anything."""
    page.locator(f"#ask [name=ask-way][value={way}]").check(force=True)


def ask(page: Page, question: str) -> Locator:
    """Type a question and press Enter; the answer, once it is over."""
    before = page.locator(OVER).count()
    page.fill("#ask-question", question)
    page.press("#ask-question", "Enter")
    return answered(page, before + 1)


def answered(page: Page, count: int) -> Locator:
    """The last of so many answers, all of which are over."""
    expect(page.locator(OVER)).to_have_count(count)
    expect(page.locator("#ask-go")).to_be_visible()
    return page.locator(OVER).last


def answer_text(answer: Locator) -> str:
    """What it says."""
    return answer.locator(".answer-text").inner_text()


def test_a_first_visitor_gets_an_answer_and_its_passage_in_one_click(page: Page) -> None:
    """Marked where it stands, opened in context; what was read; nothing is offered that cannot be done."""
    page.locator("#ask [data-try]").first.click()
    answer = answered(page, 1)
    said = answer_text(answer)
    expect(answer.locator(".sureness")).to_contain_text(re.compile(r"about \d+% of such answers are right"))
    expect(answer.locator(".answer-evidence mark").first).to_have_text(said)
    expect(page.locator("#ask-status")).to_contain_text(said)
    answer.locator(".answer-evidence [data-act=open]").first.click()
    dialog = page.locator("#ask dialog.reading[open]")
    expect(dialog.locator("[data-part=reading-title]")).to_contain_text(re.compile(r"en/\w+/\w+\."))
    expect(dialog.locator(".reading-text .mark-sentence").first).to_be_in_viewport()
    page.keyboard.press("Escape")

    answer.locator(".was-read summary").click()
    assert answer.locator(".was-read .hit").count() > 2
    expect(page.locator("#ask [data-act=without]")).to_have_count(0)
    expect(page.locator("#ask [name=ask-way]")).to_have_count(2)

    nothing = ask(page, "What is the capital of France?")
    expect(nothing).to_contain_text("No answer found in these documents.")
    expect(nothing.locator(".answer-evidence .hit")).to_have_count(0)
    expect(page.locator("#ask .exchange")).to_have_count(2)


def test_a_text_is_asked_edited_and_asked_again(page: Page) -> None:
    """An example and a text of one's own; an edited question keeps the former; no answer is told."""
    choose(page, "text")
    page.fill("#ask-question", "Who?")
    page.click("#ask-go")
    expect(page.locator("#ask [data-part=problem]")).to_contain_text("Paste a text first")
    expect(page.locator("#ask-question")).to_have_value("Who?")
    page.fill("#ask-question", "")
    page.locator("#ask [data-example]").first.click()
    page.locator("#ask [data-try]").first.click()
    assert "212" in answer_text(answered(page, 1))

    page.locator("#ask [data-act=edit]").click()
    page.locator("#ask .editing textarea").fill("Who was the last keeper of the lighthouse?")
    page.keyboard.press("Enter")
    expect(page.locator("#ask .question-text")).to_have_text("Who was the last keeper of the lighthouse?")
    answered(page, 1)
    expect(page.locator("#ask .question .version-place")).to_contain_text("2/2")
    page.locator("#ask .question [data-act=earlier]").click()
    expect(page.locator("#ask .question .version-place")).to_contain_text("1/2")
    assert "212" in answer_text(page.locator(ANSWER))
    page.reload()
    ready(page)
    at_tab(page)
    assert "212" in answer_text(answered(page, 1))  # the one that was chosen last

    page.click("#ask-new")
    choose(page, "text")
    page.locator("#ask [data-example]").first.click()
    page.locator("#ask [data-try]").last.click()
    nothing = answered(page, 1)
    expect(nothing).to_contain_text("No answer found in this text.")
    expect(nothing.locator(".answer-evidence .hit")).to_have_count(0)
    expect(page.locator("#ask-status")).to_contain_text("No answer found in this text.")

    page.click("#ask-new")
    choose(page, "text")
    page.fill("#ask-text", f"The reactor in hall four is cooled with heavy water. {BEACONS}")
    answer = ask(page, "What is the reactor cooled with?")
    assert "heavy water" in answer_text(answer)
    expect(answer.locator(".answer-evidence")).to_contain_text(BEACONS)
    answer.locator(".answer-evidence [data-act=open]").first.click()
    expect(page.locator("#ask dialog.reading[open] .reading-text")).to_contain_text(BEACONS)
    page.keyboard.press("Escape")
    ask(page, BEACONS)
    expect(page.locator("#ask .question-text").last).to_have_text(BEACONS)
    two_frames(page)  # what a text could ask for has been asked for by now; see the visitor


def test_a_pdf_of_ten_pages_is_asked_three_questions(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Each answer names its page; the file is read once, and what cannot be read says why."""
    facts = {
        2: "The bridge over the river Alm was built by Ines Albrecht.",
        5: "A season ticket for the harbour bath costs 48 crowns.",
        9: "The museum of clocks is closed on Mondays.",
    }
    filler = "Page {} speaks of wind and weather, of gulls, and of the sea, as all pages of this report do."
    pages = [facts.get(number, filler.format(number)) for number in range(1, 11)]
    one = visitor()
    page = at_tab(one.open(local_app))
    choose(page, "text")
    broken: FilePayload = {"name": "no.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 nonsense"}
    with page.expect_console_message(lambda message: "422" in message.text):
        page.set_input_files("#ask [data-part=file]", [broken])
    expect(page.locator("#ask [data-part=problem] .problem")).to_be_visible()
    one.problems.clear()  # the browser tells its console of the refusal
    report: FilePayload = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": pdf(*pages)}
    page.set_input_files("#ask [data-part=file]", [report])
    expect(page.locator("#ask [data-part=read-file]")).to_contain_text("report.pdf was read: 10 pages")
    for count, (question, said, number) in enumerate(
        [
            ("Who built the bridge over the river Alm?", "Albrecht", 2),
            ("How much does a season ticket for the harbour bath cost?", "48 crowns", 5),
            ("When is the museum of clocks closed?", "Mondays", 9),
        ],
        start=1,
    ):
        answer = ask(page, question)
        expect(page.locator(OVER)).to_have_count(count)
        assert said in answer_text(answer)
        expect(answer.locator(".answer-evidence .hit").first).to_contain_text(f"page {number}")
    answer.locator("[data-act=open]").first.click()
    expect(page.locator("#ask dialog.reading[open] .reading-text mark")).to_contain_text("Mondays")


def test_open_chat_is_stopped_written_again_and_gone_on_with(
    visitor: Callable[..., Visitor], endless_app: App
) -> None:
    """What was written stays, each version too; the page says what to expect of the model, in Chinese."""
    page = at_tab(visitor(locale="zh-CN").open(endless_app))
    choose(page, "chat")
    expect(page.locator("#ask [data-for-way=chat]")).to_contain_text("听不懂指令")
    page.fill("#ask-question", "从前")
    page.click("#ask-go")
    page.wait_for_selector("#ask-stop")
    page.wait_for_function("document.querySelector('#ask .answer-text p')?.textContent.length > 20")
    page.click("#ask-stop")
    first = answer_text(answered(page, 1))
    expect(page.locator("#ask-status")).to_contain_text("已停止")
    expect(page.locator("#ask [data-part=budget-said]")).to_contain_text("词元")
    page.locator("#ask [data-act=again]").click()
    page.wait_for_function("document.querySelector('#ask .answer-text p')?.textContent.length > 20")
    page.keyboard.press("Escape")
    answered(page, 1)
    expect(page.locator("#ask .answer .version-place")).to_contain_text("2/2")
    page.locator("#ask .answer [data-act=earlier]").click()
    assert answer_text(page.locator(ANSWER)) == first
    page.locator("#ask .answer [data-act=go-on]").click()
    page.wait_for_function(
        "(length) => document.querySelector('#ask .answer-text').innerText.length > length + 20",
        arg=len(first),
    )
    page.click("#ask-stop")
    answered(page, 1)
    expect(page.locator("#ask .answer .version-place")).to_contain_text("3/3")
    assert answer_text(page.locator(ANSWER)).startswith(first[:40])


def test_a_written_answer_cites_its_passages(visitor: Callable[..., Visitor], chat_app: App) -> None:
    """Both answerers side by side; a citation opens its passage; nothing that is written is loaded."""
    page = at_tab(visitor().open(chat_app))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    choose(page, "text")
    page.fill("#ask-text", PASSAGE)
    page.locator("#ask [name=ask-answerer][value=both]").check(force=True)
    page.fill("#ask-question", "When was the iron bridge opened?")
    page.click("#ask-go")
    answered(page, 2)
    marked, wrote = page.locator(OVER).all()
    expect(marked.locator(".sureness")).to_be_visible()
    expect(wrote.locator(".answer-text")).to_contain_text("was opened in 1893")
    expect(wrote.locator(".unsupported").first).to_contain_text("Llamas sing opera")
    expect(wrote).to_contain_text("said by no passage")
    wrote.locator(".cite").first.click()
    dialog = page.locator("#ask dialog.reading[open]")
    expect(dialog.locator(".reading-text")).to_contain_text("Llamas live in herds")
    page.keyboard.press("Escape")
    wrote.locator(".was-read summary").click()
    wrote.locator("[data-act=exact]").click()
    expect(dialog).to_contain_text("<passage 1")
    page.keyboard.press("Escape")

    wrote.locator("[data-act=without]").click()
    answered(page, 3)
    alone = page.locator(OVER).last
    expect(alone.locator(".byline")).to_contain_text("without the documents")
    expect(page.locator("#ask .answers.several")).to_have_count(1)
    expect(alone.locator(".answer-text strong")).to_have_text("anything")
    expect(alone.locator(".answer-text math msup")).to_have_count(1)
    expect(alone.locator(".answer-text")).to_contain_text("Picture not loaded: cat")
    expect(alone.locator(".cite")).to_have_count(0)
    assert page.locator("#ask .log img").count() == 0
    assert not [url for url in asked if url.endswith("/pic")]
    assert findings(page, "#ask") == []


@pytest.mark.long
def test_a_model_is_told_how_to_answer(visitor: Callable[..., Visitor], chat_app: App) -> None:
    """A preset and how daring it writes count for the answer; what no longer fits has a visible mark."""
    page = at_tab(visitor().open(chat_app))
    choose(page, "chat")
    page.click("#ask [data-part=manner-open]")
    page.locator("#ask [data-preset-name=teacher]").click()
    told = "You are a patient teacher. Explain step by step and give an example."
    expect(page.locator("#ask [data-part=system]")).to_have_value(told)
    page.locator("#ask [name=ask-daring][value=precise]").check(force=True)
    ask(page, "Why is the sky blue?")
    page.locator(OVER).locator(".was-read summary").click()
    page.locator(OVER).locator("[data-act=exact]").click()
    prompt = page.locator("#ask [data-part=exact-text]")
    expect(prompt).to_have_text(f"<|system|>{told}<|end|><|user|>Why is the sky blue?<|end|><|assistant|>")
    page.keyboard.press("Escape")
    run = Client(chat_app.url, verbose=False).predict(task="ask", limit=1, api_name="/history")[0]
    assert (run["options"]["system"], run["options"]["temperature"]) == (told, 0.2)

    budget = page.locator("#ask [data-part=budget-said]")
    expect(budget).to_contain_text("of 16,384 tokens")
    for name in ("first", "second"):
        ask(page, f"This is the {name} long story. " + "And then nothing happened. " * 350)
    dropped = page.locator("#ask .dropped")
    expect(dropped).to_contain_text("The messages above (4) no longer fit")
    expect(page.locator("#ask .log > :nth-child(3)")).to_have_class("note dropped")
    page.locator(OVER).last.locator(".was-read summary").click()
    page.locator(OVER).last.locator("[data-act=exact]").click()
    expect(prompt).to_contain_text(told)
    expect(prompt).not_to_contain_text("Why is the sky blue?")
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    at_tab(page)
    expect(dropped).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.fill("#ask-question", "x")
    page.click("#ask [data-part=manner-open]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert overlaps(page, "#ask .ask-foot") == []
    go = page.locator("#ask-go").bounding_box()
    assert go
    assert go["x"] + go["width"] <= 390


def test_some_documents_are_asked(page: Page) -> None:
    """Only those that were chosen are read, and the conversation says how many they are."""
    menu = page.locator("#ask .among-documents")
    menu.locator("summary").click()
    for name in ("handbook/leave.md", "science/octopus.txt"):
        menu.locator("label", has_text=name).click()
    expect(menu.locator("summary")).to_contain_text("2 documents")
    page.keyboard.press("Escape")
    answer = ask(page, "How many hearts does an octopus have?")
    expect(page.locator("#ask .ask-name")).to_contain_text("2 chosen")
    answer.locator(".was-read summary").click()
    read = answer.locator(".was-read .source-name").all_inner_texts()
    assert set(read) == {"en/handbook/leave.md", "en/science/octopus.txt"}


def test_a_conversation_outlives_its_server(visitor: Callable[..., Visitor], endless_app: App) -> None:
    """Killed in the middle of an answer: the page is back with its conversation, and goes on."""
    one = visitor()
    page = one.open(endless_app)
    page.get_by_role("button", name="English", exact=True).click()
    at_tab(page, samples=False)
    choose(page, "text")
    page.locator("#ask [data-example]").first.click()
    page.locator("#ask [data-try]").first.click()
    said = answer_text(answered(page, 1))
    page.locator("#ask [data-act=without]").click()
    page.wait_for_function("document.querySelectorAll('#ask .answer-text')[1]?.innerText.length > 60")
    until_stored(endless_app)
    endless_app.kill()
    endless_app.start_again()
    with suppress(Error):  # the page may reload itself at this moment
        page.evaluate("window.beforeRestart = true; location.reload()")
    page.wait_for_function("!window.beforeRestart")
    ready(page)
    at_tab(page, samples=False)
    answered(page, 2)
    assert answer_text(page.locator(OVER).first) == said
    expect(page.locator(OVER).last).to_contain_text("The app was ended while this was written.")
    ask(page, "How much does a ticket cost?")
    expect(page.locator("#ask .exchange")).to_have_count(2)
    one.problems.clear()  # the server was away


def until_stored(app: App) -> None:
    """Wait until a part of the answer that is being written is in the database."""
    begun = "SELECT 1 FROM messages WHERE status = 'running' AND content != ''"
    with closing(sqlite3.connect(app.folder / "llama_demo.db")) as database:
        deadline = time.monotonic() + START_TIMEOUT
        while not database.execute(begun).fetchone():
            assert time.monotonic() < deadline, "the answer was never stored"
            time.sleep(0.02)


def test_conversations_are_found_renamed_branched_and_deleted(page: Page) -> None:
    """Each is in the list beside, under the words of its question; a run of the history leads back to it."""
    answer = ask(page, "How many hearts does an octopus have?")
    page.click("#ask [data-part=side-open]")
    conversations = page.locator("#ask .conversation")
    expect(conversations.first).to_contain_text("octopus")
    answer.locator("[data-act=branch]").click()
    expect(page.locator("#ask-status")).to_contain_text("a conversation of its own")
    page.locator("#ask .conversation [aria-current]").locator("xpath=..").locator(
        "[data-act=rename-conversation]"
    ).click()
    page.keyboard.type("Sea creatures")
    page.keyboard.press("Enter")
    expect(page.locator("#ask .ask-name")).to_contain_text("Sea creatures")
    page.fill("#ask-find", "creatures")
    expect(conversations).to_have_count(1)
    page.fill("#ask-find", "zzz nothing")
    expect(page.locator("#ask [data-part=no-conversations]")).to_be_visible()
    page.fill("#ask-find", "creatures")
    expect(conversations).to_have_count(1)
    conversations.hover()
    for _ in range(2):
        conversations.locator("[data-act=delete-conversation]").click()
    expect(conversations).to_have_count(0)
    expect(page.locator("#ask .exchange")).to_have_count(0)

    page.get_by_role("tab", name="History").click()
    entry = page.locator("#history .entry", has_text="octopus").first
    entry.locator("[data-act=open]").click()
    expect(page.locator("#ask .question-text")).to_have_text("How many hearts does an octopus have?")
    answered(page, 1)


def test_a_temporary_conversation_is_nowhere_until_it_is_kept(
    visitor: Callable[..., Visitor], public_app: App
) -> None:
    """On a public host pages begin so; nobody else finds what was kept, and the history deletes it too."""
    page = at_tab(visitor().open(public_app))
    ask(page, "When do people put lights on the river?")
    page.reload()
    ready(page)
    at_tab(page)
    page.click("#ask [data-part=side-open]")
    expect(page.locator("#ask [data-part=no-conversations]")).to_be_visible()
    ask(page, "How much can a thirsty camel drink at once?")
    page.click("#ask [data-part=keep]")
    expect(page.locator("#ask-status")).to_contain_text(re.compile("saved", re.IGNORECASE))
    keeping(page)
    page.reload()
    ready(page)
    at_tab(page)
    expect(page.locator("#ask .conversation")).to_have_count(1)
    other = keeping(at_tab(visitor().open(public_app)))
    other.click("#ask [data-part=side-open]")
    expect(other.locator("#ask [data-part=no-conversations]")).to_be_visible()

    page.get_by_role("tab", name="History").click()
    expect(page.locator("#history .blank")).to_contain_text("one conversation under Ask")
    for _ in range(2):
        page.click("#history [data-act=delete_all]")
    expect(page.locator("#history .blank")).not_to_contain_text("conversation under Ask")
    page.reload()
    ready(page)
    at_tab(page)
    expect(page.locator("#ask [data-part=no-conversations]")).to_be_visible()


def test_it_is_all_done_by_keyboard(page: Page) -> None:
    """Enter asks, Shift+Enter does not; a word that an input method puts together is not sent."""
    page.focus("#ask-question")
    session = page.context.new_cdp_session(page)
    page.keyboard.type("How much may a hotel room")
    page.keyboard.press("Shift+Enter")
    session.send("Input.imeSetComposition", {"text": "feiyong", "selectionStart": 7, "selectionEnd": 7})
    page.keyboard.press("Enter")
    two_frames(page)
    expect(page.locator("#ask .exchange")).to_have_count(0)
    session.send("Input.insertText", {"text": "cost?"})
    page.keyboard.press("Enter")
    answered(page, 1)
    expect(page.locator("#ask-question")).to_be_focused()
    expect(page.locator("#ask-question")).to_have_value("")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.dataset.act") == "open":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#ask dialog.reading[open]")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.act") == "open"
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.act") == "edit"
    page.keyboard.press("?")
    expect(page.locator("#ask dialog.keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator("#ask .exchange")).to_have_count(0)
    expect(page.locator("#ask-question")).to_be_focused()


@pytest.mark.long
def test_a_question_is_dictated_and_an_answer_read_aloud(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """By the browser's own speech, with a word on where the sound may go; without it there is no button."""
    deaf = "delete window.webkitSpeechRecognition; delete window.SpeechRecognition"
    expect(at_tab(visitor().open(local_app, deaf)).locator("#ask-dictate")).to_be_hidden()
    page = at_tab(visitor().open(local_app, SPEECH))
    page.click("#ask-dictate")
    expect(page.locator("#ask-question")).to_have_value("How much may a hotel room cost?")
    expect(page.locator("#ask-dictate-note")).to_contain_text("may send the sound to its maker")
    page.click("#ask-dictate")
    expect(page.locator("#ask-dictate-note")).to_be_hidden()
    page.press("#ask-question", "Enter")
    answer = answered(page, 1)
    answer.locator("[data-act=listen]").click()
    assert page.evaluate("window.spoken") == answer_text(answer)


SPEECH = """
window.SpeechRecognition = window.webkitSpeechRecognition = class {
  start() { this.onresult({results: [[{transcript: "How much may a hotel room cost?"}]]}); }
  stop() { this.onend(); }
};
speechSynthesis.getVoices = () => [{lang: "en-US", name: "Voice", localService: true}];
speechSynthesis.speak = (utterance) => { window.spoken = utterance.text; };
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
"""
"""A browser that hears a question, and has a voice; the one of the tests has no microphone."""


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [pytest.param("zh-CN", "dark", 1280, marks=pytest.mark.long), ("en-US", "light", 390)],
)
def test_no_barrier_and_no_overlap(
    visitor: Callable[..., Visitor], local_app: App, locale: str, scheme: str, width: int
) -> None:
    """Each way to ask before the first question, then a conversation with all of its parts open."""
    options = {"locale": locale, "color_scheme": scheme, "viewport": {"width": width, "height": 844}}
    page = at_tab(visitor(**options).open(local_app))

    def fine(part: str = "#ask") -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")  # what lies under the box is not seen
        assert findings(page, part) == []

    page.fill("#ask-question", "x")
    for way in ("text", "library"):
        choose(page, way)
        two_frames(page)
        assert overlaps(page, "#ask") == []
    fine("html")
    page.fill("#ask-question", "")
    page.locator("#ask [data-try]").first.click()
    answered(page, 1)
    page.locator("#ask .was-read summary").first.click()
    assert overlaps(page, "#ask .log") == []
    fine()
    page.click("#ask [data-part=side-open]")
    page.wait_for_selector("#ask .conversation")
    fine()
    if width > 500:
        return
    page.keyboard.press("Escape")
    expect(page.locator("#ask-side")).to_be_hidden()
    page.click("#ask [data-part=side-open]")
    page.mouse.click(width - 8, 400)  # beside the drawer, whatever lies there
    expect(page.locator("#ask-side")).to_be_hidden()
    expect(page.locator("#ask .exchange")).to_have_count(1)
    for begun in (True, False):
        if not begun:
            page.evaluate("document.documentElement.style.fontSize = ''")
            page.click("#ask-new")
        page.fill("#ask-question", "x")
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in (".head, [role=tablist]", "#ask .ask-bar", "#ask .log", "#ask .ask-foot"):
            assert overlaps(page, part) == []
