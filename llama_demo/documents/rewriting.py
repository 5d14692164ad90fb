"""Files whose words can be exchanged, by the ending of their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from llama_demo.documents.formats import suffix_of
from llama_demo.documents.rewriters.markdown import open_markdown
from llama_demo.documents.rewriters.plain import open_plain
from llama_demo.documents.rewriters.subtitles import open_subtitles
from llama_demo.documents.rewriters.table import open_table
from llama_demo.documents.rewriters.word import open_word
from llama_demo.documents.segments import RewritableDocument
from llama_demo.errors import InputError

LARGEST_FILE = 10 * 1024 * 1024
"""Bytes."""

LARGEST_TEXT_FILE = 1024 * 1024
"""Bytes of a format that is text throughout."""

REWRITERS: Mapping[str, Callable[[bytes], RewritableDocument]] = MappingProxyType(
    {
        ".txt": open_plain,
        ".md": open_markdown,
        ".srt": open_subtitles,
        ".docx": open_word,
        ".csv": open_table,
    }
)
SUFFIXES = tuple(REWRITERS)

_BEGINNINGS = {b"PK\x03\x04": ".docx", b"%PDF-": ".pdf", b"{\\rtf": ".rtf", b"\xd0\xcf\x11\xe0": ".doc"}


def open_document(name: str, data: bytes) -> RewritableDocument:
    """Read a file.

    All of it happens here, in limits of size that are checked before anything is unpacked or parsed; no
    code of the file is run and nothing that it refers to is fetched.

    Raises:
        InputError: ``document_kind_unknown``, ``document_macros``, ``document_too_large``,
            ``document_empty``, ``document_other_kind`` if the name says something else than the bytes, and
            what the format's rewriter raises.
    """
    suffix = suffix_of(name)
    if suffix in (".docm", ".dotm"):
        raise InputError("document_macros")
    if suffix not in REWRITERS:
        raise InputError("document_kind_unknown", kinds=" ".join(SUFFIXES))
    limit = LARGEST_FILE if suffix == ".docx" else LARGEST_TEXT_FILE
    if len(data) > limit:
        raise InputError("document_too_large", bytes=len(data), limit=limit)
    if not data.strip():
        raise InputError("document_empty")
    actual = next((kind for sign, kind in _BEGINNINGS.items() if data.startswith(sign)), "")
    encrypted = suffix == ".docx" and actual == ".doc"  # how Word stores a document with a password
    if not encrypted and (actual or suffix == ".docx") and actual != suffix:
        raise InputError("document_other_kind", suffix=suffix)
    return REWRITERS[suffix](data)
