"""Texts to ask about: their pages and headings, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.parsing import ParsingLimits
from llama_demo.errors import DemoError
from llama_demo.services.answering.answer import TextPart
from llama_demo.services.answering.sources import LONGEST_TEXT, Sources

HANDBOOK = """# Handbook

Welcome.

## Leave

Everyone has 25 days.

They lapse in March.

## Pay

On the last day of the month.
"""


@pytest.fixture(scope="module")
def sources() -> Iterator[Sources]:
    """What reads texts, with a small limit for files."""
    with closing(Sources(ParsingLimits(seconds=30.0, largest=100_000))) as sources:
        yield sources


def test_a_pasted_text_stays_as_it_was_typed(sources: Sources) -> None:
    """One part, without a name; form feeds, which a text copied from a PDF may hold, part pages."""
    assert sources.pasted("  One.\n\n  Two. \n") == (TextPart("  One.\n\n  Two. "),)
    assert sources.pasted("First\n\f\n\fThird") == (TextPart("First", page=1), TextPart("Third", page=3))


def test_a_file_is_parted_by_its_headings(sources: Sources) -> None:
    """What stands under one heading is one part, with the way to it; the name is the file's alone."""
    parts = sources.file("../../home/me/handbook.md", HANDBOOK.encode()).parts
    assert {part.document for part in parts} == {"home/me/handbook.md"}
    leave = next(part for part in parts if part.heading == "Handbook › Leave")
    assert "Everyone has 25 days.\n\nThey lapse in March." in leave.text
    assert "last day" not in leave.text


def test_a_file_keeps_its_pages(sources: Sources) -> None:
    """A part for each page, from 1."""
    parts = sources.file("pages.txt", "甲\n\n乙\f丙".encode()).parts
    assert [(part.page, part.text) for part in parts] == [(1, "甲\n\n乙"), (2, "丙")]


def test_what_a_file_lacks_is_told(sources: Sources) -> None:
    """The rest of it can be asked about."""
    file = sources.file("log.jsonl", b'{"lamp": "lit"}\n{"lamp": \n')
    assert [part.text for part in file.parts] == ["lamp: lit"]
    assert file.notices == (DocumentNotice("lines_damaged", {"damaged": 1, "count": 2}),)


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.exe", b"MZ", "file_kind_unknown"),
        ("a.pdf", b"%PDF-1.4 broken", "file_damaged"),
        ("a.docx", b"text", "file_other_kind"),
        ("a.txt", b" \n", "document_empty"),
        ("a.txt", b"x" * 100_001, "file_too_large"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(sources: Sources, name: str, data: bytes, key: str) -> None:
    """The sentence says what to do, and the next file is read."""
    with pytest.raises(DemoError) as caught:
        sources.file(name, data)
    assert caught.value.key == key
    assert sources.file("b.txt", b"fine").parts[0].text == "fine"


@pytest.mark.parametrize(
    ("text", "key"),
    [("", "ask_text_empty"), (" \n\f ", "ask_text_empty"), ("x" * (LONGEST_TEXT + 1), "ask_text_too_long")],
)
def test_a_text_has_bounds(sources: Sources, text: str, key: str) -> None:
    """Nothing to ask about, or more than can be read for one question."""
    with pytest.raises(DemoError) as caught:
        sources.pasted(text)
    assert caught.value.key == key
