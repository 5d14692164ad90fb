"""The Translate tab, as a person uses it: on a desk with a mouse, on a phone with a finger."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from gradio_client import Client
from playwright.sync_api import Page, expect

from tests.e2e.conftest import App, Visitor, every_look, findings, one_of, open_tab, overlaps

EXAMPLES = {"zh": "中文", "en": "English", "fr": "français", "de": "Deutsch", "es": "español"}
MANY = " ".join(f"The {number}th dog sleeps under the old tree near the river." for number in range(400))

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def page(request: pytest.FixtureRequest, local_app: App, kept_page: Callable[..., Page]) -> Page:
    """An English page at the tab, without a text; the language to translate into may be chosen already."""
    return begun_anew(kept_page(local_app, **one_of(request, {}, PHONE)))


@pytest.fixture
def desk(local_app: App, kept_page: Callable[..., Page]) -> Page:
    """The same with a mouse and a keyboard alone."""
    return begun_anew(kept_page(local_app))


@pytest.fixture
def phone(local_app: App, kept_page: Callable[..., Page]) -> Page:
    """The same under a finger alone."""
    return begun_anew(kept_page(local_app, **PHONE))


@pytest.fixture
def fresh_page(request: pytest.FixtureRequest, visitor: Callable[..., Visitor], local_app: App) -> Page:
    """The same, just opened, with no language chosen."""
    return at_tab(visitor(**one_of(request, {}, PHONE)).open(local_app))


def begun_anew(page: Page) -> Page:
    """Go to the tab and undo there, and in the choice of the page's language, what a test has done."""
    page.evaluate("location.hash = '/translate'")
    at_tab(page).get_by_role("button", name="English", exact=True).first.click()
    page.mouse.move(2, 2)
    page.fill("#translate-text", "")
    expect(page.locator("#translate [data-part=empty]")).to_be_visible()
    page.check("#translate .from input[value=auto]", force=True)
    if page.locator("#translate-glossary button.label-wrap.open").count():
        page.click("#translate-glossary button.label-wrap")
    return page


def at_tab(page: Page) -> Page:
    """Go to the tab."""
    open_tab(page, re.compile("^(Translate|翻译)$"))
    page.wait_for_selector("#translate-text")
    return page


def translated(page: Page, of: str | None = None) -> str:
    """Wait until the whole of what was asked for stands there; returns it."""
    page.wait_for_selector("#translate [data-part=pane]:not(.stale) .said")
    page.wait_for_selector("#translate .translate:not(.working)")
    if of is not None:
        expect(page.locator("#translate-text")).to_have_value(of)
    return page.inner_text("#translate [data-part=pane]")


def ask(page: Page, text: str, *, into: str = "") -> str:
    """Type a text and wait for its translation."""
    if into:
        page.check(f"#translate .into input[value={into}]", force=True)
    page.fill("#translate-text", text)
    return translated(page, text)


def highlighted(page: Page, name: str) -> list[str]:
    """The texts under a colour."""
    return list(
        page.evaluate("(name) => [...(CSS.highlights.get(name) ?? [])].map(String)", f"translate-{name}")
    )


def middle_of(page: Page, text: str) -> tuple[float, float]:
    """Where on the screen a text of either pane is, after it was moved there."""
    x, y = page.evaluate(
        """(text) => {
            for (const part of document.querySelectorAll('#translate .mirror, #translate .said')) {
                const place = part.firstChild?.data.indexOf(text) ?? -1;
                if (place < 0) continue;
                part.scrollIntoView({block: 'center', behavior: 'instant'});
                const range = new Range();
                range.setStart(part.firstChild, place);
                range.setEnd(part.firstChild, place + text.length);
                const box = range.getClientRects()[0];
                return [box.x + box.width / 2, box.y + box.height / 2];
            }
        }""",
        text,
    )
    return x, y


def point_at(page: Page, text: str) -> None:
    """Move the pointer over a text of either pane."""
    x, y = middle_of(page, text)
    page.mouse.move(x + 3, y)
    page.mouse.move(x, y)


