"""Documents through the Translate tab: the same format back, cancelled half-way, refused with a reason."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docx
import pytest
from playwright.sync_api import Locator, Page, expect

from llama_demo.services.translation.documents import AT_ONCE
from tests.documents.formats.markdown.test_reader import shape
from tests.documents.office_files import docx as docx_of
from tests.documents.office_files import paragraph
from tests.e2e.conftest import App, Visitor, one_of
from tests.e2e.test_translate import MANY, PHONE, at_tab

NOTES = """\
# The garden

- The dog is **big**.
- See `run()`, [the house](https://example.org/a) and <https://example.org>.

> The cat sleeps.

| Name | Number |
|:-----|-------:|
| tree | 3 |

```python
print("hello")
```
"""
FILM = """\
1
00:00:01,000 --> 00:00:02,500
Hello.

2
00:00:03,000 --> 00:00:04,000
The dog sleeps
under the tree.
"""
TABLE = 'word,meaning\r\n"a house, big",12\r\nthe cat,\r\n'
LETTER = "Hello my friend.\n\n  How are you today?\n"


@pytest.fixture
def page(request: pytest.FixtureRequest, visitor: Callable[..., Visitor], local_app: App) -> Page:
    """An English page that translates documents into French."""
    page = at_tab(visitor(**one_of(request, {}, PHONE)).open(local_app))
    page.check("#translate .into input[value=fr]", force=True)
    page.click("#translate-documents button.label-wrap")
    expect(page.locator("#translate-documents [data-part=direction]")).to_contain_text("into français")
    return page


@pytest.fixture
def desk(visitor: Callable[..., Visitor], local_app: App) -> Page:
    """A page on a desk, into whatever language."""
    return at_tab(visitor().open(local_app))


def word_file() -> bytes:
    """A document of a word processor, with a heading, bold words, a list and a table."""
    document, data = docx.Document(), io.BytesIO()
    document.add_heading("The garden", level=1)
    document.add_paragraph("The dog is ").add_run("big").bold = True
    document.add_paragraph("the tree", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "the cat", "the house"
    document.save(data)
    return data.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """A document with one more part in it."""
    packed = io.BytesIO(data)
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def given(page: Page, name: str, data: bytes) -> Locator:
    """Choose a document; its row in the list."""
    file: Any = {"name": name, "mimeType": "", "buffer": data}
    page.set_input_files("#translate-documents input[type=file]", file)
    return page.locator("#translate-documents .document").last


def fetched(page: Page, item: Locator) -> tuple[str, bytes]:
    """What Download gives: a name and what is in the file."""
    with page.expect_download() as download:
        item.get_by_role("button", name="Download").click()
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def brought_back(page: Page, name: str, data: bytes) -> bytes:
    """Have a document translated into French and fetch it: another one under its name."""
    item = given(page, name, data)
    expect(item).to_contain_text("Finished")
    new, back = fetched(page, item)
    assert new == name.replace(".", ".fr.")
    assert back != data
    return back


def test_documents_keep_their_format(page: Page) -> None:
    """Each kind comes back as its own: line breaks, marks, times, cells, styles; and says what made it."""
    expect(page.locator("#translate-documents")).to_contain_text(
        "carries a note that it was machine-translated"
    )
    note, _, letter = brought_back(page, "letter.txt", LETTER.encode()).decode().split("\n", 2)
    assert note.startswith("Machine-translated (llama demo, ")
    assert "未经人工校对" in note
    assert [line[: len(line) - len(line.lstrip())] for line in letter.split("\n")] == ["", "", "  ", ""]
    notes = shape(brought_back(page, "notes.md", NOTES.encode()).decode().partition("\n\n")[2])
    assert sorted(map(repr, notes)) == sorted(map(repr, shape(NOTES)))  # words may change places in a line
    film = brought_back(page, "film.srt", FILM.encode()).decode()
    frame = re.findall(r"(?m)^\d+$|^.* --> .*$|^$", FILM.rstrip())
    assert re.findall(r"(?m)^\d+$|^.* --> .*$|^$", film)[: len(frame)] == frame
    rows = list(csv.reader(io.StringIO(brought_back(page, "table.csv", TABLE.encode()).decode())))
    assert [len(row) for row in rows] == [2, 2, 2, 2]
    assert (rows[1][1], rows[2][1]) == ("12", "")
    report = docx.Document(io.BytesIO(brought_back(page, "report.docx", word_file())))
    assert [each.style.name for each in report.paragraphs[1:]] == ["Heading 1", "Normal", "List Bullet"]
    assert any(run.bold for run in report.paragraphs[2].runs)
    assert len(report.tables[0].columns) == 2
    given(page, "chinesisch.txt", "今天天气很好。\n".encode("gb18030"))
    expect(page.locator("#translate-documents .document").last).to_contain_text("Finished")


def test_what_it_was_unsure_of_is_counted(page: Page) -> None:
    """Beside the end, and the bar is not the green of what went well."""
    given(page, "sure.txt", b"Thank you.")
    sure, item = (page.locator("#translate-documents .document").nth(place) for place in (0, 1))
    expect(sure).to_contain_text("Finished: 1 passage")
    expect(sure).not_to_contain_text("unsure")
    technical = "Mitochondrial phosphorylation sustains eukaryotic metabolism."
    nonsense = "Colourless green ideas sleep furiously."
    given(page, "odd.txt", f"Thank you.\n\n{technical}\n\n{nonsense}".encode())
    expect(item).to_contain_text("2 unsure: read them again")
    expect(page.locator("#translate-status")).to_contain_text("unsure in places")
    colour = "(bar) => getComputedStyle(bar).getPropertyValue('--reached')"
    assert sure.locator("progress").evaluate(colour) != item.locator("progress").evaluate(colour)


def test_a_document_can_be_cancelled_and_a_wrong_one_is_refused(page: Page) -> None:
    """What is done can be fetched; refusals say why, in the list; who waits can be taken out."""
    item = given(page, "long.txt", MANY.replace(". ", ".\n\n").encode())
    expect(item).to_contain_text(re.compile(r"[1-9]\d* of 400 passages"))
    assert item.locator("progress").evaluate("(bar) => bar.max") == 400
    next_one = given(page, "next.txt", LETTER.encode())
    expect(next_one).to_contain_text("Waiting for the one before")
    next_one.get_by_role("button", name="Cancel").click()
    expect(page.locator("#translate-documents .document")).to_have_count(1)
    item.get_by_role("button", name="Cancel").click()
    expect(item).to_contain_text("Stopped after")
    _, half = fetched(page, item)
    assert half.count(b"\n\n") == 400  # the note, and what is between the passages
    assert b"The 0th dog" not in half
    assert half.decode().endswith("The 399th dog sleeps under the old tree near the river.")
    refused = {
        "photo.png": (b"\x89PNG", "Choose one of"),
        "empty.txt": (b"", "is empty"),
        "numbers.txt": (b"1 2 3", "no words"),
        "binary.txt": (bytes(range(32)) * 9, "not a text file"),
        "unclear.txt": (bytes(range(128, 256)) * 4, "in which encoding"),
        "french.txt": ("C'est déjà un texte en français.".encode(), "in that language already"),
        "broken.docx": (b"no zip", "not what its ending"),
        "bomb.docx": (with_part(word_file(), "word/media/a.bin", b"\0" * 3_000_000), "Unpacked"),
        "macros.docx": (with_part(word_file(), "word/vbaProject.bin", b"x"), "may contain macros"),
    }
    for name, (data, reason) in refused.items():
        expect(given(page, name, data).get_by_role("alert")).to_contain_text(reason)
    last = page.locator("#translate-documents .document").last
    last.get_by_role("button", name="Remove").click()
    expect(page.locator("#translate-documents .document")).to_have_count(len(refused))


def test_what_a_document_could_not_give_is_told(desk: Page) -> None:
    """Beside its progress, in both languages; what could be read is translated."""
    desk.click("#translate-documents button.label-wrap")
    item = given(desk, "plan.docx", docx_of(paragraph("The dog sleeps."), styles=b"<broken"))
    expect(item).to_contain_text("Finished: 1 passage")
    expect(item.locator(".document-notice .word[lang=en]")).to_have_text(
        "Parts of the file are damaged and were left out: styles.xml."
    )
    expect(item.locator(".document-notice .word[lang^=zh]")).to_contain_text("损坏")


def begun_elsewhere(app: App, number: int) -> HTTPConnection:
    """Another page's document on its way: long, and its first progress has come."""
    visit = {"page": f"elsewhere-{number}", "temporary": True}
    request = json.dumps({"source": "en", "target": "fr", "name": "long.txt", "visit": visit})
    text = MANY.replace(". ", ".\n\n") * 4
    body = (
        f'--part\r\nContent-Disposition: form-data; name="request"\r\n\r\n{request}\r\n'
        f'--part\r\nContent-Disposition: form-data; name="files"; filename="file"\r\n\r\n{text}\r\n'
        "--part--\r\n"
    ).encode()
    connection = HTTPConnection(urlsplit(app.url).netloc)
    headers = {"Content-Type": "multipart/form-data; boundary=part"}
    connection.request("POST", "/translate/document", body, headers)
    assert json.loads(connection.getresponse().readline())["state"] == "running"
    return connection


def test_who_comes_when_many_are_translated_waits_until_one_leaves(desk: Page, local_app: App) -> None:
    """It is said, it can be left, and a page that is closed gives up its place at once."""
    desk.click("#translate-documents button.label-wrap")
    others = [begun_elsewhere(local_app, number) for number in range(AT_ONCE)]
    item = given(desk, "letter.txt", LETTER.encode())
    expect(item).to_contain_text("Waiting: other documents")
    item.get_by_role("button", name="Cancel").click()
    expect(desk.locator("#translate-documents .document")).to_have_count(0)
    item = given(desk, "letter.txt", LETTER.encode())
    expect(item).to_contain_text("Waiting: other documents")
    for connection in others:
        connection.close()
    expect(item).to_contain_text("Finished: 2 passages")
