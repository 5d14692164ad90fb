"""Backup and restore of a data folder: the database and the files of the library, in one ZIP archive.

A backup can be made while the app runs: ``VACUUM INTO`` writes a consistent copy of the database, without
what was deleted. A restore takes the place of the data at once, by renaming, and only while no app uses them.
"""

from __future__ import annotations

import errno
import lzma
import os
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlite_utils

from llama_demo.errors import StoreError
from llama_demo.store.damage import put_aside_if_damaged
from llama_demo.store.database import opening
from llama_demo.store.failures import as_store_error
from llama_demo.store.migrations import is_newer, migrations
from llama_demo.store.processes import any_lives

DATABASE = "llama_demo.db"
FILES = "library"

FILE_NAME = re.compile(r"[0-9A-Za-z_-]+")
"""Name of a document's file: its id."""


def back_up(folder: Path, target: Path) -> int:
    """Write a backup of a data folder.

    Args:
        folder: the data folder, which an app may use at the same time.
        target: the archive; there must be no file of this name.

    Returns:
        the archive's size in bytes.

    Raises:
        StoreError: ``backup_exists``, ``backup_nothing``, ``backup_failed``, ``disk_full``, or what is wrong
            with the database.
    """
    database = folder / DATABASE
    if target.exists():
        raise StoreError("backup_exists", path=str(target))
    if not database.exists():
        raise StoreError("backup_nothing", path=str(database))
    with _written(target), TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as made:
        copy, partial = Path(made) / DATABASE, Path(made) / "archive"
        documents = copy_database(database, copy)
        pack(folder, copy, documents, partial)
        _finish(partial, target)
    return target.stat().st_size


def pack(
    folder: Path,
    copy: Path,
    documents: Sequence[str],
    archive: Path,
    comment: bytes = b"",
    *,
    method: int = zipfile.ZIP_DEFLATED,
) -> int:
    """Write an archive.

    Args:
        folder: the data folder, for the files of documents.
        copy: of the database.
        documents: their ids.
        archive: the file to write.
        comment: of the archive.
        method: of :mod:`zipfile`, by which it is packed.

    Returns:
        how many bytes were packed.
    """
    with zipfile.ZipFile(archive, "w", method, compresslevel=1) as packed:
        packed.comment = comment
        packed.write(copy, DATABASE)
        for name in documents:
            with suppress(FileNotFoundError):  # deleted since the copy was made
                packed.write(folder / FILES / name, f"{FILES}/{name}")
        return sum(one.file_size for one in packed.infolist())


def restore(folder: Path, source: Path, *, forget_visits: bool = True) -> None:
    """Put the data of a backup in place of those of a data folder, or into a new one.

    Args:
        folder: the data folder.
        source: the archive.
        forget_visits: whether all visitors count as seen at the next start, at which the data of an old
            backup would expire otherwise.

    Raises:
        StoreError: ``restore_running`` while an app uses the folder; ``backup_foreign``, ``backup_damaged``
            and ``database_newer`` for the archive; ``disk_full``, ``backup_failed``. The data are as before.
    """
    with _written(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix="restoring-") as made:
            unpacked = Path(made)
            _refuse_running(folder)
            _unpack(source, unpacked)
            _check(unpacked / DATABASE, source)
            if forget_visits:
                _forget_visits(unpacked / DATABASE)
            with opening(folder / DATABASE):  # no app can start meanwhile
                _refuse_running(folder)
                _exchange(folder, unpacked)


def _refuse_running(folder: Path) -> None:
    if any_lives(folder / "processes"):
        raise StoreError("restore_running", path=str(folder))