def test_typing_is_translated_when_it_pauses_and_is_one_run(fresh_page: Page, local_app: App) -> None:
    """No button is needed; the language is told with how sure; what was begun before is given up; many pauses
    make one row of the history; Clear clears."""
    page = fresh_page
    area, count = page.locator("#translate-text"), page.locator("#translate [data-part=count]")
    before = runs(local_app)
    area.click()
    area.press_sequentially("The dog sleeps", delay=20)
    first = translated(page)
    area.press_sequentially(" under the tree.", delay=20)
    expect(page.locator("#translate [data-part=pane]")).to_have_class(re.compile("stale"))
    page.wait_for_function(
        "(first) => document.querySelector('#translate [data-part=pane]').innerText !== first", arg=first
    )
    translated(page, "The dog sleeps under the tree.")
    expect(count).to_have_text("30 / 100,000", use_inner_text=True)
    expect(page.locator("#translate [data-part=detected]")).to_contain_text(re.compile(r"English, \d+% sure"))
    expect(page.locator("#translate .into input[value=zh]")).to_be_checked()
    expect(page.locator("#translate [data-part=made]")).to_contain_text(re.compile(r"English to 中文 by \w+"))
    expect(page.locator("#translate-status")).to_have_text("Translated.", use_inner_text=True)
    page.fill("#translate-text", MANY[:4_900])
    page.wait_for_selector("#translate .working .said")
    page.fill("#translate-text", "我喜欢 machine learning 这门课。")
    translated(page, "我喜欢 machine learning 这门课。")
    expect(page.locator("#translate .said")).to_have_count(1)
    expect(page.locator("#translate [data-part=detected]")).to_contain_text(
        re.compile(r"中文 with English, \d+% sure")
    )
    last = Client(local_app.url, verbose=False).predict(task="translate", limit=1, api_name="/history")[0]
    assert (last["input"], last["status"]) == ("我喜欢 machine learning 这门课。", "done")
    assert runs(local_app) == before + 3  # the sentence, the long text and the Chinese one
    page.click("#translate [data-act=clear]")
    expect(area).to_have_value("")
    expect(count).to_have_text("0 / 100,000", use_inner_text=True)
    expect(page.locator("#translate [data-part=empty]")).to_be_visible()
    expect(page.locator("#translate-status")).to_have_text("")


def runs(app: App) -> int:
    """How many translations there are in the history."""
    return len(Client(app.url, verbose=False).predict(task="translate", limit=100, api_name="/history"))


def test_a_word_that_an_input_method_puts_together_is_not_translated(fresh_page: Page) -> None:
    """Neither while candidates are open nor by what was typed just before; when it is done, it is."""
    page = fresh_page
    page.focus("#translate-text")
    session = page.context.new_cdp_session(page)
    page.keyboard.type("a ")
    session.send("Input.imeSetComposition", {"text": "nihao", "selectionStart": 5, "selectionEnd": 5})
    page.wait_for_timeout(1_200)
    expect(page.locator("#translate .said")).to_have_count(0)
    expect(page.locator("#translate-status")).to_have_text("")
    session.send("Input.insertText", {"text": "你好，世界！"})
    translated(page)


def test_an_example_of_each_language(fresh_page: Page) -> None:
    """One click: the text, its language and its translation."""
    page = fresh_page
    for language, name in EXAMPLES.items():
        pill = page.locator(f"#translate-examples [data-language={language}]")
        pill.click()
        expect(page.locator("#translate [data-part=detected]")).to_contain_text(name)
        assert translated(page, pill.get_attribute("data-text"))


