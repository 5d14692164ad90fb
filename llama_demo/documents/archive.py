"""Files that are ZIP archives, opened with care: nothing is unpacked before its size was checked."""

from __future__ import annotations

import io
import zipfile
import zlib

from llama_demo.errors import InputError

MOST_ENTRIES = 4_000
LARGEST_ENTRY = 32 * 1024 * 1024
"""Bytes, unpacked."""

LARGEST_WHOLE = 128 * 1024 * 1024
"""Bytes of all entries together, unpacked."""

LARGEST_RATIO = 200
"""Unpacked bytes to a packed one; text of an office document comes to 10 or 20."""

_SMALL = 1024 * 1024  # a ratio tells nothing of an entry that is harmless whatever it is
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)
"""What reading an entry raises where the archive is not what it says."""


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry that is stored or deflated: at most as many as it declared.

    Asked for everything, ``zipfile`` unpacks all that is there, however small the declared size.

    Raises:
        Exception: one of :data:`DAMAGE`.
    """
    with archive.open(entry) as file:
        return file.read(entry.file_size)


class Archive:
    """An archive of which everything that was declared is within the limits.

    Args:
        data: the whole file.
        largest_entry, largest_whole: bytes, unpacked.

    Raises:
        InputError: ``document_bomb``, ``document_locked`` for what is encrypted, ``document_broken``.
    """

    def __init__(
        self, data: bytes, *, largest_entry: int = LARGEST_ENTRY, largest_whole: int = LARGEST_WHOLE
    ) -> None:
        self._largest_entry, self._largest_whole = largest_entry, largest_whole
        if data.startswith(_OLE):
            # Office puts an encrypted document, and the old binary ones, into such a file.
            raise InputError("document_locked")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as exc:
            raise InputError("document_broken") from exc
        self.entries = self._zip.infolist()
        self._check()

    def _check(self) -> None:
        total = 0
        for entry in self.entries:
            total += entry.file_size
            ratio = entry.file_size / max(1, entry.compress_size)
            if entry.file_size > self._largest_entry or (entry.file_size > _SMALL and ratio > LARGEST_RATIO):
                raise InputError("document_bomb")
            if entry.flag_bits & _ENCRYPTED:
                raise InputError("document_locked")
            if entry.compress_type not in METHODS:
                raise InputError("document_broken")
        names = {entry.filename for entry in self.entries}
        if len(self.entries) > MOST_ENTRIES or total > self._largest_whole:
            raise InputError("document_bomb")
        if len(names) < len(self.entries):
            raise InputError("document_broken")  # two entries of a name: readers differ in which one counts

    @property
    def names(self) -> frozenset[str]:
        """Of all entries."""
        return frozenset(entry.filename for entry in self.entries)

    def read(self, name: str) -> bytes:
        """An entry, unpacked; never more than it declared.

        Raises:
            InputError: ``document_broken`` if it is missing, damaged, or not what it declared.
        """
        try:
            return unpacked(self._zip, self._zip.getinfo(name))
        except (KeyError, *DAMAGE) as exc:
            raise InputError("document_broken") from exc

    def replaced(self, contents: dict[str, bytes]) -> bytes:
        """The archive with other contents in some entries; order, names and times stay.

        Raises:
            InputError: ``document_broken`` as for :meth:`read`.
        """
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
            for entry in self.entries:
                data = contents.get(entry.filename)
                anew = zipfile.ZipInfo(entry.filename, entry.date_time)
                anew.external_attr = entry.external_attr
                content = self.read(entry.filename) if data is None else data
                out.writestr(anew, content, entry.compress_type)
        return target.getvalue()
