"""A database in memory; its rows are lost when the program ends."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from llama_demo.store.database import Database, prepared
from llama_demo.store.processes import Process

_NOWHERE = Path(":memory:")


class MemoryDatabase(Database):
    """Used like a :class:`Database`, by this program alone."""

    in_memory = True

    def __init__(self) -> None:
        self.path = _NOWHERE
        self.name_in_errors = str(_NOWHERE)
        self.set_aside = None
        self.process = _Alone()
        self._lock = threading.Lock()
        connection = sqlite3.connect(_NOWHERE, check_same_thread=False)
        # SQLite's temporary data and rollback journal stay in memory, too.
        connection.execute("PRAGMA temp_store = MEMORY")
        self._tables = prepared(connection, _NOWHERE)

    def scrub(self, *, complete: bool = True) -> None:
        """Nothing: there is no log, and no copy."""

    @property
    def bytes(self) -> int:
        """Memory that the database uses, in bytes."""
        with self.reading() as tables:
            pages, free, size = (
                tables.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)


class _Alone(Process):
    """The process of a database that no other program can open."""

    def __init__(self) -> None:
        self.name = ""

    def lives(self, name: str) -> bool:
        """True: only this program has rows here."""
        return name == self.name

    def sweep(self) -> None:
        """Do nothing: no other program leaves anything here."""

    def close(self) -> None:
        """Do nothing: there is no lock file."""
