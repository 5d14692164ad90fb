"""Which formats can be read, and which one a file is in: the bytes decide, the name only among texts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from llama_demo.errors import DocumentError

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".txt": "plain",
        ".text": "plain",
        ".log": "plain",
        ".md": "markdown",
        ".markdown": "markdown",
        ".html": "web",
        ".htm": "web",
        ".xhtml": "web",
        ".pdf": "pdf",
        ".docx": "word",
        ".pptx": "slides",
        ".xlsx": "workbook",
        ".csv": "table",
        ".tsv": "table",
        ".epub": "book",
        ".srt": "subtitles",
        ".json": "records",
        ".jsonl": "records",
    }
)
"""The ending of a file's name and the module of ``documents/readers`` that reads it.

Modules are named, not imported: a worker loads a format's library when the first such file comes, and the
app itself never does.
"""

SUFFIXES = tuple(FORMATS)

_PACKED = {"word/": ".docx", "ppt/": ".pptx", "xl/": ".xlsx"}
_PACKED_SUFFIXES = frozenset((".docx", ".pptx", ".xlsx", ".epub"))
_MACROS = frozenset((".docm", ".dotm", ".xlsm", ".xltm", ".pptm", ".potm"))
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_PDF_HEADER = 1024  # bytes; the specification lets the mark stand anywhere in them


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def format_of(name: str, data: bytes) -> str:
    """The suffix that stands for what the bytes are, whatever the name says.

    Raises:
        DocumentError: ``document_empty``, ``file_macros``, ``file_locked`` for an encrypted office
            file, ``file_kind_unknown``, ``file_other_kind`` if nothing here reads what the bytes are.
    """
    suffix = suffix_of(name)
    if suffix in _MACROS:
        raise DocumentError("file_macros")
    if suffix not in FORMATS:
        raise DocumentError("file_kind_unknown", suffix=suffix or name, kinds=" ".join(SUFFIXES))
    if not data.strip(b" \t\r\n\0"):
        raise DocumentError("document_empty")
    if data.startswith(_OLE) and suffix in _PACKED_SUFFIXES:
        raise DocumentError("file_locked")  # how Office stores a document with a password
    actual = _by_content(data)
    if actual:
        return actual
    if suffix == ".pdf" or suffix in _PACKED_SUFFIXES:
        raise DocumentError("file_other_kind", suffix=suffix)
    return suffix


def _by_content(data: bytes) -> str:
    """The suffix of a format that has a mark of its own; empty if there is none."""
    if b"%PDF-" in data[:_PDF_HEADER] and not data[:1].isalpha():
        return ".pdf"
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
        raise DocumentError("file_damaged") from exc
    if "META-INF/container.xml" in names:
        return ".epub"
    return next(
        (suffix for folder, suffix in _PACKED.items() if any(n.startswith(folder) for n in names)), ""
    )
