"""SQLite's errors as StoreErrors, whose messages say what the user can do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from llama_demo.errors import StoreError

# Primary result codes (sqlite.org/rescode.html): the low byte of what an exception carries.
_KEYS = {
    sqlite3.SQLITE_PERM: "data_dir_unwritable",
    sqlite3.SQLITE_READONLY: "data_dir_unwritable",
    sqlite3.SQLITE_CANTOPEN: "data_dir_unwritable",
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_CORRUPT: "database_damaged",
    sqlite3.SQLITE_NOTADB: "database_damaged",
}

DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def primary_code(failure: sqlite3.Error) -> int:
    """The kind of failure without its details; 0 for what the Python module itself raised."""
    return int(getattr(failure, "sqlite_errorcode", 0)) & 0xFF


def as_store_error(failure: sqlite3.Error, path: Path | str) -> StoreError:
    """The error to raise ``from failure``; unknown kinds keep SQLite's own words as ``detail``."""
    key = _KEYS.get(primary_code(failure), "database_failed")
    return StoreError(key, path=str(path), detail=str(failure))