def test_only_directions_that_there_are_and_what_goes_through_english_says_so(fresh_page: Page) -> None:
    """The source's own language cannot be chosen; between two others English is named in three places.
    Swapping turns languages and texts, and translates back."""
    page = fresh_page
    page.check("#translate .from input[value=zh]", force=True)
    expect(page.locator("#translate .into input[value=zh]")).to_be_disabled()
    expect(page.locator("#translate .into [data-language=fr] .via")).to_be_visible()
    expect(page.locator("#translate .into [data-language=en] .via")).to_be_hidden()
    translation = ask(page, "你好。", into="fr")
    expect(page.locator("#translate [data-part=made]")).to_contain_text("中文 to français via English")
    expect(page.locator("#translate [data-part=pane]")).to_have_attribute("lang", "fr")
    page.click("#translate-swap")
    expect(page.locator("#translate-text")).to_have_value(translation)
    expect(page.locator("#translate .from input[value=fr]")).to_be_checked()
    expect(page.locator("#translate .into input[value=zh]")).to_be_checked()
    translated(page, translation)
    expect(page.locator("#translate [data-part=made]")).to_contain_text("français to 中文 via English")


def test_a_long_text_comes_in_parts_and_can_be_stopped(fresh_page: Page) -> None:
    """It waits for the button, shows how far it is, and what is there stays."""
    page = fresh_page
    page.fill("#translate-text", MANY)
    expect(page.locator("#translate [data-part=long]")).to_be_visible()
    page.click("#translate-go")
    page.wait_for_selector("#translate .said")
    bar = page.locator("#translate [data-part=progress]")
    expect(bar).to_be_visible()
    page.wait_for_function("() => 0 < document.querySelector('#translate progress').value")
    assert bar.evaluate("(bar) => bar.max") == 400
    page.click("#translate-stop")
    expect(page.locator("#translate-status")).to_contain_text(
        re.compile(r"Stopped after \d+ of 400 sentences")
    )
    expect(page.locator("#translate [data-part=progress]")).to_be_hidden()
    expect(page.locator("#translate-stop")).to_be_hidden()
    assert 0 < page.locator("#translate .said").count() < 400


def test_a_sentence_shows_its_partner_and_a_word_what_was_looked_at(desk: Page) -> None:
    """By the pointer in either pane, and by the keyboard; the shades have a legend."""
    page = desk
    ask(page, "The dog sleeps. I like tea 🍵. Thank you.", into="zh")
    for number, sentence in enumerate(("The dog sleeps.", "I like tea 🍵.", "Thank you.")):
        point_at(page, sentence[:-1])
        expect(page.locator("#translate .said.lit")).to_have_attribute("data-i", str(number))
        assert highlighted(page, "partner") == [sentence]
    span = page.locator("#translate .said").first
    span.focus()
    assert highlighted(page, "partner") == ["The dog sleeps."]
    page.keyboard.press("ArrowRight")
    assert highlighted(page, "partner") == ["I like tea 🍵."]
    point_at(page, "dog")
    page.wait_for_function("CSS.highlights.get('translate-word')")
    assert highlighted(page, "word") == ["dog"]
    span.hover()
    page.wait_for_function(LOOKED)
    looked = [word for level in range(4) for word in highlighted(page, f"look-{level}")]
    assert all(word in "The dog sleeps." for word in looked)
    expect(page.locator("#translate [data-part=legend-look]")).to_be_visible()
    page.mouse.move(2, 2)
    expect(page.locator("#translate .said.lit")).to_have_count(0)


def test_a_finger_shows_partners_and_what_was_looked_at(phone: Page) -> None:
    """A tap on a word of the text, a tap on a sentence of the translation, then on its words."""
    page = phone
    ask(page, "The dog sleeps. I like tea.", into="zh")
    page.touchscreen.tap(*middle_of(page, "tea"))
    expect(page.locator("#translate .said.lit")).to_have_attribute("data-i", "1")
    assert highlighted(page, "partner") == ["I like tea."]
    page.wait_for_function(LOOKED)
    assert highlighted(page, "word") == ["tea"]
    page.locator("#translate .said").first.tap()
    expect(page.locator("#translate .said.lit")).to_have_attribute("data-i", "0")
    assert highlighted(page, "partner") == ["The dog sleeps."]
    page.locator("#translate .word-piece").first.tap()
    expect(page.locator("#translate .looked[title]:not([title=''])").first).to_be_visible()


