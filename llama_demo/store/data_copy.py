"""A copy of the data folder on other storage, such as a mounted bucket, from which a new machine starts.

SQLite needs locks and writes in place, which mounted object storage does not have, so the database stays on
the local disk. The copy is an archive as ``--backup`` makes it, written anew in full and without what was
deleted: first on the local disk, then from its first byte to its last beside the former copy, which it
replaces by renaming. It is compressed unless that takes longer than the storage does for the bytes saved.

    llama_demo.zip                the copy; its comment is the id of the data
    llama_demo.zip.new            the one that is being written
    llama_demo.writer             the program that writes it: the last one that was started
    llama_demo.damaged-DATE.zip   a copy that could not be read
    llama_demo.other-DATE.zip     a copy of other data than those of this machine
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
import sqlite3
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from llama_demo.errors import StoreError
from llama_demo.store.backup import DATABASE, copy_database, pack, restore
from llama_demo.store.damage import put_aside_if_damaged
from llama_demo.store.database import Database, opening
from llama_demo.store.failures import as_store_error
from llama_demo.store.processes import any_lives

ID = "copy_id"
"""File of the data folder: the id of its data, which a copy of them carries."""

_COPYING = "copying-"
_PIECE = 1_048_576  # bytes
_NO_SYNC = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP)  # of storage that stores a file when it is closed


@dataclass(frozen=True)
class CopyPace:
    """How fast the last copies came about, and what is therefore the quickest way for the next one.

    Attributes:
        compressing: seconds for each byte of the data; None until they were compressed once.
        saved: share of the bytes that compressing saved.
        sending: seconds for each byte that the storage took.
    """

    compressing: float | None = None
    saved: float = 0.0
    sending: float = 0.0

    @property
    def method(self) -> int:
        """By which the next archive is packed, of :mod:`zipfile`."""
        slow = self.compressing is not None and self.compressing > self.saved * self.sending
        return zipfile.ZIP_STORED if slow else zipfile.ZIP_DEFLATED

    def after(self, method: int, sizes: tuple[int, int], seconds: tuple[float, float]) -> CopyPace:
        """The pace after one more copy.

        Args:
            method: by which it was packed.
            sizes: of the data and of the archive, in bytes.
            seconds: that packing and sending took.
        """
        size, packed = sizes
        sending = seconds[1] / packed
        if method == zipfile.ZIP_STORED:
            return replace(self, sending=sending)
        return CopyPace(seconds[0] / size, 1 - packed / size, sending)


class DataCopy:
    """The copy of a data folder.

    Args:
        folder: the data folder.
        target: the folder of the copy; both are made if they are missing.
    """

    def __init__(self, folder: Path, target: Path) -> None:
        self._folder = folder
        self._target = target
        self._copy = target / "llama_demo.zip"
        self._partial = target / "llama_demo.zip.new"
        self._writer = target / "llama_demo.writer"
        self._token = secrets.token_hex(16)
        self._lock = threading.Lock()
        self._written: int | None = None
        self._pace = CopyPace()
        self._watch: sqlite3.Connection | None = None

    def prepare(self) -> list[StoreError]:
        """Restore the data where the data folder has none, or damaged ones. Before the database is opened.

        Returns:
            What the operator should know: ``database_set_aside``, ``database_replaced``, ``copy_set_aside``,
            ``copy_other``.

        Raises:
            StoreError: ``copy_unusable`` and ``backup_failed`` if the storage cannot be read or written,
                ``database_newer``, ``disk_full``. The copy stays as it is, also if the start fails later.
        """
        with self._reached("copy_unusable"):
            self._target.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._copy.exists()
        aside = self._put_aside_database()
        if not (self._folder / DATABASE).exists():
            return self._restored(aside)
        if self._copy.exists() and self._id_of_copy() != self._own_id():
            return [StoreError("copy_other", path=str(self._put_aside("other")))]
        return []

    def claim(self) -> None:
        """Become the one program that writes the copy; an earlier one that still runs stops writing it.

        Raises:
            StoreError: ``copy_unusable``.
        """
        with self._reached("copy_unusable"):
            self._writer.write_text(self._token, encoding="ascii")

    def write(self, database: Database) -> bool:
        """Write the copy anew, unless nothing was stored since the last time.

        Args:
            database: of the data folder, open.

        Returns:
            Whether it was written.

        Raises:
            StoreError: ``copy_failed``, ``copy_taken_over``, or what is wrong with the database.
        """
        with self._lock, self._reached("copy_failed"):
            version = self._version()
            if version == self._written and self._copy.exists():
                return False
            self._refuse_second_writer()
            with TemporaryDirectory(dir=self._folder, prefix=_COPYING) as made:
                copied, archive = Path(made) / DATABASE, Path(made) / "archive"
                with database.copying():
                    documents = copy_database(self._folder / DATABASE, copied)
                method, begun = self._pace.method, time.monotonic()
                comment = self._own_id().encode()
                size = pack(self._folder, copied, documents, archive, comment, method=method)
                packed = time.monotonic()
                _send(archive, self._partial)
                sent = time.monotonic()
                sizes = size, archive.stat().st_size
                self._pace = self._pace.after(method, sizes, (packed - begun, sent - packed))
            os.replace(self._partial, self._copy)
            self._written = version
            return True

    def close(self) -> None:
        """Close the connection to the database."""
        with self._lock:
            if self._watch is not None:
                self._watch.close()
                self._watch = None

    def _put_aside_database(self) -> Path | None:
        """Rename a damaged database, and remove what a killed program left of a copy that it made."""
        with opening(self._folder / DATABASE):
            if any_lives(self._folder / "processes"):
                return None
            for left in self._folder.glob(f"{_COPYING}*"):
                shutil.rmtree(left, ignore_errors=True)
            return put_aside_if_damaged(self._folder / DATABASE)

    def _restored(self, aside: Path | None) -> list[StoreError]:
        """Restore the data.

        Args:
            aside: where the damaged database is that they replace.
        """
        begun_anew = [StoreError("database_set_aside", path=str(aside))] if aside else []
        source = self._copy if self._copy.exists() else self._partial
        if not source.exists():
            return begun_anew
        try:
            restore(self._folder, source, forget_visits=False)
        except StoreError as exc:
            if exc.key not in ("backup_damaged", "backup_foreign"):
                raise
            if source == self._partial:  # of the first copy, which was not finished
                return begun_anew
            return [*begun_anew, StoreError("copy_set_aside", path=str(self._put_aside("damaged")))]
        self._write_id(self._id_of(source) or secrets.token_hex(16))
        return [StoreError("database_replaced", path=str(aside))] if aside else []

    def _refuse_second_writer(self) -> None:
        if self._writer.exists() and self._writer.read_text(encoding="ascii") != self._token:
            raise StoreError("copy_taken_over", path=str(self._target))

    def _version(self) -> int:
        """A number that changes with each commit of another connection."""
        try:
            if self._watch is None:
                uri = f"{(self._folder / DATABASE).absolute().as_uri()}?mode=ro"
                self._watch = sqlite3.connect(uri, uri=True, check_same_thread=False)
            with closing(self._watch.execute("PRAGMA data_version")) as rows:
                return int(rows.fetchone()[0])
        except sqlite3.Error as exc:
            raise as_store_error(exc, self._folder / DATABASE) from exc

    def _own_id(self) -> str:
        path = self._folder / ID
        if not path.exists():
            self._write_id(secrets.token_hex(16))
        return path.read_text(encoding="ascii")

    def _write_id(self, value: str) -> None:
        (self._folder / ID).write_text(value, encoding="ascii")

    def _id_of_copy(self) -> str:
        try:
            return self._id_of(self._copy)
        except zipfile.BadZipFile:
            return ""

    def _id_of(self, archive: Path) -> str:
        with self._reached("copy_unusable"), zipfile.ZipFile(archive) as opened:
            return opened.comment.decode("ascii", "replace")

    def _put_aside(self, why: str) -> Path:
        """Rename the copy, so that no later one takes its place; returns its new path."""
        moment, number = f"{datetime.now(UTC):%Y%m%d-%H%M%S}", 1
        aside = self._target / f"llama_demo.{why}-{moment}.zip"
        while aside.exists():
            number += 1
            aside = self._target / f"llama_demo.{why}-{moment}-{number}.zip"
        with self._reached("copy_unusable"):
            os.rename(self._copy, aside)
        return aside

    @contextmanager
    def _reached(self, key: str) -> Iterator[None]:
        """Turn the system's errors of the block into a StoreError of this key."""
        try:
            yield
        except OSError as exc:
            raise StoreError(key, path=str(self._target), detail=exc.strerror or str(exc)) from exc


def _send(source: Path, target: Path) -> None:
    """Write a file from its first byte to its last, as storage wants it that cannot change a file.

    Raises:
        OSError: it did not arrive in full.
    """
    with source.open("rb") as reading, open(target, "wb", opener=_private) as writing:
        shutil.copyfileobj(reading, writing, _PIECE)
        writing.flush()
        try:
            os.fsync(writing.fileno())
        except OSError as exc:
            if exc.errno not in _NO_SYNC:
                raise
    if target.stat().st_size != source.stat().st_size:
        raise OSError(errno.EIO, "the copy is shorter than it should be")


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner can read, where the storage knows owners."""
    return os.open(path, flags, 0o600)
