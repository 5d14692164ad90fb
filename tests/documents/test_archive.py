"""Entries of ZIPs that are not what they declare."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from llama_demo.documents.archive import Archive
from llama_demo.documents.bundle import Bundle
from llama_demo.documents.registry import format_of
from llama_demo.errors import DocumentError

_HIDDEN = 64 * 1024 * 1024


def _lying() -> bytes:
    """An entry of 64 MiB of zeros that says in the archive's directory that it has 100 bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(_HIDDEN))
    data = bytearray(target.getvalue())
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 100)
    return bytes(data)


@pytest.mark.parametrize("kind", [Archive, Bundle])
def test_no_more_is_unpacked_than_was_declared(kind: type[Archive | Bundle]) -> None:
    """A small upload that hides gigabytes behind a small declared size cannot fill the memory."""
    opened = kind(_lying())
    tracemalloc.start()
    try:
        with pytest.raises(DocumentError) as caught:
            opened.read("a.txt")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.key == "file_damaged"
    assert most < _HIDDEN / 8


def test_backslashes_part_folders() -> None:
    """Some programs for Windows write them; the format is told and read all the same."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word\\document.xml", "words")
    opened = Archive(target.getvalue())
    assert opened.names == {"word/document.xml"}
    assert opened.read("word/document.xml") == b"words"
    assert format_of("a.docx", target.getvalue()) == ".docx"


def test_a_packing_without_a_limit_is_refused() -> None:
    """Bzip2 and LZMA unpack whatever they are given at once."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.txt", "words")
    for kind in (Archive, Bundle):
        with pytest.raises(DocumentError):
            kind(target.getvalue())
