"""Which files are taken."""

from __future__ import annotations

import pytest

from llama_demo.documents.registry import REWRITABLE
from llama_demo.documents.rewriting import LARGEST_TEXT_FILE, open_document
from llama_demo.errors import DemoError


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.pdf", b"%PDF-1.7", "document_kind_unknown"),
        ("noending", b"text", "document_kind_unknown"),
        (".txt", b"text", "document_kind_unknown"),
        ("a.txt", b"", "document_empty"),
        ("a.txt", b" \r\n\t", "document_empty"),
        ("a.txt", b"PK\x03\x04 and so on", "file_other_kind"),
        ("a.csv", b"%PDF-1.7 and so on", "file_other_kind"),
        ("a.docx", b"plain text", "file_other_kind"),
        ("a.md", b"\x00\x01\x02\x03", "document_binary"),
        ("a.srt", b"x" * (LARGEST_TEXT_FILE + 1), "document_too_large"),
    ],
)
def test_what_cannot_be_translated_is_refused(name: str, data: bytes, key: str) -> None:
    """Each with the sentence that says what to do about it."""
    with pytest.raises(DemoError) as caught:
        open_document(name, data)
    assert caught.value.key == key


def test_the_ending_may_be_in_capitals() -> None:
    """As cameras and old programs write it; and a path is no part of the name."""
    assert [each.text for each in open_document("C:\\x.y\\A.TXT", b"word").body.segments] == ["word"]
    assert ".docx" in REWRITABLE