LOOKED = "[0, 1, 2, 3].some((level) => CSS.highlights.get(`translate-look-${level}`))"


def test_a_sentence_that_the_model_was_unsure_of_is_marked(page: Page) -> None:
    """With a legend, and a warning when it is opened; what it was sure of bears no mark."""
    ask(page, "Hello. Mitochondrial phosphorylation sustains eukaryotic metabolism.", into="fr")
    expect(page.locator("#translate .said").last).to_have_class(re.compile("unsure"))
    expect(page.locator("#translate [data-part=legend-unsure]")).to_be_visible()
    page.locator("#translate .said").last.click()
    expect(page.locator("#translate [data-part=unsure]")).to_be_visible()


def test_a_doubtful_sentence_is_marked(page: Page) -> None:
    """With the reason in words: for eyes, for screen readers, and where it is opened by the keyboard."""
    ask(page, "Tom lives in Ulaanbaatar. Hello.", into="fr")
    first = page.locator("#translate .said").first
    expect(first).to_have_class(re.compile("doubtful"))
    expect(page.locator("#translate .said").last).not_to_have_class(re.compile("doubtful"))
    expect(page.locator("#translate [data-part=legend-doubtful]")).to_be_visible()
    expect(page.locator("#translate-status")).to_contain_text("place")
    first.focus()
    expect(first).to_have_attribute("aria-description", re.compile("place"))
    first.press("Enter")
    expect(page.locator("#translate [data-part=doubts]")).to_contain_text(
        "the name of a place may be missing"
    )


def test_other_ways_to_say_a_sentence(page: Page) -> None:
    """A click opens them with bars, each word shows what it looked at, and a choice takes the place."""
    ask(page, "The dog sleeps. Thank you.", into="fr")
    page.locator("#translate .said").first.click()
    close = page.locator("#translate [data-part=sentence]")
    expect(close.locator(".choice[aria-current]")).to_have_count(1)
    expect(close.locator(".choice").nth(1)).to_be_visible()
    expect(close.locator(".choice .share").first).to_have_text(re.compile(r"^\d+%$"))
    close.locator(".word-piece").first.hover()
    expect(close.locator(".looked[title]:not([title=''])").first).to_be_visible()
    other = close.locator(".choice:not([aria-current])").first
    text = other.get_attribute("data-text")
    other.click()
    expect(close).to_be_hidden()
    expect(page.locator("#translate .said").first).to_have_text(text or "")
    expect(page.locator("#translate-status")).to_contain_text("Replaced")


def test_greedy_stands_beside_beam_search(page: Page) -> None:
    """One click; both with how sure they were."""
    ask(page, "The old man reads a book in the garden every morning.", into="fr")
    page.click("#translate [data-act=compare]")
    expect(page.locator("#translate-status")).to_contain_text("side by side")
    for side in ("greedy", "beam"):
        assert page.inner_text(f"#translate [data-part={side}]").strip()
        expect(page.locator(f"#translate [data-part={side}-facts]")).to_contain_text(re.compile(r"\d+% sure"))
    said = page.locator("#translate [data-part=same], #translate [data-part=different]").filter(visible=True)
    expect(said).to_have_count(1)
    page.click("#translate [data-act=take][data-side=beam]")
    assert page.inner_text("#translate [data-part=pane]") == page.inner_text("#translate [data-part=beam]")


def test_the_dictionary_by_pointer_and_by_caret(desk: Page) -> None:
    """The word under either, in either pane: reading, gloss, where they are from; Escape closes it."""
    page = desk
    ask(page, "今天天气很好。", into="en")
    card = page.locator("#translate .dictionary")
    point_at(page, "天气")
    expect(card).to_contain_text("tiānqì")
    expect(card).to_contain_text("weather")
    expect(card.get_by_role("link", name="CC-CEDICT")).to_be_visible()
    page.mouse.move(2, 2)
    expect(card).to_be_hidden()
    page.focus("#translate-text")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(card).to_contain_text("今天")
    expect(page.locator("#translate-status")).to_contain_text("jīntiān")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    translation = ask(page, "Good morning.", into="zh")
    point_at(page, chinese_of(translation))
    expect(card.locator(".pinyin").first).to_be_visible()
    point_at(page, "morning")
    expect(card).to_contain_text("zǎo")


