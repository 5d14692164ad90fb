"""Opens the files that can be written again: their segments come from the same parse as their blocks."""

from __future__ import annotations

from dataclasses import dataclass

from llama_demo.documents.archive import Archive
from llama_demo.documents.document import DocumentNotice
from llama_demo.documents.registry import (
    FORMATS,
    REWRITABLE,
    format_of,
    read_document,
    refuse_suffix,
    suffix_of,
)
from llama_demo.documents.segments import RewritableDocument
from llama_demo.errors import DocumentError, InputError

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""

LARGEST_TEXT_FILE = 1024 * 1024
"""Bytes of a format that is text throughout."""


@dataclass(frozen=True)
class OpenedDocument:
    """A file that is ready to be rewritten.

    Attributes:
        notices: what its segments do not hold, though the file does.
    """

    body: RewritableDocument
    notices: tuple[DocumentNotice, ...] = ()


def refuse_unwritable(name: str, size: int) -> None:
    """Refuse what need not be opened.

    Args:
        size: of the file in bytes.

    Raises:
        InputError: ``document_kind_unknown``, ``document_too_large``.
        DocumentError: ``file_macros``, ``file_old_office``.
    """
    suffix = suffix_of(name)
    refuse_suffix(suffix)
    if suffix not in REWRITABLE:
        raise InputError("document_kind_unknown", kinds=" ".join(REWRITABLE))
    limit = LARGEST_FILE if FORMATS[suffix].signed else LARGEST_TEXT_FILE
    if size > limit:
        raise InputError("document_too_large", bytes=size, limit=limit)


def open_document(name: str, data: bytes) -> OpenedDocument:
    """Read a file in this process; :meth:`~llama_demo.documents.parsing.Parser.open` does it in a worker.

    Raises:
        InputError: as :func:`refuse_unwritable`, ``document_too_long``, ``document_too_many_passages``.
        DocumentError: as :func:`~llama_demo.documents.registry.read_document`, and ``file_other_kind`` if
            the name says something else than the bytes.
    """
    refuse_unwritable(name, len(data))
    suffix = suffix_of(name)
    if format_of(name, data) != suffix:
        raise DocumentError("file_other_kind", suffix=suffix)
    if FORMATS[suffix].signed:
        Archive(data)  # within narrower limits than those of files that are read only
    document = read_document(name, data)
    assert document.rewritable is not None
    return OpenedDocument(document.rewritable(), document.notices)
