"""Columns that hold JSON: how values are written, and how a record is edited in place."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import sqlite_utils

from llama_demo.unicode import replace_lone_surrogates


def as_json(values: Mapping[str, object]) -> str:
    """The values as JSON, without escapes for Chinese; other types are stored as their ``str``."""
    return replace_lone_surrogates(json.dumps(dict(values), ensure_ascii=False, default=str))


def inside_json(text: str) -> str:
    """A text as it stands inside of JSON that :func:`as_json` wrote, to look for it."""
    return replace_lone_surrogates(json.dumps(text, ensure_ascii=False)[1:-1])


def edit_json(
    tables: sqlite_utils.Database,
    table: str,
    column: str,
    where: str,
    values: Mapping[str, object],
    edit: Callable[[dict[str, Any]], bool],
) -> None:
    """Edit the records in a column of the rows that ``where`` leaves.

    Args:
        where: SQL, with the names of ``values``.
        edit: changes a record in place; returns whether there was anything to change.
    """
    select = f"SELECT number, {column} FROM {table} WHERE json_valid({column}) AND {where}"  # noqa: S608
    update = f"UPDATE {table} SET {column} = ? WHERE number = ?"  # noqa: S608  (our own words)
    for number, text in tables.execute(select, dict(values)).fetchall():
        record = json.loads(text)
        if isinstance(record, dict) and edit(record):
            tables.execute(update, [as_json(record), number])
