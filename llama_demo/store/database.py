"""The database file: opened once, used by one thread at a time.

Gradio calls from many threads. They share one connection, and a lock round each use makes every block of
statements a transaction of its own: without it, a block that one thread had finished vanished when another
thread rolled back.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlite_utils
from filelock import FileLock, Timeout

from llama_demo.errors import StoreError
from llama_demo.store import run_index
from llama_demo.store.damage import put_aside_if_damaged
from llama_demo.store.failures import as_store_error
from llama_demo.store.migrations import is_newer, migrations
from llama_demo.store.processes import Process

TIMEOUT = 5.0
"""Seconds that a read or a write waits for other threads and other programs."""

_COPY_TIMEOUT = 60.0
"""Seconds that a deletion waits for a copy of the file that is being made."""

_OPENING_TIMEOUT = 30.0
"""Seconds that a second program waits while a first one checks and migrates the file."""


class Database:
    """An open database with the present schema.

    Args:
        path: of the file; it and its directory are made if they are missing.

    Attributes:
        set_aside: where a damaged file was moved to before a new one was begun, or None.
        process: this program's lock file, whose name stands in the rows that it is writing.
        in_memory: whether the rows end with the program.
        name_in_errors: how errors call the file once it is open: its path, unless visitors may not read it.
        deleted: called after each deletion, with whether the deletion has to be complete when it returns. It
            may raise StoreError ``copy_incomplete``.

    Raises:
        StoreError: ``data_dir_unwritable``, ``database_newer``, ``database_locked``, ``disk_full`` and what
            else keeps a database from being opened.
    """

    in_memory = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name_in_errors = str(path)
        self._lock = threading.Lock()
        self._unread = threading.Lock()
        self.deleted: Callable[[bool], None] = lambda _: None
        _make_writable(path.parent)
        with opening(path):
            self.process = Process(path.parent / "processes")
            try:
                self.process.sweep()
                self.set_aside = put_aside_if_damaged(path)
                self._tables = _open(path)
            except BaseException:
                self.process.close()
                raise
        # A program that was killed in a deletion leaves the deleted text in the log.
        with suppress(StoreError):
            self.scrub()

    @contextmanager
    def reading(self, *, timeout: float = TIMEOUT) -> Iterator[sqlite_utils.Database]:
        """Use the connection to read. Take the rows out inside the block: a cursor must not outlive it.

        Raises:
            StoreError: what SQLite could not do, ``database_locked`` after ``timeout`` seconds.
        """
        with self._turn(timeout) as tables:
            yield tables

    @contextmanager
    def writing(self, *, timeout: float = TIMEOUT) -> Iterator[sqlite_utils.Database]:
        """Use the connection to write: all of the block is stored, or none of it.

        The transaction takes the right to write at its start. One that begins by reading fails at once,
        without waiting, when another program has written in between.

        Raises:
            StoreError: what SQLite could not do, ``database_locked`` after ``timeout`` seconds.
        """
        with self._turn(timeout) as tables:
            tables.conn.execute("BEGIN IMMEDIATE")
            try:
                yield tables
                tables.conn.execute("COMMIT")
            except BaseException:
                tables.rollback()
                raise

    @contextmanager
    def _turn(self, timeout: float) -> Iterator[sqlite_utils.Database]:
        """The connection, for one thread at a time; leaves no transaction open."""
        if not self._lock.acquire(timeout=timeout):
            raise StoreError("database_locked", path=self.name_in_errors, detail="another thread holds it")
        try:
            self._tables.conn.execute(f"PRAGMA busy_timeout = {round(timeout * 1000)}")
            yield self._tables
        except sqlite3.Error as exc:
            raise as_store_error(exc, self.name_in_errors) from exc
        finally:
            self._lock.release()

    def healthy(self) -> bool:
        """Whether a row can be written right now, by writing one."""
        try:
            with self.writing(timeout=1.0) as tables:
                row = {"id": 1, "written": time.time_ns() // 1000}
                tables.conn.execute("INSERT OR REPLACE INTO health(id, written) VALUES (:id, :written)", row)
        except StoreError:
            return False
        return self.path.exists()

    def scrub(self, *, complete: bool = True) -> None:
        """Empty the write-ahead log into the file, so that no deleted text is left on the disk.

        ``secure_delete`` overwrites deleted text in the file with zeros, but the log still holds the pages
        as they were.

        Args:
            complete: whether to wait until the text is gone from a copy of the data, too.

        Raises:
            StoreError: ``deletion_incomplete`` if another program is reading or the disk is full. The log
                is then emptied at the next deletion, or when the last program closes the database. And
                ``copy_incomplete``.
        """
        if not self._unread.acquire(timeout=_COPY_TIMEOUT):
            raise StoreError("deletion_incomplete", path=self.name_in_errors, detail="a copy is being made")
        try:
            with self._turn(1.0) as tables:
                busy, *_ = tables.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except StoreError as exc:
            raise StoreError("deletion_incomplete", **exc.values) from exc
        finally:
            self._unread.release()
        if busy:
            detail = "another program is reading"
            raise StoreError("deletion_incomplete", path=self.name_in_errors, detail=detail)
        self.deleted(complete)

    @contextmanager
    def copying(self) -> Iterator[None]:
        """Let a second connection read the file at length: the log is not emptied meanwhile."""
        with self._unread:
            yield

    def close(self) -> None:
        """Close the connection and this program's lock file. Later uses raise StoreError."""
        with self._lock:
            self._tables.close()
        self.process.close()


def _make_writable(directory: Path) -> None:
    """Make the directory, for its user alone, and check by a file that it can be written.

    Permissions would not tell: they say nothing about read-only disks or about root.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as exc:
        raise StoreError("data_dir_unwritable", path=str(directory), detail=str(exc)) from exc


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """One program at a time opens the database, so that two do not both put it aside or migrate it."""
    gate = FileLock(path.with_name(f"{path.name}.opening"), timeout=_OPENING_TIMEOUT, thread_local=False)
    try:
        gate.acquire()
    except Timeout as exc:
        raise StoreError("database_locked", path=str(path), detail="another program is opening it") from exc
    except OSError as exc:
        raise StoreError("data_dir_unwritable", path=str(path.parent), detail=str(exc)) from exc
    try:
        yield
    except OSError as exc:
        raise StoreError("data_dir_unwritable", path=str(path.parent), detail=str(exc)) from exc
    finally:
        gate.release()


def _open(path: Path) -> sqlite_utils.Database:
    """Connect, refuse what a later version wrote, and bring the schema up to date."""
    try:
        # The log and its index inherit the mode of the file: other users cannot read the history.
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(path, check_same_thread=False, timeout=TIMEOUT)
    except sqlite3.Error as exc:
        raise as_store_error(exc, path) from exc
    try:
        return prepared(connection, path)
    except sqlite3.Error as exc:
        connection.close()
        raise as_store_error(exc, path) from exc
    except BaseException:
        connection.close()
        raise


def prepared(connection: sqlite3.Connection, path: Path) -> sqlite_utils.Database:
    """The database of a connection, configured and migrated to the present schema.

    Plug-ins of sqlite-utils stay out: they would run whatever is installed.

    Raises:
        StoreError: ``database_newer``.
    """
    tables = sqlite_utils.Database(connection, execute_plugins=False)
    if is_newer(tables):
        raise StoreError("database_newer", path=str(path))
    tables.enable_wal()
    # A power cut may cost the last commits, never the file; a killed program costs nothing.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    migrations.apply(tables)
    run_index.prepare(tables)
    return tables
