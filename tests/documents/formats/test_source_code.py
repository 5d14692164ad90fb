"""Code keeps its lines."""

from __future__ import annotations

from llama_demo.documents.document import Block, BlockKind
from llama_demo.documents.registry import read_document


def test_parts_of_a_file() -> None:
    """A part ends at a blank line in front of a line without indentation; the encoding is what it says."""
    source = "# coding: windows-1251\nx = 'Маяк'\n\ndef f():\n    a = 1\n\n    return a\n"
    document = read_document("A.PY", source.encode("cp1251").replace(b"\n", b"\r\n"))
    assert document.blocks == (
        Block("# coding: windows-1251\nx = 'Маяк'", kind=BlockKind.CODE),
        Block("def f():\n    a = 1\n\n    return a", kind=BlockKind.CODE),
    )


def test_xml_says_its_encoding() -> None:
    """In its prologue."""
    source = '<?xml version="1.0" encoding="windows-1251"?>\n<lamp>Маяк</lamp>'
    assert read_document("a.xml", source.encode("cp1251")).text == source


def test_a_log_keeps_its_lines() -> None:
    """A line of a log is no line of a paragraph, however wide it is."""
    lines = "12:00:00 INFO the lamp of the harbour is lit and the fog is thin -\n12:00:01 INFO next"
    assert read_document("a.log", lines.encode()).blocks == (Block(lines, kind=BlockKind.CODE),)
