"""PDF: the text of each page; a document that only shows pictures of pages is told apart."""

from __future__ import annotations

import io
from collections import Counter

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError
from pypdf.generic import Destination

from llama_demo.documents.document import Block, Document, Outline
from llama_demo.documents.lines import paragraphs, split_full_stops
from llama_demo.errors import DocumentError

MOST_PAGES = 5_000
_RUNNING = 0.5
"""Share of the pages on which a first or last line must stand to be a running head."""
_FEWEST_PAGES = 4
"""Pages from which a running head can be told."""


def read(data: bytes, suffix: str) -> Document:
    """Read a PDF.

    Raises:
        DocumentError: ``file_locked``, ``file_damaged``, ``file_scanned``, ``file_too_long``.
    """
    del suffix
    reader = _opened(data)
    try:
        if len(reader.pages) > MOST_PAGES:
            raise DocumentError("file_too_long", limit=MOST_PAGES, count=len(reader.pages))
        pages = [_lines(page) for page in reader.pages]
        entries = _entries(reader)
        title = str((reader.metadata.title if reader.metadata else "") or "").strip()
    except FileNotDecryptedError as exc:
        raise DocumentError("file_locked") from exc
    except (PyPdfError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as exc:
        raise DocumentError("file_damaged") from exc
    if not any(pages):
        raise DocumentError("file_scanned", pages=len(pages))
    return Document(title, tuple(_blocks(_without_running_heads(pages), entries)))


def _opened(data: bytes) -> PdfReader:
    """The document, opened with the empty password if it asks for one, as every viewer does."""
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("file_locked")
        len(reader.pages)
    except (FileNotDecryptedError, DependencyError, NotImplementedError) as exc:
        raise DocumentError("file_locked") from exc
    except (PyPdfError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as exc:
        raise DocumentError("file_damaged") from exc
    return reader


def _lines(page: PageObject) -> list[str]:
    return page.extract_text().replace("\0", "").splitlines()


def _entries(reader: PdfReader) -> dict[int, list[tuple[int, str]]]:
    """The table of contents: on which page (from 0) which headings begin, with their levels."""
    found: dict[int, list[tuple[int, str]]] = {}
    waiting: list[tuple[int, object]] = [(1, entry) for entry in reversed(reader.outline)]
    while waiting:
        level, entry = waiting.pop()
        if isinstance(entry, list):
            waiting += [(level + 1, each) for each in reversed(entry)]
        elif isinstance(entry, Destination):
            page = reader.get_destination_page_number(entry)
            if page is not None and entry.title:
                found.setdefault(page, []).append((level, str(entry.title)))
    return found


def _without_running_heads(pages: list[list[str]]) -> list[list[str]]:
    """Pages without their numbers and without the line that each page begins or ends with."""
    counts: Counter[str] = Counter()
    for lines in pages:
        ends = [line for line in lines if line.strip()]
        counts.update({line.strip() for line in (*ends[:1], *ends[-1:])})
    running = {
        line
        for line, count in counts.items()
        if len(pages) >= _FEWEST_PAGES and count > _RUNNING * len(pages)
    }
    return [
        [line for line in lines if line.strip() not in running and not line.strip(" -–—·").isdigit()]
        for lines in pages
    ]


def _blocks(pages: list[list[str]], entries: dict[int, list[tuple[int, str]]]) -> list[Block]:
    outline = Outline()
    blocks = []
    for number, lines in enumerate(pages):
        due = entries.get(number, [])
        for group in split_full_stops(lines):
            for text in paragraphs(group):
                while due and "".join(text.split()).startswith("".join(due[0][1].split())):
                    outline.enter(*due.pop(0))
                blocks.append(Block(text, outline.path, number + 1))
        for entry in due:
            outline.enter(*entry)
    return blocks
