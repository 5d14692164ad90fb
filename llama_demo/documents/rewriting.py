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


def open_document(name: str, data: bytes) -> OpenedDocument:
    """Read a file.

    All of it happens here, in limits of size that are checked before anything is unpacked or parsed; no
    code of the file is run and nothing that it refers to is fetched.

    Raises:
        InputError: ``document_kind_unknown``, ``document_too_large``, ``document_too_long``,
            ``document_too_many_passages``.
        DocumentError: as :func:`~llama_demo.documents.registry.read_document`, and ``file_other_kind`` if
            the name says something else than the bytes.
    """
    suffix = suffix_of(name)
    refuse_suffix(suffix)
    if suffix not in REWRITABLE:
        raise InputError("document_kind_unknown", kinds=" ".join(REWRITABLE))
    limit = LARGEST_FILE if FORMATS[suffix].signed else LARGEST_TEXT_FILE
    if len(data) > limit:
        raise InputError("document_too_large", bytes=len(data), limit=limit)
    if format_of(name, data) != suffix:
        raise DocumentError("file_other_kind", suffix=suffix)
    if FORMATS[suffix].signed:
        Archive(data)  # within narrower limits than those of a process of its own
    document = read_document(name, data)
    assert document.rewritable is not None
    return OpenedDocument(document.rewritable(), document.notices)
