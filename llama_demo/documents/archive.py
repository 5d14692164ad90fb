"""Files that are ZIP archives, opened with care: nothing is unpacked before its size was checked."""

from __future__ import annotations

import contextlib
import io
import itertools
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_demo.errors import DocumentError

COMPOUND_FILE = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of a compound file, in which Office stores old documents and locked ones."""

LARGEST_RATIO = 200
"""Unpacked bytes to a packed one; text of an office document comes to 10 or 20."""

_LENGTHS_AT = 26
"""Byte of a local header at which the lengths of what follows it stand: of the name, and of the rest."""
_SMALL = 1024 * 1024  # a ratio tells nothing of an entry that is harmless whatever it is
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a limit
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""Exceptions for a damaged entry."""


@dataclass(frozen=True)
class ArchiveLimits:
    """Limits of an archive.

    Attributes:
        entries: how many.
        entry, whole: bytes, unpacked, of one and of all together.
    """

    entries: int = 4_000
    entry: int = 32 * 1024**2
    whole: int = 128 * 1024**2


PACKAGE_LIMITS = ArchiveLimits(entry=256 * 1024**2, whole=512 * 1024**2)
"""Limits of an office file or a book that is read and not written; slides hold films."""


class Archive:
    """An archive whose declared contents are within the limits.

    Args:
        source: the whole file, or where it lies.

    Raises:
        DocumentError: ``document_bomb`` if there is too much in it, ``file_locked``, ``file_damaged``.
    """

    def __init__(self, source: bytes | Path, *, limits: ArchiveLimits | None = None) -> None:
        if isinstance(source, bytes) and source.startswith(COMPOUND_FILE):
            # Office puts an encrypted document, and the old binary ones, into such a file.
            raise DocumentError("file_locked")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as exc:
            raise DocumentError("file_damaged") from exc
        self.entries: Sequence[zipfile.ZipInfo] = self._zip.infolist()
        self._by_name = {_slashed(entry.filename): entry for entry in self.entries}
        self._check(limits or ArchiveLimits())

    def _check(self, limits: ArchiveLimits) -> None:
        whole = sum(entry.file_size for entry in self.entries)
        if len(self.entries) > limits.entries or whole > limits.whole:
            raise DocumentError("document_bomb")
        for entry in self.entries:
            ratio = entry.file_size / max(1, entry.compress_size)
            if entry.file_size > limits.entry or (entry.file_size > _SMALL and ratio > LARGEST_RATIO):
                raise DocumentError("document_bomb")
            if entry.flag_bits & _ENCRYPTED:
                raise DocumentError("file_locked")
            if entry.compress_type not in _METHODS:
                raise DocumentError("file_damaged")
        # Entries that share their bytes unpack to more than all limits allow.
        spans = sorted((one.header_offset, one.header_offset + one.compress_size) for one in self.entries)
        if any(end > start for (_, end), (start, _) in itertools.pairwise(spans)):
            raise DocumentError("document_bomb")
        if len(self._by_name) < len(self.entries):
            # Readers differ in which of two entries of a name counts.
            raise DocumentError("file_damaged")

    @property
    def names(self) -> frozenset[str]:
        """Of all entries, with slashes between folders."""
        return frozenset(self._by_name)

    def read(self, name: str) -> bytes:
        """An entry, unpacked: at most as many bytes as it declared.

        Asked for everything, ``zipfile`` unpacks all that is there, however small the declared size.

        Raises:
            DocumentError: ``file_damaged`` if it is missing, damaged, or not what it declared.
        """
        try:
            entry = self._by_name[_slashed(name)]
            with self._zip.open(entry) as file:
                return file.read(entry.file_size)
        except (KeyError, *_DAMAGE) as exc:
            raise DocumentError("file_damaged") from exc

    def replaced(self, contents: dict[str, bytes]) -> bytes:
        """The archive with other contents in some entries; order, names and times stay.

        Of an entry that is damaged what can be unpacked is copied: a picture that is broken stays so.
        """
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            for name, entry in self._by_name.items():
                data = contents.get(name)
                anew = zipfile.ZipInfo(entry.filename, entry.date_time)
                anew.external_attr = entry.external_attr
                out.writestr(anew, self._copied(name) if data is None else data, entry.compress_type)
        return target.getvalue()

    def _copied(self, name: str) -> bytes:
        """An entry's bytes, whether or not they are those that were packed."""
        try:
            return self.read(name)
        except DocumentError:
            entry = self._by_name[name]
        assert self._zip.fp is not None
        self._zip.fp.seek(entry.header_offset + _LENGTHS_AT)
        lengths = int.from_bytes(self._zip.fp.read(2), "little") + int.from_bytes(
            self._zip.fp.read(2), "little"
        )
        self._zip.fp.seek(lengths, io.SEEK_CUR)
        packed = self._zip.fp.read(entry.compress_size)
        if entry.compress_type == zipfile.ZIP_STORED:
            return packed[: entry.file_size]
        unpacked = b""
        with contextlib.suppress(zlib.error):
            unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, entry.file_size)
        return unpacked

    def close(self) -> None:
        """Close the file."""
        self._zip.close()


def _slashed(name: str) -> str:
    """A name as it should be written: some programs for Windows part folders by backslashes."""
    return name.replace("\\", "/")


def open_package(data: bytes) -> Archive:
    """An office file or a book, within :data:`PACKAGE_LIMITS`.

    Raises:
        DocumentError: as :class:`Archive`.
    """
    return Archive(data, limits=PACKAGE_LIMITS)
