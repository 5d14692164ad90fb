"""Groups of versions: the group of a new run, and the runs of a group.

A group is named by its first run's id, and keeps the name when that run is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby

import sqlite_utils

from llama_demo.store.ids import id_of, new_id, number_of
from llama_demo.store.run import Run, from_row
from llama_demo.unicode import replace_lone_surrogates


def group_of(tables: sqlite_utils.Database, origin: str | None, owner: str) -> str | None:
    """The name of the group that this run belongs to."""
    if origin is None:
        return None
    values = [replace_lone_surrogates(origin), owner]
    found = tables.execute("SELECT origin FROM runs WHERE id = ? AND owner = ?", values).fetchone()
    return found[0] if found and found[0] else values[0]


def free_id(tables: sqlite_utils.Database, created: int) -> str:
    """An unused id: two programs may begin runs in the same microsecond."""
    while True:
        run_id = new_id(created)
        if tables.execute("SELECT 1 FROM runs WHERE number = ?", [number_of(run_id)]).fetchone() is None:
            return run_id


def place_of(tables: sqlite_utils.Database, run_id: str, owner: str) -> tuple[str, bool]:
    """The id under which the owner has, or will have, a run of this id; and whether it exists already."""
    candidate, attempt = run_id, 0
    while True:
        values = [number_of(candidate)]
        found = tables.execute("SELECT id, owner FROM runs WHERE number = ?", values).fetchone()
        if found is None or tuple(found) == (candidate, owner):
            return candidate, found is not None
        attempt += 1
        rest = sha256(f"{owner} {run_id} {attempt}".encode()).hexdigest()[:18]
        candidate = id_of(int(run_id[:14], 16), rest)


@dataclass(frozen=True)
class VersionNumber:
    """The number of a version among all versions of its run: 2 of 3."""

    number: int
    of: int


def versions(tables: sqlite_utils.Database, run_id: str, *, owner: str) -> list[Run]:
    """The run and all other versions of it, oldest first; empty if this owner has no such run."""
    values = {"id": replace_lone_surrogates(run_id), "owner": replace_lone_surrogates(owner)}
    return [from_row(row) for row in tables.query(_VERSIONS, values)]


def places(tables: sqlite_utils.Database, runs: Sequence[Run], *, owner: str) -> dict[str, VersionNumber]:
    """The version number of each run, by id, among the owner's versions; none for a run without others."""
    groups = json.dumps(sorted({run.origin or run.id for run in runs}))
    rows = tables.execute(_GROUPS, {"groups": groups, "owner": replace_lone_surrogates(owner)}).fetchall()
    found: dict[str, VersionNumber] = {}
    for _, members in groupby(sorted(map(tuple, rows)), key=lambda row: row[0]):
        ids = [run_id for _, run_id in members]
        if len(ids) > 1:
            found |= {run_id: VersionNumber(number, len(ids)) for number, run_id in enumerate(ids, start=1)}
    return found


_VERSIONS = """
    WITH named(origin) AS (SELECT coalesce(origin, id) FROM runs WHERE id = :id AND owner = :owner)
    SELECT runs.* FROM runs JOIN named ON runs.id = named.origin OR runs.origin = named.origin
    WHERE owner = :owner ORDER BY id
"""

_GROUPS = """
    SELECT origin, id FROM runs
    WHERE owner = :owner AND origin IS NOT NULL AND origin IN (SELECT value FROM json_each(:groups))
    UNION ALL
    SELECT id, id FROM runs WHERE owner = :owner AND id IN (SELECT value FROM json_each(:groups))
"""