def chinese_of(text: str) -> str:
    """The first Chinese character."""
    found = re.search("[\u4e00-\u9fff]", text)
    assert found is not None
    return found[0]


def test_the_dictionary_by_finger(phone: Page) -> None:
    """A tap on a word of the text; a tap on a sentence of the translation, then on its words."""
    page = phone
    ask(page, "今天天气很好。", into="en")
    page.touchscreen.tap(*middle_of(page, "天气"))
    expect(page.locator("#translate .dictionary")).to_contain_text("weather")
    translation = ask(page, "Good morning.", into="zh")
    page.locator("#translate .said").first.tap()
    word = page.locator("#translate .word-piece", has_text=chinese_of(translation)).first
    word.tap()
    expect(page.locator("#translate [data-part=piece] .pinyin").first).to_be_visible()


def test_a_term_of_the_glossary_is_kept_to_and_marked(page: Page) -> None:
    """Added, used at once, seen in both panes, removed."""
    ask(page, "The library is near the river.", into="fr")
    page.click("#translate-glossary button.label-wrap")
    page.fill("#translate-glossary [name=term]", "library")
    page.fill("#translate-glossary [name=translation]", "médiathèque")
    page.keyboard.press("Enter")
    expect(page.locator("#translate-glossary .terms li")).to_contain_text("médiathèque")
    expect(page.locator("#translate [data-part=legend-term]")).to_be_visible()
    assert "médiathèque" in translated(page)
    assert highlighted(page, "term") == ["library", "médiathèque"]
    page.get_by_role("button", name="Remove library").click()
    expect(page.locator("#translate-glossary .terms li")).to_have_count(0)
    page.fill("#translate-glossary [name=term]", " ")
    page.fill("#translate-glossary [name=translation]", "x")
    page.keyboard.press("Enter")
    expect(page.locator("#translate-glossary [role=alert]")).to_be_visible()


def test_what_cannot_be_translated_is_said(fresh_page: Page) -> None:
    """Nothing, no words, the target's own language, one that no model has, too much: a sentence each, and the
    text stays. The longest text and a sentence that never ends are translated."""
    page = fresh_page
    notice = page.locator("#translate [data-part=problem] [role=alert]")
    status = page.locator("#translate-status")
    page.click("#translate-go")
    expect(notice).to_contain_text("Type or paste a text first")
    expect(notice).to_be_in_viewport()
    for same in ("12 + 30", "🍵🦙🎉", "2026-11-25 10:50"):
        page.fill("#translate-text", same)
        expect(status).to_contain_text("no words")
        expect(page.locator("#translate [data-part=pane]")).to_have_text(same)
        page.click("#translate [data-act=clear]")
    page.check("#translate .into input[value=fr]", force=True)
    page.check("#translate .into input[value=en]", force=True)
    page.fill("#translate-text", "This is an English sentence already.")
    expect(status).to_contain_text("already in English")
    page.fill("#translate-text", "Καλημέρα κόσμε, τι κάνεις σήμερα;")
    expect(notice).to_contain_text("No installed model knows Greek")
    expect(page.locator("#translate-text")).to_have_value("Καλημέρα κόσμε, τι κάνεις σήμερα;")
    page.fill("#translate-text", "word " * 20_001)
    expect(page.locator("#translate [data-part=count]")).to_contain_text("at most 100,000")
    page.check("#translate .into input[value=fr]", force=True)
    page.click("#translate-go")
    expect(notice).to_contain_text("100,005")
    expect(status).to_have_text("")
    for long in ("The dog sleeps. " * 6_250, "word " * 4_000):
        page.fill("#translate-text", long)
        page.click("#translate-go")
        page.wait_for_selector("#translate .working .said")
        page.click("#translate-stop")
        expect(status).to_contain_text("Stopped after")
        expect(page.locator("#translate [data-part=count]")).to_contain_text(f"{len(long):,} / 100,000")


