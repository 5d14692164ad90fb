"""The Search tab, as a person uses it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from playwright.sync_api import FilePayload, Page, expect

from tests.documents.files import book, packed, pdf, slides, word, workbook
from tests.documents.office_files import docx, paragraph
from tests.e2e.conftest import App, Visitor, every_look, findings, keeping, open_tab, overlaps, ready

HITS = "#search [data-part=hits] > .hit"

FILES: dict[str, bytes] = {
    "reactor.txt": b"The reactor in hall four is cooled with heavy water.\n",
    "notes.md": b"# Workshop\n\n## Lathe\n\nOil the lathe every Friday before you leave.\n",
    "page.html": "<h1>猫</h1><p>猫每天要睡十六个小时。</p><script>window.ran = 1</script>".encode(),
    "prices.csv": b"item,price\nlantern,12\nwick,3\n",
    "records.json": b'[{"title": "Snow", "text": "Snow fell on the harbour in March."}]',
    "film.srt": b"1\n00:00:01,000 --> 00:00:02,500\nThe captain waves from the bridge.\n",
    "paper.pdf": pdf("Copper conducts heat well", "Glass does not"),
    "letter.docx": word(),
    "talk.pptx": slides(),
    "table.xlsx": workbook(),
    "tales.epub": book(),
    "lines.jsonl": b'{"question": "Who keeps the lighthouse key?"}\n{"question": "Who rows the boat?"}\n',
}
ASKED = {
    "heavy water reactor": "reactor.txt",
    "车床什么时候上油？ lathe": "notes.md",
    "猫睡多久": "page.html",
    "lantern price": "prices.csv",
    "harbour in March": "records.json",
    "captain on the bridge": "film.srt",
    "copper heat": "paper.pdf",
    "手册 第一段": "letter.docx",
    "it works and is fast": "talk.pptx",
    "价格 lamp": "table.xlsx",
    "从前有一座山": "tales.epub",
    "lighthouse key": "lines.jsonl",
    "what does a parrot repeat": "inside/zipped.txt",
}
"""A question about each file, in either language, and the file that is found first."""


@pytest.fixture
def page(local_app: App, kept_page: Callable[..., Page]) -> Page:
    """An English page on a desk, at the tab, with nothing asked for."""
    return begun_anew(kept_page(local_app))


def begun_anew(page: Page) -> Page:
    """Go to the tab and undo there what a test has done."""
    page.keyboard.press("Escape")  # a document that is open
    page.evaluate("location.hash = '/search'")
    page.click("[data-view=find]")
    page.locator("#search .modes label").first.click()
    at_tab(page)
    page.select_option("#search-collection", "sample")
    page.fill("#search-query", "")
    expect(page.locator(HITS)).to_have_count(0)
    page.wait_for_selector("#search .search:not(.working)")
    return page


def at_tab(page: Page) -> Page:
    """Go to the tab, and wait until the sample collection can be searched."""
    open_tab(page, re.compile("^(Search|搜索)$"))
    page.wait_for_selector("#search-query")
    page.wait_for_selector("#search [data-part=preparing]", state="hidden")
    page.wait_for_selector("#search [data-part=map] svg")
    return page


def documents(page: Page) -> Page:
    """Go to the documents, and wait until they are listed."""
    page.click("[data-view=documents]")
    page.wait_for_selector("#library [data-part=none]:visible, #library .document-row")
    return page


def find(page: Page, query: str) -> list[str]:
    """Type a query, press the button; the names of the documents that are found."""
    page.fill("#search-query", query)
    with page.expect_response(lambda answer: "component_server" in answer.url and '"find"' in asked(answer)):
        page.click("#search-go")
    page.wait_for_selector("#search .search:not(.working)")
    return page.locator(f"{HITS} .source-name").all_inner_texts()


def asked(answer: Any) -> str:
    """What a script of the page asked the server for."""
    return answer.request.post_data or ""


def add(page: Page, files: dict[str, bytes]) -> str:
    """Choose files and wait until all are dealt with; returns what became of them."""
    payload: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in files.items()
    ]
    page.set_input_files("#library-files", payload)
    page.wait_for_selector("#library [data-part=job-dismiss]:visible")
    return page.inner_text("#library [data-part=job-state]")


def row(page: Page, name: str) -> Any:
    """A document of the list."""
    return page.locator(f'#library .document-row[data-name="{name}"]')


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_an_example_in_each_language_finds_its_passage_and_shows_why(
    visitor: Callable[..., Visitor], local_app: App, locale: str
) -> None:
    """One click on a question whose answer stands in the other language; marks and scores say why."""
    page = at_tab(visitor(locale=locale).open(local_app))
    pill = page.locator("#search [data-question]:visible:has(.question-answered)").first
    pill.click()
    page.wait_for_selector(HITS)
    expect(page.locator("#search-query")).to_have_value(pill.get_attribute("data-question") or "")
    assert page.locator(f"{HITS} .hit-language.foreign").count()
    assert page.locator(f"{HITS} .mark-sentence").count()
    expect(page.locator("#search [data-part=legend]")).to_be_visible()
    first = page.locator(HITS).first
    first.locator("[data-act=more]").focus()
    expect(first.locator(".score-number").first).to_have_text(re.compile(r"^\d\.\d\d$"))
    expect(first.locator(".score-number").first).to_have_css("opacity", "1")
    page.wait_for_selector("#search [data-part=map] .map-marks g", state="attached")
    page.wait_for_selector("#search [data-part=map] .map-star", state="attached")
    other = {"en-US": "zh", "zh-CN": "en"}[locale]
    page.click(f"#search [data-tongue={other}]")
    page.wait_for_selector(f"#search [data-tongue={other}][aria-pressed=true]")
    assert page.evaluate("document.activeElement.dataset.tongue") == other
    assert {page.locator(f"{HITS} .hit-language").nth(place).get_attribute("lang") for place in range(3)} == {
        other
    }
    page.click("#search [data-tongue='']")
    page.wait_for_selector("#search [data-tongue=''][aria-pressed=true]")
    page.click("#language button[aria-pressed=false]")
    label = {"en-US": "并排对比", "zh-CN": "Compare side by side"}[locale]
    expect(page.locator("#search-compare")).to_have_text(label, use_inner_text=True)


def test_typing_is_searched_when_it_pauses_and_is_one_run(page: Page, local_app: App) -> None:
    """No button is needed; many pauses make one row of the history; words of the query are marked."""
    client = Client(local_app.url, verbose=False)

    def runs() -> list[dict[str, Any]]:
        return list(client.predict(task="search", limit=100, api_name="/history"))

    before = len(runs())
    box = page.locator("#search-query")
    box.press_sequentially("vacation", delay=20)
    page.wait_for_selector(HITS)
    with page.expect_response(lambda answer: '"find"' in asked(answer) and "vacation days" in asked(answer)):
        box.press_sequentially(" days", delay=20)
    page.wait_for_function("document.querySelectorAll('#search .hit .mark-word').length > 0")
    expect(page.locator("#search-status")).to_contain_text(re.compile(r"passages out of \d+, in \d"))
    page.wait_for_selector("#search .search:not(.working)")
    after = runs()
    assert len(after) == before + 1
    assert after[0]["input"] == "vacation days"
    box.fill("")
    expect(page.locator(HITS)).to_have_count(0)
    page.click("#search-go")
    expect(page.locator("#search [data-part=problem]")).to_contain_text("Type what you are looking for.")


def test_a_word_that_an_input_method_puts_together_is_not_searched(page: Page) -> None:
    """Neither while candidates are open nor by what was typed just before; when it is done, it is."""
    page.focus("#search-query")
    session = page.context.new_cdp_session(page)
    page.keyboard.type("a ")
    session.send("Input.imeSetComposition", {"text": "duchuan", "selectionStart": 7, "selectionEnd": 7})
    page.wait_for_timeout(900)
    expect(page.locator(HITS)).to_have_count(0)
    session.send("Input.insertText", {"text": "渡船"})
    page.wait_for_selector(HITS)


def test_a_hit_is_read_in_its_document_by_keyboard_alone(page: Page) -> None:
    """From the query to the passage in context and back; the map can be walked by the arrow keys."""
    page.focus("#search-query")
    page.keyboard.type("How many hearts does an octopus have?")
    page.keyboard.press("Enter")
    page.wait_for_selector(HITS)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.act") == "open":
            break
    name = page.locator(f"{HITS} .source-name").first.inner_text()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.reading")
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-part=reading-title]")).to_have_text(name)
    expect(dialog.locator(".mark-sentence").first).to_be_in_viewport()
    assert findings(page, "dialog.reading") == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert page.evaluate("document.activeElement.dataset.act") == "open"
    page.locator("#search [data-part=map] .map-points path").first.hover(force=True)
    expect(page.locator("#search [data-part=map-note] .map-text")).not_to_be_empty()
    page.focus("#search [data-part=map]")
    page.keyboard.press("ArrowRight")
    before = page.inner_text("#search [data-part=map-note]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert page.inner_text("#search [data-part=map-note]") != before
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.focus("#search .modes input:checked")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#search .modes input[value=meaning]")).to_be_checked()


def test_what_has_no_known_word_is_not_found_by_meaning(page: Page) -> None:
    """No passage is called close to it; it is said why, side by side too."""
    find(page, "octopus blood")
    page.fill("#search-query", "𓃰 ?!")
    expect(page.locator("#search [data-part=empty]")).to_contain_text("knows no word of this")
    expect(page.locator(HITS)).to_have_count(0)
    page.click("#search-compare")
    expect(page.locator("#search [data-part=none-meaning]")).to_contain_text("knows no word of this")
    expect(page.locator("#search-status")).to_contain_text("Nothing was found.")


DENSE = """() => {
  const svg = document.querySelector("#search [data-part=map] svg");
  svg.scrollIntoView({ block: "center", behavior: "instant" });
  const points = [...svg.querySelectorAll(".map-points path")].map((one) => {
    const at = new DOMPoint(0, 0).matrixTransform(one.getScreenCTM());
    return [at.x, at.y];
  });
  const nearest = (x, y) => {
    const far = points.map(([a, b]) => (a - x) ** 2 + (b - y) ** 2);
    return far.indexOf(Math.min(...far));
  };
  const beside = (x, y) => [-2, 0, 2].map((by) => [Math.floor(x + by) + 0.9, Math.floor(y - by) + 0.9]);
  const turns = ([x, y]) => nearest(x, y) !== nearest(Math.floor(x), Math.floor(y));
  return points.flatMap((at) => beside(...at)).find(turns);
}"""
"""Where one point of the map is nearest, and another one by coordinates without fractions, as a click has."""


def test_a_click_on_the_map_opens_what_is_named_there(page: Page) -> None:
    """Also where many points lie on one another."""
    spot = page.evaluate(DENSE)
    page.mouse.move(*spot)
    name = page.locator("#search [data-part=map-note] .source-name").inner_text()
    text = page.inner_text("#search [data-part=map-note] .map-text")
    page.mouse.click(*spot)
    dialog = page.locator("dialog.reading")
    expect(dialog.locator("[data-part=reading-title]")).to_contain_text(name)
    expect(dialog.locator("[data-part=reading-text]")).to_contain_text(text[:40])


def test_by_meaning_and_by_words_stand_side_by_side(page: Page) -> None:
    """One click; a Chinese question has words that no English passage holds, but a meaning."""
    page.fill("#search-query", "qwertzuiop")
    page.click("#search-compare")
    expect(page.locator("#search [data-part=none-words]")).to_be_visible()
    expect(page.locator("#search [data-part=hits-meaning] .hit")).to_have_count(5)
    expect(page.locator("#search [data-part=hits-meaning] .alone")).to_have_count(5)
    expect(page.locator("#search [data-part=hits-meaning] .alone").first).to_contain_text(
        "not found by words"
    )
    page.fill("#search-query", "octopus")
    page.wait_for_selector("#search [data-part=hits-words] .mark-word")
    expect(page.locator("#search-status")).to_contain_text("by meaning")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#search .modes label").first.click()
    page.wait_for_selector(HITS)
    expect(page.locator("#search [data-part=two]")).to_be_hidden()


def test_more_like_this_narrowing_and_files_of_the_results(page: Page) -> None:
    """What is like a passage; one language alone; results as a file for each use."""
    find(page, "octopus blood")
    first = page.locator(HITS).first.get_attribute("data-chunk")
    page.locator(f"{HITS} [data-act=more]").first.click()
    expect(page.locator("#search [data-part=likeness]")).to_be_visible()
    page.wait_for_selector("#search .search:not(.working)")
    assert page.locator(f'{HITS}[data-chunk="{first}"]').count() == 0
    page.click("#search [data-act=unlike]")
    page.wait_for_selector(f'{HITS}[data-chunk="{first}"]')
    page.click("#search-narrow")
    page.select_option("#search [name=language]", "zh")
    expect(page.locator(f"{HITS} .hit-language", has_text="English")).to_have_count(0)
    page.click("#search [data-act=widen]")
    page.wait_for_selector(f'{HITS}[data-chunk="{first}"]')
    saved: dict[str, str] = {}
    for form in ("csv", "json", "md"):
        page.click("#search [data-part=saving] summary")
        with page.expect_download() as download:
            page.click(f"#search [data-save={form}]")
        saved[form] = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "document" in next(csv.reader(io.StringIO(saved["csv"])))
    assert json.loads(saved["json"])["query"] == "octopus blood"
    assert saved["md"].startswith("# `octopus blood`")


def test_a_search_is_opened_again_from_the_history(page: Page) -> None:
    """With its query and its mode."""
    page.locator("#search .modes label").nth(2).click()
    find(page, "lighthouse museum")
    page.locator("#search .modes label").nth(0).click()
    find(page, "something else")
    page.get_by_role("tab", name="History").click()
    entry = page.locator("#history .entry", has_text="lighthouse museum").last
    entry.locator("[data-act=open]").click()
    expect(page.locator("#search-query")).to_have_value("lighthouse museum")
    expect(page.locator("#search .modes input[value=words]")).to_be_checked()
    page.wait_for_selector(f"{HITS} .mark-word")


def test_sentences_are_compared_with_numbers(page: Page) -> None:
    """The table has a cosine for each pair; fewer than two sentences are told at the field."""
    page.click("#search-alike button.label-wrap")
    page.click("#search-alike-go")
    cells = page.locator("#search-alike tbody td")
    expect(cells).to_have_count(16)
    expect(cells.first).to_have_text("1.00")
    expect(page.locator("#search-status")).to_contain_text(re.compile("4 sentences compared"))
    for place in range(4):
        page.locator("#search-alike input").nth(place).fill("" if place else "one")
    page.click("#search-alike-go")
    expect(page.locator("#search-alike .problem")).to_contain_text("at least two")


def test_files_of_many_formats_are_added_found_and_deleted(page: Page) -> None:
    """Each can be found; what is there already is not taken twice; the broken one says why, with a retry."""
    documents(page)
    bundle = packed({"inside/zipped.txt": "A parrot repeats what it hears.", "two.txt": "Second entry."})
    told = add(page, {**FILES, "bundle.zip": bundle, "broken.pdf": b"%PDF-1.4 nonsense"})
    assert "14 added" in told
    assert "1 could not be added" in told
    for name in [*FILES, "inside/zipped.txt", "two.txt"]:
        expect(row(page, name)).to_have_class(re.compile("done"))
    expect(row(page, "broken.pdf").locator(".reason")).to_contain_text("damaged")
    for fact in (f"{len(FILES['reactor.txt'])} B", "English", "1 passage", str(datetime.now(UTC).year)):
        expect(row(page, "reactor.txt")).to_contain_text(fact)
    row(page, "broken.pdf").locator("[data-act=retry]").click()
    expect(page.locator("#library [data-part=job-state]")).to_contain_text("1 could not be added")
    page.wait_for_selector("#library [data-part=job-dismiss]:visible")
    assert "1 there already" in add(page, {"reactor.txt": FILES["reactor.txt"]})

    page.click("[data-view=find]")
    page.wait_for_selector("#search-collection option[value=default]", state="attached")
    page.select_option("#search-collection", "default")
    assert {query: find(page, query)[0] for query in ASKED} == ASKED
    assert page.evaluate("window.ran") is None
    find(page, "copper heat")
    expect(page.locator(HITS).first).to_contain_text("page 1")

    documents(page)
    page.wait_for_selector("#library .document-row")
    row(page, "reactor.txt").locator("[data-act=rename]").click()
    page.keyboard.type("pile.txt")
    page.keyboard.press("Enter")
    row(page, "pile.txt").locator("[data-act=remove]").click()
    expect(row(page, "pile.txt")).to_be_visible()
    row(page, "pile.txt").locator("[data-act=remove]").click()
    expect(row(page, "pile.txt")).to_have_count(0)
    page.click("[data-view=find]")
    assert "pile.txt" not in find(page, "heavy water reactor")
    page.get_by_role("tab", name="History").click()
    entry = page.locator("#history .entry", has_text="heavy water reactor").last
    expect(entry).to_contain_text("1. …")  # neither the name nor a word of what was deleted
    for gone in ("reactor.txt", "pile.txt", "hall four"):
        expect(entry).not_to_contain_text(gone)
    at_tab(page)
    documents(page)
    for _ in range(2):
        page.click("#library [data-act=remove-collection]")
    expect(page.locator("#library [data-part=none]")).to_be_visible()


def test_what_a_document_could_not_give_is_told(page: Page) -> None:
    """In its row of the list, in both languages; the rest of it is found."""
    documents(page)
    assert "1 added" in add(page, {"plan.docx": docx(paragraph("Words of the plan"), styles=b"<broken")})
    notice = row(page, "plan.docx").locator(".document-notice")
    expect(notice.locator(".word[lang=en]")).to_have_text(
        "Parts of the file are damaged and were left out: styles.xml."
    )
    expect(notice.locator(".word[lang^=zh]")).to_contain_text("损坏")
    expect(notice).to_be_visible()


def test_what_is_being_added_shows_its_progress_and_can_be_cancelled(page: Page) -> None:
    """What is there stays, also after a reload; the rest is left out and the app goes on."""
    documents(page)
    many: dict[str, str | bytes] = {f"{number}.txt": f"Note {number} of many." for number in range(1_000)}
    bundle: FilePayload = {"name": "many.zip", "mimeType": "application/zip", "buffer": packed(many)}
    page.set_input_files("#library-files", [bundle])
    expect(page.locator("#library [data-part=job-state]")).to_contain_text("of 1000 files read")
    expect(page.locator("#library [data-part=job-bar]")).to_be_visible()
    page.reload()
    ready(page)
    documents(at_tab(page))
    expect(page.locator("#library [data-part=job-state]")).to_contain_text(
        re.compile(r"of 1000 files read, about \d+ s left")
    )
    page.click("#library [data-part=job-stop]")
    expect(page.locator("#library [data-part=job-state]")).to_contain_text("Cancelled")
    assert page.locator("#library .document-row").count() < 1_000
    for _ in range(2):
        page.click("#library [data-act=remove-collection]")
    expect(page.locator("#library [data-part=none]")).to_be_visible()


def test_a_folder_a_pasted_text_and_a_collection_of_its_own(page: Page, tmp_path: Path) -> None:
    """A new collection takes what is added; an empty text is told at its field; text is never a program."""
    documents(page)
    options = page.locator("#library-collection option")
    expect(options.first).to_be_attached()
    before = options.count()
    page.click("#library [data-act=new-collection]")
    page.keyboard.type("<b>Lab</b> ${alert(1)}")
    page.keyboard.press("Enter")
    expect(page.locator("#library-collection")).to_have_value("<b>Lab</b> ${alert(1)}")
    (tmp_path / "box" / "deep").mkdir(parents=True)
    (tmp_path / "box" / "deep" / "owl.txt").write_text("The owl hunts by night.")
    (tmp_path / "box" / ".DS_Store").write_text("junk")
    dropped = page.evaluate_handle(
        """() => {
            const carried = new DataTransfer();
            for (const name of ["one.txt", "two.txt"]) carried.items.add(new File([`Dropped ${name}`], name));
            return carried;
        }"""
    )
    page.dispatch_event("#library [data-part=drop]", "drop", {"dataTransfer": dropped})
    expect(row(page, "one.txt")).to_have_class(re.compile("done"))
    expect(row(page, "two.txt")).to_have_class(re.compile("done"))
    with (tmp_path / "huge.pdf").open("wb") as huge:
        huge.truncate(500 * 2**20)
    page.set_input_files("#library-files", str(tmp_path / "huge.pdf"))
    expect(page.locator("#library [data-part=refused]")).to_contain_text("larger than 100 MB")
    page.set_input_files("#library-folder", str(tmp_path / "box"))
    expect(row(page, "box/deep/owl.txt")).to_have_class(re.compile("done"))
    page.click("#library .pasting summary")
    page.click("#library-paste")
    expect(page.locator("#library [data-part=paste-problem]")).to_contain_text("no text to add")
    evil = "<img src=x onerror='window.ran = 1'>"
    page.fill("#library-title", evil)
    page.fill("#library-text", f"{evil} ${{window.ran = 2}} {{{{window.ran = 3}}}} A harmless sentence.")
    page.click("#library-paste")
    expect(page.locator("#library .document-row")).to_have_count(4)
    page.click("[data-view=find]")
    page.wait_for_selector("#search-collection option:nth-child(2)", state="attached")
    page.select_option("#search-collection", "<b>Lab</b> ${alert(1)}")
    find(page, "harmless sentence")
    expect(page.locator(HITS).first).to_contain_text(evil)
    page.locator(f"{HITS} [data-act=open]").first.click()
    expect(page.locator("dialog.reading")).to_contain_text("window.ran = 3")
    page.keyboard.press("Escape")
    assert page.evaluate("window.ran") is None
    documents(page)
    for _ in range(2):
        page.click("#library [data-act=remove-collection]")
    expect(options).to_have_count(before)


def test_visitors_of_a_public_host_see_their_own_documents_alone(
    visitor: Callable[..., Visitor], public_app: App
) -> None:
    """In temporary mode nothing can be added; afterwards the documents are one's own, after a reload too."""
    first = documents(at_tab(visitor().open(public_app)))
    refused: FilePayload = {"name": "s.txt", "mimeType": "text/plain", "buffer": b"My secret recipe."}
    first.set_input_files("#library-files", [refused])
    expect(first.locator("#library [data-part=problem]")).to_contain_text("temporary mode")
    keeping(first)
    many: list[FilePayload] = [{**refused, "name": f"{number}.txt"} for number in range(251)]
    first.set_input_files("#library-files", many)
    expect(first.locator("#library [data-part=problem]")).to_contain_text("251 files; at most 250")
    expect(first.locator("#library [data-part=job]")).to_be_hidden()
    assert "1 added" in add(first, {"secret.txt": b"My secret recipe is plum jam."})
    second = documents(keeping(at_tab(visitor().open(public_app))))
    expect(second.locator("#library .document-row")).to_have_count(0)
    second.click("[data-view=find]")
    assert "secret.txt" not in find(second, "secret plum jam recipe")
    first.reload()
    ready(first)
    documents(at_tab(first))
    expect(row(first, "secret.txt")).to_be_visible()


