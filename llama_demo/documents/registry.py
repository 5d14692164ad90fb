"""Which formats there are, and which one a file is in: the bytes decide, the name only among texts."""

from __future__ import annotations

import importlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from types import MappingProxyType

from llama_demo.documents.archive import COMPOUND_FILE
from llama_demo.documents.document import Document, cleaned
from llama_demo.errors import DocumentError


@dataclass(frozen=True)
class Format:
    """How files of one ending are read.

    Attributes:
        module: in ``documents``, with ``read(data: bytes, suffix: str) -> Document``. It is named, not
            imported: a format's library is loaded when the first such file comes.
        signed: whether its files begin with a signature; without it, they are of another format.
        media_type: of a file that is written again; empty for a format that is read only.
    """

    module: str
    signed: bool = False
    media_type: str = ""


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_CODE = (
    "py pyi js mjs cjs ts jsx tsx java kt kts scala groovy c h cc cpp cxx hh hpp hxx cs go rs swift m mm rb "
    "php pl pm lua r jl hs ml ex exs erl clj dart sh bash zsh fish ps1 bat cmd sql css scss less vue svelte "
    "xml xsl xsd svg po adoc org "
    "yaml yml toml ini cfg conf properties cmake mk gradle proto graphql diff patch f90 f95 pas vb asm s"
).split()
"""Endings of source code and configuration, which are read as lines."""

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".txt": Format("formats.plain_text", media_type="text/plain"),
        ".text": Format("formats.plain_text"),
        ".log": Format("formats.source_code"),
        ".md": Format("formats.markdown.reader", media_type="text/markdown"),
        ".markdown": Format("formats.markdown.reader"),
        ".html": Format("formats.html.reader"),
        ".htm": Format("formats.html.reader"),
        ".xhtml": Format("formats.html.reader"),
        ".pdf": Format("formats.pdf.reader", signed=True),
        ".docx": Format("formats.ooxml.docx", signed=True, media_type=_DOCX),
        ".dotx": Format("formats.ooxml.docx", signed=True),
        ".pptx": Format("formats.ooxml.pptx", signed=True),
        ".ppsx": Format("formats.ooxml.pptx", signed=True),
        ".potx": Format("formats.ooxml.pptx", signed=True),
        ".xlsx": Format("formats.ooxml.xlsx", signed=True),
        ".xltx": Format("formats.ooxml.xlsx", signed=True),
        ".odt": Format("formats.opendocument.reader", signed=True),
        ".ods": Format("formats.opendocument.reader", signed=True),
        ".odp": Format("formats.opendocument.reader", signed=True),
        **{suffix: Format("formats.opendocument.reader", signed=True) for suffix in (".ott", ".ots", ".otp")},
        ".rtf": Format("formats.rtf.reader", signed=True),
        ".eml": Format("formats.eml"),
        ".csv": Format("formats.delimited_text", media_type="text/csv"),
        ".tsv": Format("formats.delimited_text", media_type="text/tab-separated-values"),
        ".epub": Format("formats.epub", signed=True),
        ".srt": Format("formats.subtitles.subrip", media_type="application/x-subrip"),
        ".vtt": Format("formats.subtitles.subrip", media_type="text/vtt"),
        ".ass": Format("formats.subtitles.substation_alpha", media_type="text/x-ssa"),
        ".ssa": Format("formats.subtitles.substation_alpha", media_type="text/x-ssa"),
        ".ipynb": Format("formats.notebook"),
        ".json": Format("formats.json_records"),
        ".jsonl": Format("formats.json_records"),
        ".ndjson": Format("formats.json_records"),
        ".tex": Format("formats.latex.reader"),
        ".latex": Format("formats.latex.reader"),
        ".rst": Format("formats.restructuredtext"),
        ".rest": Format("formats.restructuredtext"),
        **{f".{name}": Format("formats.source_code") for name in _CODE},
    }
)
"""The formats by the ending of a file's name, in small letters."""

SUFFIXES = tuple(FORMATS)