def copy_database(database: Path, copy: Path) -> list[str]:
    """Copy the database, also while it is in use.

    Returns:
        the ids of the copy's documents, which name their files.

    Raises:
        StoreError: what is wrong with the database, or ``disk_full``.
    """
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", [str(copy)])
        copy.chmod(0o600)
        with closing(sqlite3.connect(copy)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise StoreError("database_damaged", path=str(database), detail="integrity check")
            return [document for (document,) in connection.execute("SELECT id FROM documents")]
    except sqlite3.Error as exc:
        raise as_store_error(exc, database) from exc


def _unpack(source: Path, folder: Path) -> None:
    """Unpack the archive, which may hold the database and files of documents, nothing else.

    Raises:
        StoreError: ``backup_foreign``, ``backup_damaged`` or ``disk_full``.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
            if DATABASE not in archive.namelist() or not all(_is_ours(one.filename) for one in entries):
                raise StoreError("backup_foreign", path=str(source))
            needed, free = sum(one.file_size for one in entries), shutil.disk_usage(folder).free
            if needed > free:
                raise StoreError("disk_full", path=str(folder), detail=f"{needed} bytes of {free}")
            (folder / FILES).mkdir(mode=0o700)
            for one in entries:
                archive.extract(one, folder)
    except zipfile.BadZipFile as exc:
        damaged = zipfile.is_zipfile(source)
        raise StoreError("backup_damaged" if damaged else "backup_foreign", path=str(source)) from exc
    except (EOFError, zlib.error, lzma.LZMAError, RuntimeError) as exc:  # RuntimeError: encrypted, or packed
        raise StoreError("backup_damaged", path=str(source)) from exc  # by a method that is not known
    except OSError as exc:
        if exc.errno is None:  # of the method bzip2
            raise StoreError("backup_damaged", path=str(source)) from exc
        raise


def _is_ours(name: str) -> bool:
    folder, _, file = name.partition("/")
    return name in (DATABASE, f"{FILES}/") or (folder == FILES and FILE_NAME.fullmatch(file) is not None)


def _check(database: Path, source: Path) -> None:
    """Raises: StoreError: ``backup_foreign``, ``backup_damaged`` or ``database_newer``."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            if connection.execute("PRAGMA integrity_check(1)").fetchone()[0] != "ok":
                raise StoreError("backup_damaged", path=str(source))
            tables = sqlite_utils.Database(connection, execute_plugins=False)
            if not migrations.applied(tables):
                raise StoreError("backup_foreign", path=str(source))
            if is_newer(tables):
                raise StoreError("database_newer", path=str(source))
    except sqlite3.Error as exc:
        raise StoreError("backup_damaged", path=str(source)) from exc


def _forget_visits(database: Path) -> None:
    """Let all visitors count as seen at the next start."""
    with closing(sqlite3.connect(database)) as connection, connection:
        if "visitors" in sqlite_utils.Database(connection, execute_plugins=False).table_names():
            connection.execute("DELETE FROM visitors")


def _exchange(folder: Path, unpacked: Path) -> None:
    """Put the unpacked data in place.

    The files of documents come first: an end in between leaves files that no document names, which the app
    removes. The database follows by one renaming. Its former log is folded in before, since SQLite would
    apply it to the new file.
    """
    present = folder / DATABASE
    put_aside_if_damaged(present)
    if present.exists():
        _fold_log(present)
    (folder / FILES).mkdir(mode=0o700, exist_ok=True)
    for file in (unpacked / FILES).iterdir():
        os.replace(file, folder / FILES / file.name)
    _finish(unpacked / DATABASE, present)


def _fold_log(database: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as exc:
        raise as_store_error(exc, database) from exc


def _finish(partial: Path, target: Path) -> None:
    """Write a file's bytes to the disk and rename it."""
    partial.chmod(0o600)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, target)


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """Turn the system's errors of the block into those of writing to the path."""
    try:
        yield
    except OSError as exc:
        name = str(exc.filename or path)
        if exc.errno == errno.ENOSPC:
            raise StoreError("disk_full", path=name, detail=str(exc)) from exc
        raise StoreError("backup_failed", path=name, detail=exc.strerror or str(exc)) from exc
