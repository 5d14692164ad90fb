"""Rich text is read in whatever encoding its fonts are, with what stands beside it."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import Document, DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.errors import DocumentError

HEAD = (
    r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}{\f1\fcharset134 SimSun;}{\f2\fcharset204 Arial;}}"
    r"{\stylesheet{\s0 Normal;}{\s1\b heading 1;}}{\info{\title Harbour rules}{\author me}}"
)


def read(body: str) -> Document:
    return read_document("a.rtf", f"{HEAD}{body}}}".encode("ascii"))


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def test_words_in_every_encoding() -> None:
    """By fonts, by numbers with what stands in for them, by names, and beyond the first plane."""
    assert texts(r"caf\'e9 \u8364? {\f1 \'c4\'e3\'ba\'c3}{\f2 \'cc\'e0\'ff\'ea}\par") == ["café € 你好Маяк"]
    assert texts(r"\uc2\u26085\'93\'fa\uc1\u-10179?\u-8704? \lquote a\rquote\emdash\_b\par") == [
        "日😀 ‘a’—-b"
    ]


def test_structure() -> None:
    """Headings by their style, rows of tables, numbers of lists, breaks within a paragraph."""
    document = read(
        r"\pard\plain\s1 Rules\par\pard\plain one\line two\par"
        r"\trowd\cellx9\pard\intbl a\par c\cell b\cell\row"
        r"\pard{\listtext 1.\tab}item\par"
    )
    assert [(block.text, block.kind.value) for block in document.blocks] == [
        ("Rules", "heading"),
        ("one\ntwo", "paragraph"),
        ("a c | b", "table_row"),
        ("1. item", "list_item"),
    ]
    assert document.title == "Harbour rules"
    assert document.blocks[1].headings == ("Rules",)


def test_what_stands_beside_the_text() -> None:
    """Notes and comments behind their paragraph, headers at the end, the results of fields, no deletions."""
    assert texts(
        r"{\header Draft\par}Nine{\footnote\pard But not here.\par} percent{\*\atnauthor Ola}"
        r"{\*\annotation Sure?} {\field{\*\fldinst HYPERLINK x}{\fldrslt link}}"
        r"{\deleted gone}\par{\*\other no}"
    ) == ["Nine percent link", "But not here.", "Comment (Ola): Sure?", "Draft"]


def test_hidden_text_is_told() -> None:
    """It is formatted as hidden, to the end of its group or until it is switched off."""
    document = read(r"One {\v gone} two \v gone\v0 three\par")
    assert document.text == "One two three"
    assert document.notices == (DocumentNotice("hidden_left_out", {"count": 2}),)


def test_bytes_of_pictures_and_objects_are_no_words() -> None:
    """Embedded objects are told."""
    document = read(r"a{\pict\bin5 {{{{{}{\object{\*\objdata 0102}{\result shown}} b\par")
    assert document.text == "ashown b"
    assert document.notices[0].key == "objects_embedded"


def test_groups_without_end_are_refused() -> None:
    """They would take memory for nothing."""
    with pytest.raises(DocumentError, match="file_damaged"):
        read("{" * 100_000)


@pytest.mark.parametrize(("system", "byte"), [("mac", "8e"), ("pc", "82"), ("pca", "82")])
def test_files_of_other_systems(system: str, byte: str) -> None:
    """They name their encoding by the system."""
    data = rf"{{\rtf1\{system}{{\fonttbl{{\f0 Geneva;}}}}caf\'{byte} {{\f0 caf\'{byte}}}\par}}".encode(
        "ascii"
    )
    assert read_document("a.rtf", data).text == "café café"
