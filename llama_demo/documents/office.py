"""Office files and books: ZIP packages of XML, looked through before a library opens them."""

from __future__ import annotations

import re

from llama_demo.documents.archive import Archive
from llama_demo.errors import DocumentError, InputError

LARGEST_ENTRY = 256 * 1024 * 1024
LARGEST_WHOLE = 512 * 1024 * 1024
"""Bytes, unpacked; slides hold films."""

_PARTS = (".xml", ".rels", ".opf")
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = 4096  # bytes; a declaration stands before the first element
_GENERAL = {"document_broken": "file_damaged", "document_locked": "file_locked"}


def open_package(data: bytes) -> Archive:
    """The package, within the limits of size.

    Raises:
        DocumentError: ``document_bomb``, ``file_locked``, ``file_damaged``.
    """
    try:
        return Archive(data, largest_entry=LARGEST_ENTRY, largest_whole=LARGEST_WHOLE)
    except InputError as exc:
        raise DocumentError(_GENERAL.get(exc.key, exc.key), **exc.values) from exc


def check_package(data: bytes) -> None:
    """Refuse what no office program writes: entities, which can grow without end or name other files.

    Raises:
        DocumentError: as :func:`open_package`.
    """
    package = open_package(data)
    for name in package.names:
        if name.lower().endswith(_PARTS):
            try:
                beginning = package.read(name)[:_PROLOGUE].replace(b"\0", b"")
            except InputError as exc:
                raise DocumentError("file_damaged") from exc
            if _DECLARED.search(beginning):
                raise DocumentError("document_bomb")
