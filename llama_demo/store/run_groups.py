"""Where a run is put: its id, which is its place in time, and the group of its versions."""

from __future__ import annotations

from hashlib import sha256

import sqlite_utils

from llama_demo.store.ids import id_of, new_id, number_of
from llama_demo.store.run import storable


def group_of(tables: sqlite_utils.Database, origin: str | None, owner: str) -> str | None:
    """The name of the group that this run belongs to."""
    if origin is None:
        return None
    values = [storable(origin), owner]
    found = tables.execute("SELECT origin FROM runs WHERE id = ? AND owner = ?", values).fetchone()
    return found[0] if found and found[0] else values[0]


def free_id(tables: sqlite_utils.Database, created: int) -> str:
    """An id whose number is free: two programs may begin runs in the same microsecond."""
    while True:
        run_id = new_id(created)
        if tables.execute("SELECT 1 FROM runs WHERE number = ?", [number_of(run_id)]).fetchone() is None:
            return run_id


def place_of(tables: sqlite_utils.Database, run_id: str, owner: str) -> tuple[str, bool]:
    """The id that a run of this id has, or will have, among the owner's; and whether it is there already."""
    candidate, attempt = run_id, 0
    while True:
        values = [number_of(candidate)]
        found = tables.execute("SELECT id, owner FROM runs WHERE number = ?", values).fetchone()
        if found is None or tuple(found) == (candidate, owner):
            return candidate, found is not None
        attempt += 1
        rest = sha256(f"{owner} {run_id} {attempt}".encode()).hexdigest()[:18]
        candidate = id_of(int(run_id[:14], 16), rest)
