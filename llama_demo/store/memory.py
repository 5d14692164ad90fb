"""A database that no file holds: what is written into it is gone with the program."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

from llama_demo.store.database import Database, prepared
from llama_demo.store.processes import Process

_NOWHERE = Path(":memory:")


class MemoryDatabase(Database):
    """Used as one in a file is, by this program alone."""

    def __init__(self) -> None:
        self.path = _NOWHERE
        self.set_aside = None
        self.process = _Alone()
        self._lock = threading.Lock()
        connection = sqlite3.connect(_NOWHERE, check_same_thread=False)
        # Nor may what SQLite sorts, or keeps to undo a step, go to the disk.
        connection.execute("PRAGMA temp_store = MEMORY")
        self._tables = prepared(connection, _NOWHERE)

    @property
    def bytes(self) -> int:
        """What is in use."""
        with self.reading() as tables:
            pages, free, size = (
                tables.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)


class _Alone(Process):
    """The sign of life of a program whose database nobody else can see."""

    def __init__(self) -> None:
        self.name = ""

    def lives(self, name: str) -> bool:
        """It does, or nobody would ask."""
        return name == self.name

    def sweep(self) -> None:
        """There is nobody to clear up behind."""

    def close(self) -> None:
        """There is nobody to tell."""
