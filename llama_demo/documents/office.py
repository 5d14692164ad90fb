"""Office files and books: ZIP packages of XML, within limits of size."""

from __future__ import annotations

from llama_demo.documents.archive import Archive, ArchiveLimits

LIMITS = ArchiveLimits(entry=256 * 1024**2, whole=512 * 1024**2)
"""Slides hold films."""


def open_package(data: bytes) -> Archive:
    """The package, within the limits of size.

    Raises:
        DocumentError: ``document_bomb``, ``file_locked``, ``file_damaged``.
    """
    return Archive(data, limits=LIMITS)
