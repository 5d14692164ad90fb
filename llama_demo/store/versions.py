"""Which runs are versions of one another.

A group is named by its first run's id, and keeps the name when that run is deleted.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlite_utils

from llama_demo.store.run import Run, from_row, storable


@dataclass(frozen=True)
class VersionNumber:
    """Which of how many versions a run is: 2 of 3."""

    number: int
    of: int


def versions(tables: sqlite_utils.Database, run_id: str, *, owner: str) -> list[Run]:
    """The run and all other versions of it, oldest first; nothing if this owner has no such run."""
    values = {"id": storable(run_id), "owner": storable(owner)}
    return [from_row(row) for row in tables.query(_VERSIONS, values)]


def places(tables: sqlite_utils.Database, runs: Sequence[Run], *, owner: str) -> dict[str, VersionNumber]:
    """The place of each run, under its id, among the versions that this owner has; a run alone has none."""
    groups = json.dumps(sorted({run.origin or run.id for run in runs}))
    rows = tables.execute(_GROUPS, {"groups": groups, "owner": storable(owner)}).fetchall()
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