def test_a_language_that_was_set_wrongly_is_put_right_with_one_click(page: Page) -> None:
    """It is not said that there are no words; and who wanted that language into itself gets another one."""
    page.check("#translate .from input[value=en]", force=True)
    page.check("#translate .into input[value=zh]", force=True)
    page.fill("#translate-text", "今天天气很好，我们去公园走走吧。")
    looks = page.locator("#translate [data-part=looks]")
    expect(looks).to_contain_text("This looks like 中文, but the language is set to English.")
    expect(page.locator("#translate-status")).to_contain_text("Nothing here is in English")
    page.check("#translate .into input[value=de]", force=True)
    expect(page.locator("#translate-status")).to_contain_text("Translated")
    expect(looks).to_be_visible()
    looks.get_by_role("button").click()
    assert page.is_checked("#translate .from input[value=zh]")
    expect(looks).to_be_hidden()
    translated(page)


def test_a_translation_of_the_text_before_says_so(page: Page) -> None:
    """While nothing is on its way to replace it; what was said of the former text goes at once."""
    ask(page, "Good morning.", into="fr")
    former = page.locator("#translate [data-part=former]")
    expect(former).to_be_hidden()
    page.fill("#translate-text", "Today is a good day. " * 3_000)
    expect(former).to_be_visible()
    expect(page.locator("#translate-status")).to_have_text("")
    page.fill("#translate-text", "Good morning.")
    expect(former).to_be_hidden()


def test_markup_is_only_text(desk: Page) -> None:
    """In both panes and up close."""
    page = desk
    nasty = "<img src=x onerror=alert(1)> ${alert(2)} {{x}} is a dog."
    ask(page, nasty, into="fr")
    page.locator("#translate .said").first.click()
    page.wait_for_selector("#translate .choice")
    assert page.locator("#translate img").count() == 0


def test_a_run_of_the_history_opens_with_both_panes(page: Page) -> None:
    """Texts, languages and partners are there again, and it can be gone on with."""
    translation = ask(page, "Good morning, my friend. The tea is hot.", into="de")
    page.click("#translate [data-act=clear]")
    expect(page.locator("#translate-text")).to_have_value("")
    open_tab(page, re.compile("History"))
    entry = page.locator("#history .entry", has_text="Good morning, my friend").first
    entry.locator("[data-act=open]").click()
    expect(page.locator("#translate-text")).to_have_value("Good morning, my friend. The tea is hot.")
    assert translated(page) == translation
    expect(page.locator("#translate .into input[value=de]")).to_be_checked()
    expect(page.locator("#translate-status")).to_contain_text("Opened from the history")
    page.locator("#translate .said").last.click()
    assert highlighted(page, "partner") == ["The tea is hot."]
    expect(page.locator("#translate .said.lit")).to_have_attribute("data-i", "1")


def test_what_can_be_taken_along(page: Page) -> None:
    """Copied and downloaded; read aloud where the browser has a voice for the language."""
    translation = ask(page, "Thank you.", into="fr")
    for side in ("source", "target"):  # this browser has no voices
        expect(page.locator(f"#translate [data-listen={side}]")).to_be_hidden()
    with page.expect_download() as download:
        page.click("#translate [data-act=download]")
    assert download.value.suggested_filename == "translation.fr.txt"
    marked = f"{translation}\n\n— Machine-translated (llama demo, translator), not checked by a person."
    assert Path(download.value.path()).read_text(encoding="utf-8").strip() == marked
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#translate [data-act=copy]")
    expect(page.locator("#translate-status")).to_have_text("Copied.", use_inner_text=True)
    assert page.evaluate("navigator.clipboard.readText()") == marked
    page.evaluate("""() => {
        window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
        speechSynthesis.getVoices = () => [{lang: 'fr_FR', name: 'Voix', localService: true}];
        speechSynthesis.speak = (one) => { window.spoken = one; };
        speechSynthesis.dispatchEvent(new Event('voiceschanged'));
    }""")
    listen = page.locator("#translate [data-listen=target]")
    expect(page.locator("#translate [data-listen=source]")).to_be_hidden()
    listen.click()
    expect(listen).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("[spoken.text, spoken.lang, spoken.voice.name]") == [translation, "fr_FR", "Voix"]
    page.evaluate("spoken.onend()")
    expect(listen).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.long), 390])