def test_on_a_phone_a_document_is_added_found_read_and_deleted(
    visitor: Callable[..., Visitor], local_app: App
) -> None:
    """The whole way at 390 px, in Chinese: the question is in one language, the document in the other."""
    phone = {"width": 390, "height": 844}
    page = documents(at_tab(visitor(locale="zh-CN", viewport=phone).open(local_app)))
    page.click("#library [data-act=new-collection]")
    page.keyboard.type("手机")
    page.keyboard.press("Enter")
    add(page, {"boat.md": b"# Boat\n\nThe ferry boat leaves the harbour at seven in the morning."})
    page.click("[data-view=find]")
    page.wait_for_selector("#search-collection option[value=手机]", state="attached")
    page.select_option("#search-collection", "手机")
    expect(page.locator("#search [data-question]:visible").first).to_be_visible()
    assert find(page, "渡船早上几点离开港口？") == ["boat.md"]
    expect(page.locator("#search [data-question]:visible")).to_have_count(0)
    expect(page.locator(HITS).first).to_be_in_viewport()
    expect(page.locator(f"{HITS} .hit-language.foreign")).to_contain_text("English")
    page.click(f"{HITS} [data-act=open]")
    dialog = page.locator("dialog.reading")
    expect(dialog.locator(".mark-sentence").first).to_be_in_viewport()
    dialog.locator("[data-act=close]").click()
    documents(page)
    for _ in range(2):
        row(page, "boat.md").locator("[data-act=remove]").click()
    expect(row(page, "boat.md")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for _ in range(2):
        page.click("#library [data-act=remove-collection]")
    expect(page.locator("#library [data-part=none]")).to_be_visible()


@pytest.mark.parametrize("width", [1280, pytest.param(390, marks=pytest.mark.long)])
def test_no_barrier_and_no_overlap(visitor: Callable[..., Visitor], local_app: App, width: int) -> None:
    """In both languages and themes, on a desk and on a phone: passages, comparison and documents.

    What axe-core says of sizes is asked of a phone once; names and colours are the same there.
    """

    def axe_here(look: str) -> bool:
        return width > 390 or look.startswith("中文")

    page = at_tab(visitor(viewport={"width": width, "height": 844}).open(local_app))
    find(page, "octopus 章鱼")
    page.click("#search-narrow")
    page.click("#search-alike button.label-wrap")
    page.click("#search-alike-go")
    page.wait_for_selector("#search-alike tbody td")
    for part in ("html", "#search"):
        for look in every_look(page):
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
            assert overlaps(page, "#search, #search-title, #search-alike") == [], look
            assert not axe_here(look) or findings(page, part) == [], look
        page.click("#search-compare")
        page.wait_for_selector("#search .search:not(.working)")
    documents(page)
    page.select_option("#library-collection", "sample")
    page.wait_for_selector("#library .document-row")
    page.click("#library .pasting summary")
    for look in every_look(page):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), look
        assert overlaps(page, "#library") == [], look
        assert not axe_here(look) or findings(page, "#library") == [], look
