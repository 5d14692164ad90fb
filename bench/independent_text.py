"""The text of a file by another program than the app's, to compare with; see :mod:`bench.documents`."""

from __future__ import annotations

import csv
import html
import importlib
import io
import json
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from markdown_it import MarkdownIt
from playwright.sync_api import Page


class AbsentError(Exception):
    """A second way is not installed."""


def independent_text(path: Path, page: Page) -> tuple[str, str]:
    """The name of the other way, and the text that it reads.

    Raises:
        AbsentError: it is not installed.
    """
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm", ".xhtml"):
        return "innerText", f"{shown(page, path)}\n{page.title()}"
    if suffix == ".epub":
        return "innerText", "\n".join(chapters(path, page))
    if suffix in _OFFICE:
        return office_text(path)
    reader = _READERS.get(suffix)
    if reader is not None:
        return reader(path)
    return "the file", decoded(path)


def shown(page: Page, path: Path) -> str:
    """What the browser shows of a page."""
    page.goto(path.resolve().as_uri())
    script = (
        "() => { document.querySelectorAll('nav').forEach(e => e.remove()); return document.body.innerText }"
    )
    return str(page.evaluate(script))


def chapters(path: Path, page: Page) -> Iterator[str]:
    """What the browser shows of the chapters of a book, in the order of the spine."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder)
        (package,) = Path(folder).rglob("*.opf")
        source = package.read_text("utf-8")
        hrefs = {found[0]: found[1] for found in _attributes(source, "item", "id", "href")}
        for (identity,) in _attributes(source, "itemref", "idref"):
            chapter = package.parent / html.unescape(hrefs.get(identity, ""))
            if chapter.is_file():
                yield shown(page, chapter)


def _attributes(source: str, tag: str, *names: str) -> Iterator[tuple[str, ...]]:
    for element in re.findall(rf"<(?:\w+:)?{tag}\s[^>]*>", source):
        found = [re.search(rf"\s{name}=[\"']([^\"']*)", element) for name in names]
        if all(found):
            yield tuple(match[1] for match in found if match)


_OFFICE = {
    ".docx": r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml",
    ".pptx": r"ppt/(?:slides|notesSlides)/\w+\.xml",
    ".xlsx": r"xl/(?:sharedStrings|worksheets/\w+)\.xml",
    ".odt": r"content\.xml",
    ".ods": r"content\.xml",
    ".odp": r"content\.xml",
    ".rtf": "",
}
_TEXT = "txt:Text (encoded):UTF8"
_FILTERS = {
    **dict.fromkeys((".docx", ".odt", ".rtf"), _TEXT),
    **dict.fromkeys((".xlsx", ".ods"), "fods"),
    **dict.fromkeys((".pptx", ".odp"), "fodp"),
}
"""What LibreOffice makes of a file: text, or an XML file with each cell and each shape as it is shown."""

_ODF = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT_TAG, _TABLE_TAG = _ODF % "text", _ODF % "table"
_FILLED_IN = frozenset(_TEXT_TAG + name for name in ("page-number", "date", "time"))
"""What LibreOffice fills into the places for it on every slide."""
_BLANKS = frozenset(_TEXT_TAG + name for name in ("s", "tab", "line-break"))


def office_text(path: Path) -> tuple[str, str]:
    """The export of LibreOffice, or the text elements of the XML."""
    office = shutil.which("soffice")
    suffix = path.suffix.lower()
    if office is None:
        if not _OFFICE[suffix]:
            raise AbsentError("LibreOffice")
        return "XML", xml_text(path, _OFFICE[suffix])
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        run(office, "--headless", profile, "--convert-to", _FILTERS[suffix], "--outdir", folder, str(path))
        (made,) = (each for each in Path(folder).iterdir() if each.is_file())
        if _FILTERS[suffix] == _TEXT:
            return "LibreOffice", made.read_text("utf-8-sig")
        return "LibreOffice", "\n".join(paragraphs(ElementTree.parse(made).getroot()))


def paragraphs(document: ElementTree.Element) -> Iterator[str]:
    """The paragraphs of sheets or slides in LibreOffice's flat XML; cells that repeat count as often."""
    body = document.find(f"{_ODF % 'office'}body")
    assert body is not None
    for cell in body.iter(f"{_TABLE_TAG}table-cell"):
        times = int(cell.get(f"{_TABLE_TAG}number-columns-repeated", "1"))
        for paragraph in list(cell.iter(f"{_TEXT_TAG}p")) * (times - 1):
            yield "".join(_pieces(paragraph))
    for paragraph in body.iter(f"{_TEXT_TAG}p"):
        yield "".join(_pieces(paragraph))


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    if element.tag not in _FILLED_IN:
        yield " " if element.tag in _BLANKS else element.text or ""
    for child in element:
        yield from _pieces(child)
        yield child.tail or ""