def test_full_and_empty_the_page_is_in_order(
    visitor: Callable[..., Visitor], local_app: App, width: int
) -> None:
    """Both languages and themes, everything open at once: axe finds nothing serious, nothing scrolls
    sideways, nothing overlaps.
    """
    page = at_tab(visitor(viewport={"width": width, "height": 844}).open(local_app))
    assert findings(page, "#translate") == []
    ask(page, "今天天气很好。" + "Averylongwordthatneverends" * 8, into="fr")
    page.click("#translate [data-act=compare]")
    expect(page.locator("#translate [data-part=beam-facts]")).not_to_be_empty()
    for accordion in ("glossary", "documents"):
        page.click(f"#translate-{accordion} button.label-wrap")
    wrong = {"name": "photo.png", "mimeType": "", "buffer": b"x"}
    page.set_input_files("#translate-documents input[type=file]", wrong)
    page.locator("#translate .said").first.click()
    page.wait_for_selector("#translate .choice")
    for look in every_look(page):
        assert findings(page) == [], look
    for narrow in (width, 390, 320):
        page.set_viewport_size({"width": narrow, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= narrow
    assert overlaps(page, "#translate .pane-foot, #translate .closer, #translate .telling") == []


def test_everything_by_keyboard(visitor: Callable[..., Visitor], local_app: App) -> None:
    """Languages, text, translation, a sentence up close, its words, other ways to say it; focus is seen."""
    page = at_tab(visitor().open(local_app))

    def tab_to(wanted: str, back: bool = False) -> None:
        for _ in range(30):
            page.keyboard.press("Shift+Tab" if back else "Tab")
            seen = page.evaluate(
                """() => {
                    const one = document.activeElement;
                    const ring = (e) => e && getComputedStyle(e).outlineStyle !== 'none';
                    return ring(one) || ring(one.nextElementSibling) || ring(one.closest('.card, label'));
                }"""
            )
            assert seen, page.evaluate("document.activeElement.outerHTML")
            if page.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
                return
        raise AssertionError(f"{wanted} cannot be reached")

    page.get_by_role("tab", name="Translate").focus()
    tab_to(".from input")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#translate .from input[value=en]")).to_be_checked()
    tab_to("#translate-text")
    page.keyboard.type("The dog sleeps. The cat too.")
    page.keyboard.press("Control+Enter")
    translated(page, "The dog sleeps. The cat too.")
    tab_to("#translate-swap")
    tab_to(".into input")
    tab_to(".said")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#translate .choice[aria-current]")
    tab_to(".word-piece")
    expect(page.locator("#translate-status")).to_contain_text("looked at")
    tab_to(".choice")
    page.keyboard.press("Escape")
    expect(page.locator("#translate [data-part=sentence]")).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.i") == "1"


def test_the_language_of_the_page_can_change_in_between(desk: Page) -> None:
    """Nothing that stands there is lost, and every word of the page follows."""
    page = desk
    translation = ask(page, "The tea is hot.", into="fr")
    page.get_by_role("button", name="中文", exact=True).first.click()
    expect(page.locator("#translate-go")).to_have_text("翻译", use_inner_text=True)
    expect(page.locator("#translate [data-part=made]")).to_contain_text("由自带的翻译模型翻译")
    assert translated(page, "The tea is hot.") == translation