NAMED = tuple(suffix for suffix, one in FORMATS.items() if suffix[1:] not in _CODE)
"""Suffixes that a person is told of; the others are endings of source code."""

REWRITABLE = tuple(suffix for suffix, one in FORMATS.items() if one.media_type)
"""Suffixes of the formats that can be written again."""

_PACKED = {"word/": ".docx", "ppt/": ".pptx", "xl/": ".xlsx"}
_OPEN_DOCUMENTS = (".odt", ".ods", ".odp")
_MACROS = frozenset((".docm", ".dotm", ".xlsm", ".xltm", ".pptm", ".potm"))
_OLD = MappingProxyType({".doc": ".docx", ".xls": ".xlsx", ".ppt": ".pptx", ".dot": ".docx", ".pps": ".pptx"})
"""Binary formats of old Office programs, and what to save them as."""
_PDF_HEADER = 1024  # bytes; viewers accept the mark anywhere in them


def suffix_of(name: str) -> str:
    """The ending of a file's name, in small letters."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def read_document(name: str, data: bytes) -> Document:
    """Parse a file in this process.

    Raises:
        DemoError: as :func:`format_of`, and what the format raises.
    """
    suffix = format_of(name, data)
    module = importlib.import_module(f"llama_demo.documents.{FORMATS[suffix].module}")
    document: Document = module.read(data, suffix)
    return cleaned(document)


def format_of(name: str, data: bytes) -> str:
    """The suffix that stands for what the bytes are, whatever the name says.

    Raises:
        DocumentError: ``document_empty``, ``file_macros``, ``file_old_office``, ``file_locked`` for an
            encrypted office file, ``file_kind_unknown``, ``file_other_kind`` if nothing here reads what the
            bytes are.
    """
    suffix = suffix_of(name)
    refuse_suffix(suffix)
    if suffix not in FORMATS:
        raise DocumentError("file_kind_unknown", suffix=suffix or name, kinds=" ".join(NAMED))
    if not data.strip(b" \t\r\n\0"):
        raise DocumentError("document_empty")
    if data.startswith(COMPOUND_FILE):
        raise _ole_error(suffix, data)
    actual = _by_content(suffix, data)
    if actual:
        return actual
    if FORMATS[suffix].signed:
        raise DocumentError("file_other_kind", suffix=suffix)
    return suffix


def refuse_suffix(suffix: str) -> None:
    """Refuse what no program here reads, with what to save it as.

    Raises:
        DocumentError: ``file_macros``, ``file_old_office``.
    """
    if suffix in _MACROS:
        raise DocumentError("file_macros")
    if suffix in _OLD:
        raise DocumentError("file_old_office", suffix=suffix, instead=_OLD[suffix])


def _ole_error(suffix: str, data: bytes) -> DocumentError:
    """Why a compound file is not read: Office stores both old documents and locked ones in such a file."""
    streams = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}
    for stream, old in streams.items():
        if stream.encode("utf-16-le") in data:
            return DocumentError("file_old_office", suffix=old, instead=_OLD[old])
    return DocumentError("file_locked" if FORMATS[suffix].signed else "file_other_kind", suffix=suffix)


def _by_content(suffix: str, data: bytes) -> str:
    """The suffix of a format that has a signature of its own; empty if there is none."""
    if data.startswith(b"%PDF-") or (FORMATS[suffix].signed and b"%PDF-" in data[:_PDF_HEADER]):
        return ".pdf"
    if data.startswith(b"{\\rtf"):
        return ".rtf"
    if not data.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name.replace("\\", "/") for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as exc:
        key = "file_damaged" if FORMATS[suffix].signed else "file_other_kind"
        raise DocumentError(key, suffix=suffix) from exc
    if "META-INF/container.xml" in names:
        return ".epub"
    if "content.xml" in names:
        return suffix if suffix in _OPEN_DOCUMENTS else _OPEN_DOCUMENTS[0]
    return next(
        (suffix for folder, suffix in _PACKED.items() if any(n.startswith(folder) for n in names)), ""
    )
