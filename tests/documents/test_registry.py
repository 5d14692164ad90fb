"""The bytes of a file decide which format it is in."""

from __future__ import annotations

import pytest

from llama_demo.documents.registry import format_of
from tests.documents.files import pdf
from tests.documents.office_files import docx


@pytest.mark.parametrize(
    ("name", "data", "suffix"),
    [
        ("a.md", b"# Files\n\nA PDF begins with %PDF- and a version.", ".md"),
        ("a.js", b"/* %PDF-1.7 */", ".js"),
        ("a.txt", pdf("Words"), ".pdf"),
        ("a.dotx", docx("<w:p/>"), ".docx"),
        ("a.pdf", b"\r\nscanner\r\n" + pdf("Words"), ".pdf"),
    ],
)
def test_the_bytes_tell(name: str, data: bytes, suffix: str) -> None:
    """The mark of a PDF stands first, or near the beginning of a file that is called one."""
    assert format_of(name, data) == suffix
