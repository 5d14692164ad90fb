"""Plain text keeps its lines."""

from __future__ import annotations

import pytest

from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.registry import read_document
from llama_demo.documents.segments import SegmentTranslation
from tests.documents.translators import rewritable, translated

TEXT = "  Title\r\n\r\n\tfirst line \nsecond line\r\x0c42 %\u2028第三行"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_round_trip(encoding: str) -> None:
    """Every kind of line break, indentation, numbers and the encoding stay."""
    document = rewritable("a.txt", TEXT.encode(encoding))
    assert [segment.text for segment in document.segments] == ["Title", "first line", "second line", "第三行"]
    assert translated(document) == TEXT.replace("itle", "ITLE").replace("first line", "FIRST LINE").replace(
        "second line", "SECOND LINE"
    ).encode(encoding)
    assert document.rewritten([None] * 4) == TEXT.encode(encoding)


def test_a_translation_in_several_lines_stays_in_one() -> None:
    """The file has as many lines as before, whatever the translator writes."""
    document = rewritable("a.txt", b"one\ntwo\n")
    assert document.rewritten([SegmentTranslation("a\nb"), None]) == b"a b\ntwo\n"


def test_blocks() -> None:
    """Lines that were broken for their width are one paragraph; form feeds part pages; GBK is read."""
    wrapped = "A line that was broken because it had grown too wide\nfor the page goes on here.\n\nNext.\n"
    document = read_document("a.txt", wrapped.encode())
    assert [block.text for block in document.blocks] == [wrapped.split("\n\n")[0].replace("\n", " "), "Next."]
    assert [block.page for block in read_document("a.txt", b"one\ftwo").blocks] == [1, 2]
    fruit = "枇杷 柠檬 菠萝 荔枝 樱桃"
    assert read_document("a.txt", fruit.encode("gbk")).text == fruit


def test_a_damaged_character_is_said() -> None:
    """A file that was cut in the middle of a character is read, and says so."""
    document = read_document("a.txt", ("灯塔立在港口的岩石上。" * 9).encode()[:-1])
    assert document.notices == (DocumentNotice("bytes_damaged", {"count": 2}),)


def test_a_hyphen_at_the_end_of_a_line_stays() -> None:
    """Editors break lines behind the hyphens of words, and divide no words."""
    lines = "The harbour master of the old town is well-\nknown for his short-\nand long-term plans."
    assert read_document("a.txt", lines.encode()).text.startswith(
        "The harbour master of the old town is well-known"
    )
    lines = "The harbour master of the old town has short-\nand long-term plans."
    assert "short- and long-term" in read_document("a.txt", lines.encode()).text