def xml_text(path: Path, parts: str) -> str:
    """The text of the elements that hold text, in the order of the parts' names."""
    with zipfile.ZipFile(path) as archive:
        sources = [
            archive.read(name).decode() for name in sorted(archive.namelist()) if re.fullmatch(parts, name)
        ]
    paragraphs = re.sub(r"</(?:w:p|a:p|si|text:p|text:h|w:tab|row)>", "\n", "\n".join(sources))
    return html.unescape(re.sub(r"<[^>]*>", "", paragraphs))


def run(*command: str) -> str:
    """What a program prints."""
    return subprocess.run(command, check=True, capture_output=True, timeout=300).stdout.decode(
        "utf-8", "replace"
    )


def pdf_text(path: Path) -> tuple[str, str]:
    """By poppler."""
    if shutil.which("pdftotext") is None:
        raise AbsentError("pdftotext of poppler-utils")
    return "pdftotext", run("pdftotext", "-enc", "UTF-8", str(path), "-")


def decoded(path: Path) -> str:
    """The file in UTF-8, or else as windows-1252."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, _: list[tuple[str, str | None]]) -> None:
        self.parts.append("" if tag in ("em", "strong", "code", "a", "b", "i") else " ")


def markdown_text(path: Path) -> tuple[str, str]:
    """By markdown-it, without tags."""
    parser = _Words()
    parser.feed(MarkdownIt("commonmark").enable("table").render(decoded(path)))
    return "markdown-it", "".join(parser.parts)


def table_text(path: Path) -> tuple[str, str]:
    """By the csv module."""
    text = decoded(path)
    csv.field_size_limit(2**31 - 1)
    dialect: Any = csv.excel_tab if path.suffix.lower() == ".tsv" else csv.Sniffer().sniff(text[:10_000])
    return "csv", "\n".join(" ".join(row) for row in csv.reader(io.StringIO(text, newline=""), dialect))


def json_text(path: Path) -> tuple[str, str]:
    """All members and values, by the json module."""
    text = decoded(path)
    lines = text.split("\n") if path.suffix.lower() in (".jsonl", ".ndjson") else [text]
    return "json", "\n".join(_values(json.loads(line)) for line in lines if line.strip())


def _values(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name} {_values(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(map(_values, value))
    return "" if value is None else str(value)


def notebook_text(path: Path) -> tuple[str, str]:
    """Sources and texts of outputs, by the json module."""
    notebook = json.loads(decoded(path))
    parts = []
    for cell in notebook["cells"]:
        parts.append("".join(cell["source"]))
        for output in cell.get("outputs", ()):
            shown_text = output.get("text", output.get("data", {}).get("text/plain", ""))
            parts.append("".join(shown_text))
    return "json", "\n".join(parts)


def subtitle_text(path: Path) -> tuple[str, str]:
    """By pysubs2."""
    try:
        pysubs2 = importlib.import_module("pysubs2")
    except ImportError as exc:
        raise AbsentError("pysubs2") from exc
    subtitles = pysubs2.SSAFile.from_string(decoded(path))
    return "pysubs2", "\n".join(event.plaintext for event in subtitles if event.is_text)


_READERS: dict[str, Callable[[Path], tuple[str, str]]] = {
    ".pdf": pdf_text,
    ".md": markdown_text,
    ".markdown": markdown_text,
    ".csv": table_text,
    ".tsv": table_text,
    ".json": json_text,
    ".jsonl": json_text,
    ".ipynb": notebook_text,
    ".srt": subtitle_text,
    ".vtt": subtitle_text,
    ".ass": subtitle_text,
}
