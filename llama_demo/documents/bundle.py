"""Several files in one ZIP: listed, checked and read one by one; nothing is ever unpacked to a disk."""

from __future__ import annotations

import stat
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from types import MappingProxyType

from llama_demo.documents.archive import Archive, ArchiveLimits
from llama_demo.documents.registry import suffix_of

LIMITS = ArchiveLimits(entries=10_000, entry=100 * 1024**2, whole=1024**3)

_UTF8_NAME = 0x800
_NESTED = frozenset((".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".zst"))
_JUNK = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini"))


@dataclass(frozen=True)
class BundleEntry:
    """A file of a bundle.

    Attributes:
        name: relative, with slashes.
        size: bytes, unpacked.
    """

    name: str
    size: int


class Bundle:
    """The files of a ZIP.

    Attributes:
        entries: those that can be read, in the archive's order.
        refused: the others with the reason: ``bundle_path`` for a name that leads out of its folder,
            ``bundle_link``, ``bundle_nested`` for an archive in the archive.

    Raises:
        DocumentError: ``document_bomb``, ``file_locked`` or ``file_damaged`` for the whole archive.
    """

    def __init__(self, source: bytes | Path) -> None:
        self._archive = Archive(source, limits=LIMITS)
        self._infos: dict[str, zipfile.ZipInfo] = {}
        refused: dict[str, str] = {}
        for info in self._archive.entries:
            name = _name(info)
            if info.is_dir() or _is_junk(name):
                continue
            if reason := _reason(name, info):
                refused[name] = reason
            else:
                self._infos[name] = info
        self.entries = tuple(BundleEntry(name, info.file_size) for name, info in self._infos.items())
        self.refused: Mapping[str, str] = MappingProxyType(refused)

    def read(self, name: str) -> bytes:
        """The bytes of one of :attr:`entries`; never more than it declared.

        Raises:
            DocumentError: ``file_damaged``.
        """
        return self._archive.read(self._infos[name].filename)

    def close(self) -> None:
        """Close the file."""
        self._archive.close()


def _name(info: zipfile.ZipInfo) -> str:
    """An entry's name. Old archivers wrote names in the encoding of their country and said nothing."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _is_junk(name: str) -> bool:
    parts = name.split("/")
    return (parts[-1].startswith(".") and parts[-1] != "..") or not _JUNK.isdisjoint(parts)


def _reason(name: str, info: zipfile.ZipInfo) -> str:
    path = PureWindowsPath(name)
    if path.is_absolute() or path.drive or path.root or ".." in path.parts or not name.isprintable():
        return "bundle_path"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "bundle_link"
    return "bundle_nested" if suffix_of(name) in _NESTED else ""
