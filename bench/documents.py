"""How much of each file the app reads: ``python -m bench.documents --data DIR``.

The words that the app reads of each file below DIR are compared with those of a second, independent way:

- pages: ``innerText`` in headless Chromium, without ``<nav>``; books: the same for each chapter of the spine
- office documents: LibreOffice's export of text; without LibreOffice, the text elements in their XML
- PDF: ``pdftotext`` of poppler-utils
- subtitles: pysubs2; Markdown: markdown-it; tables, JSON, notebooks: Python's standard library
- text, code and others: the file's own words, its markup included

Printed are, for each format, the share of the second way's words that the app has too (``kept``), and, of the
words that occur once in both, the share that stands in the same order (``order``: the longest increasing
subsequence); then the files in which most is missing, with some of the missing words. The last line is JSON.
A second way that is not installed is named as absent. ``--seconds`` adds the processor time of reading.
"""

from __future__ import annotations

import argparse
import bisect
import json
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
from playwright.sync_api import Page, sync_playwright

from bench.independent_text import AbsentError, independent_text
from llama_demo.documents.worker import parse
from llama_demo.errors import DemoError
from tests.__main__ import browser as browser_path

WORST = 8
"""Files that are named."""
_SINGLE = r"[\p{Han}\p{Hiragana}\p{Katakana}ー]"
"""Characters that count as words, because no blanks part words and lines end between any two."""
_WORD = regex.compile(rf"{_SINGLE}|[\p{{L}}\p{{M}}\p{{N}}--{_SINGLE}]+", regex.V1)
_UNSEEN = regex.compile(r"[\xad\u200b\u2060\ufeff]")


@dataclass(frozen=True)
class Comparison:
    """A file read in both ways.

    Attributes:
        words: of the second way.
        kept, ordered: shares, from 0 to 1.
        lost: some of the words that the app does not have.
        seconds: that the app takes.
    """

    path: Path
    way: str
    words: int
    kept: float
    ordered: float
    lost: tuple[str, ...]
    seconds: float


def main() -> None:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--seconds", action="store_true", help="print how long the app takes")
    arguments = parser.parse_args()
    paths = sorted(path for path in arguments.data.rglob("*") if path.is_file())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=["--no-sandbox"])
        page = browser.new_context(java_script_enabled=False, offline=True).new_page()
        compared, notes = compare(paths, page)
        browser.close()
    print_all(compared, notes, seconds=arguments.seconds)


def compare(paths: Sequence[Path], page: Page) -> tuple[list[Comparison], list[str]]:
    """The files that both ways read, and what there is to say of the others."""
    compared, notes = [], []
    for path in paths:
        began = time.process_time()
        try:
            document = parse(path.name, path.read_bytes())
        except DemoError as exc:
            notes.append(f"not read by the app: {path.name}: {exc.key}")
            continue
        seconds = time.process_time() - began
        try:
            way, other = independent_text(path, page)
        except AbsentError as exc:
            notes.append(f"absent: {exc} ({path.name})")
            continue
        own = words_of(f"{document.title}\n{document.text}")
        compared.append(comparison(path, way, own, words_of(other), seconds))
    return compared, notes


def words_of(text: str) -> list[str]:
    """Words in one form, so that ligatures, widths and soft hyphens make no difference."""
    return [word.casefold() for word in _WORD.findall(unicodedata.normalize("NFKC", _UNSEEN.sub("", text)))]


def comparison(path: Path, way: str, own: list[str], other: list[str], seconds: float) -> Comparison:
    """How much of the other way's words the app has."""
    have, want = Counter(own), Counter(other)
    missing = want - have
    kept = 1 - missing.total() / max(1, want.total())
    once = {word for word, count in have.items() if count == 1 and want[word] == 1}
    places = {word: place for place, word in enumerate(own) if word in once}
    ordered = longest_rise([places[word] for word in other if word in once]) / max(1, len(once))
    lost = tuple(word for word, _ in missing.most_common(8))
    return Comparison(path, way, len(other), kept, ordered if once else 1.0, lost, seconds)


def longest_rise(numbers: Sequence[int]) -> int:
    """Length of the longest increasing subsequence."""
    ends: list[int] = []
    for number in numbers:
        place = bisect.bisect_left(ends, number)
        ends[place : place + 1] = [number]
    return len(ends)


def print_all(compared: Sequence[Comparison], notes: Sequence[str], *, seconds: bool) -> None:
    """A row for each format, the worst files, and all of it as JSON."""
    by_format: dict[str, list[Comparison]] = defaultdict(list)
    for each in compared:
        by_format[each.path.suffix.lower()].append(each)
    summary = {}
    print("| format | files | second way | words | kept | order |" + (" seconds |" if seconds else ""))
    print("|---|---:|---|---:|---:|---:|" + ("---:|" if seconds else ""))
    for suffix, files in sorted(by_format.items()):
        words = sum(each.words for each in files)
        kept, ordered = (
            sum(getattr(each, name) * each.words for each in files) / max(1, words)
            for name in ("kept", "ordered")
        )
        took = sum(each.seconds for each in files)
        ways = ", ".join(sorted({each.way for each in files}))
        row = f"| {suffix} | {len(files)} | {ways} | {words:,} | {kept:.2%} | {ordered:.2%} |"
        print(row + (f" {took:.2f} |" if seconds else ""))
        summary[suffix] = {
            "files": len(files),
            "words": words,
            "kept": kept,
            "order": ordered,
            "seconds": took,
        }
    print("\nWhere most is missing:")
    for each in sorted(compared, key=lambda one: one.kept)[:WORST]:
        shares = f"{each.kept:.2%} kept, {each.ordered:.2%} in order"
        print(f"- {each.path.name}: {shares}; lost: {' '.join(each.lost)}")
    for note in notes:
        print(f"- {note}")
    worst = min(compared, key=lambda one: one.kept).path.name if compared else ""
    print(json.dumps({"formats": summary, "worst": worst, "notes": list(notes)}))


if __name__ == "__main__":
    main()
