"""Office files and books: ZIP packages of XML, looked through before a library opens them."""

from __future__ import annotations

import re

from llama_demo.documents.archive import Archive, ArchiveLimits
from llama_demo.errors import DocumentError

LIMITS = ArchiveLimits(entry=256 * 1024**2, whole=512 * 1024**2)
"""Slides hold films."""

_PARTS = (".xml", ".rels", ".opf")
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PROLOGUE = 4096  # bytes; a declaration stands before the first element


def open_package(data: bytes) -> Archive:
    """The package, within the limits of size.

    Raises:
        DocumentError: ``document_bomb``, ``file_locked``, ``file_damaged``.
    """
    return Archive(data, limits=LIMITS)


def check_package(data: bytes) -> None:
    """Refuse what no office program writes: entities, which can grow without end or name other files.

    Raises:
        DocumentError: as :func:`open_package`.
    """
    package = open_package(data)
    for name in package.names:
        if name.lower().endswith(_PARTS):
            beginning = package.read(name)[:_PROLOGUE].replace(b"\0", b"")
            if _DECLARED.search(beginning):
                raise DocumentError("document_bomb")
