"""The history's rows: one for each run of each task, from the moment it starts.

A row is written many times while its text grows. Rows are returned to their owner alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlite_utils

from llama_demo.store import answers, run_index
from llama_demo.store.clock import IncreasingClock, microseconds_now, to_microseconds
from llama_demo.store.database import TIMEOUT, Database
from llama_demo.store.edits import is_edit
from llama_demo.store.ids import AFTER_ALL_IDS, number_of
from llama_demo.store.json_columns import as_json
from llama_demo.store.run import INTERRUPTED, OpenRun, Run, as_values, from_row
from llama_demo.store.run_groups import VersionNumber, free_id, group_of, place_of, places, versions
from llama_demo.store.run_index import Filter, selection
from llama_demo.unicode import replace_lone_surrogates

REPLACING_WINDOW = 10_000_000
"""Microseconds within which a run may replace the one before of the same debounce key."""

EVERYTHING = Filter()


class RunStore:
    """The table of runs.

    Opening it marks the running rows of programs that have died as interrupted; their text stays as it was
    last written.

    Args:
        database: open and migrated.
        clock: microseconds since 1970 in UTC.

    Attributes:
        interrupted: how many runs were found whose program is dead.
    """

    def __init__(self, database: Database, *, clock: Callable[[], int] = microseconds_now) -> None:
        self._database = database
        self._tick = IncreasingClock(clock)
        self.interrupted = self._mark_interrupted()

    def begin(
        self,
        *,
        owner: str,
        task: str,
        model: str,
        input: str,
        options: Mapping[str, object],
        debounce_key: str = "",
        origin: str | None = None,
        conversation: str = "",
        timeout: float = TIMEOUT,
    ) -> OpenRun:
        """Store a run that starts now, as ``running``; in the group of ``origin``, if given.

        A run that is an answer in a conversation is deleted with it.

        A run of the same non-empty ``debounce_key`` that began less than 10 s ago is replaced in its row if
        ``input`` is an edit of its input and its owner has neither rated nor annotated it: its id, its time
        of creation and its position in the list stay. (The column is named ``box``.)
        """
        with self._database.writing(timeout=timeout) as tables:
            now = self._tick()
            values: dict[str, Any] = {
                "owner": replace_lone_surrogates(owner),
                "task": replace_lone_surrogates(task),
                "box": replace_lone_surrogates(debounce_key),
                "begun": now,
                "process": self._database.process.name,
                "model": replace_lone_surrogates(model),
                "input": replace_lone_surrogates(input),
                "options": as_json(options),
                "conversation": replace_lone_surrogates(conversation),
            }
            values["origin"] = group_of(tables, origin, values["owner"])
            latest = next(tables.query(_LATEST, values | {"since": now - REPLACING_WINDOW}), None)
            replaced = latest["id"] if latest and _is_replaced(latest, values) else None
            values |= {"id": replaced or free_id(tables, now), "created": now}
            values["number"] = number_of(values["id"])
            tables.execute(_REPLACE if replaced else _BEGIN, values)
            run_index.put(tables, values["number"])
        return OpenRun(self._database, values["id"], values["owner"], now)

    def page(
        self, *, owner: str, limit: int, before: str | None = None, narrowing: Filter = EVERYTHING
    ) -> list[Run]:
        """Runs newest first.

        Args:
            owner: whose runs.
            limit: rows at most.
            before: id of the last run seen; the page goes on after it, even if it was deleted meanwhile.
            narrowing: only the runs that this filter leaves.
        """
        start = AFTER_ALL_IDS if before is None else replace_lone_surrogates(before)
        chosen = selection(_storable(narrowing), owner=replace_lone_surrogates(owner), before=start)
        page = f"SELECT runs.* FROM {chosen.source} ORDER BY {chosen.order} DESC LIMIT :limit"  # noqa: S608
        with self._database.reading() as tables:
            return [from_row(row) for row in tables.query(page, chosen.values | {"limit": limit})]

    def get(self, run_id: str, *, owner: str) -> Run | None:
        """The run, or None if this owner has none of that id."""
        values = [replace_lone_surrogates(run_id), replace_lone_surrogates(owner)]
        with self._database.reading() as tables:
            rows = list(tables.query("SELECT * FROM runs WHERE id = ? AND owner = ?", values))
        return from_row(rows[0]) if rows else None

    def count(self, *, owner: str, narrowing: Filter = EVERYTHING) -> int:
        """Number of the owner's runs that the filter leaves."""
        chosen = selection(_storable(narrowing), owner=replace_lone_surrogates(owner))
        count = f"SELECT count(*) FROM {chosen.countable}"  # noqa: S608  (our own words, values are bound)
        with self._database.reading() as tables:
            return int(tables.execute(count, chosen.values).fetchone()[0])

    def names(self, *, owner: str) -> list[tuple[str, str]]:
        """Every task of the owner's runs with every model that was used for it."""
        with self._database.reading() as tables:
            found = tables.execute(_NAMES, [replace_lone_surrogates(owner)]).fetchall()
        return [(task, model) for task, model in found]

    def versions(self, run_id: str, *, owner: str) -> list[Run]:
        """The run and all other versions of it, oldest first; empty if this owner has no such run."""
        with self._database.reading() as tables:
            return versions(tables, run_id, owner=owner)

    def places(self, runs: Sequence[Run], *, owner: str) -> dict[str, VersionNumber]:
        """The version number of each of these runs, by id; none for a run without other versions."""
        with self._database.reading() as tables:
            return places(tables, runs, owner=owner)

    def mark(self, run_id: str, *, owner: str, rating: int | None = None, note: str | None = None) -> bool:
        """Store the owner's rating and note of a run; None changes nothing. False if there is no such run.

        Raises:
            StoreError: ``deletion_incomplete`` if a former note is still in the log.
        """
        values = {
            "id": replace_lone_surrogates(run_id),
            "owner": replace_lone_surrogates(owner),
            "rating": rating,
            "note": None if note is None else replace_lone_surrogates(note),
        }
        with self._database.writing() as tables:
            former = tables.execute(
                "SELECT note FROM runs WHERE id = :id AND owner = :owner", values
            ).fetchone()
            if former is None:
                return False
            gone = run_index.words_in(tables, number_of(run_id))
            tables.execute(_MARK, values)
            run_index.put(tables, number_of(run_id))
            replaced = bool(former[0]) and values["note"] not in (None, former[0])
            if replaced:
                run_index.purge(tables, gone)
        if replaced:
            self._database.scrub()
        return True

    def add(self, runs: Iterable[Run], *, owner: str) -> tuple[int, int]:
        """Store finished runs that were made elsewhere, all or none, as runs of this owner.

        A run keeps its id if that is free. If the owner has a run of that id, it is the same one and stays
        as it is; if another owner has, the run gets another id, the same one each time.

        Returns:
            how many were stored and how many were there already.
        """
        mine, stored, known = replace_lone_surrogates(owner), 0, 0
        with self._database.writing() as tables:
            for run in runs:
                run_id, taken = place_of(tables, run.id, mine)
                known += taken
                if taken:
                    continue
                origin = None if run.origin is None else place_of(tables, run.origin, mine)[0]
                _insert(tables, run, {"id": run_id, "owner": mine, "origin": origin})
                stored += 1
        return stored, known

    def keep(self, run: Run, *, owner: str) -> str:
        """Store a finished run under a new id, which is returned."""
        with self._database.writing() as tables:
            place = {
                "id": free_id(tables, to_microseconds(run.created)),
                "owner": replace_lone_surrogates(owner),
                "origin": group_of(tables, run.origin, replace_lone_surrogates(owner)),
            }
            _insert(tables, run, place)
        return str(place["id"])

    def delete(self, run_id: str, *, owner: str) -> bool:
        """Remove the run, and its text from the disk. False if this owner has none of that id.

        The run of an answer takes its messages with it; see :mod:`llama_demo.store.answers`.

        Raises:
            StoreError: ``deletion_incomplete`` if the run is deleted but its text is still in the log.
        """
        mine, values = replace_lone_surrogates(owner), [replace_lone_surrogates(run_id)]
        with self._database.writing() as tables:
            found = tables.execute("SELECT id FROM runs WHERE id = ? AND owner = ?", [*values, mine])
            exists = found.fetchone() is not None
            if exists:
                answers.delete_runs(tables, values, owner=mine)
        if exists:
            self._database.scrub()
        return exists

    def _mark_interrupted(self) -> int:
        """Mark the running runs of dead programs, of all owners; returns how many."""
        marked = 0
        with self._database.writing() as tables:
            names = tables.execute("SELECT DISTINCT process FROM runs WHERE status = 'running'").fetchall()
            for (name,) in names:
                if not self._database.process.lives(name):
                    numbers = tables.execute(_CUT_SHORT, [name]).fetchall()
                    marked += tables.execute(_INTERRUPT, [name]).rowcount
                    for (number,) in numbers:
                        run_index.put(tables, number)
        return marked


_LATEST = """
    SELECT id, input, output, options, rating != 0 OR note != '' AS marked FROM runs
    WHERE owner = :owner AND box = :box AND box != '' AND task = :task AND begun > :since
    ORDER BY begun DESC LIMIT 1
"""

_REPLACE = """
    UPDATE runs SET begun = :begun, process = :process, status = 'running', model = :model,
        input = :input, output = '', options = :options, timings = '{}',
        edits = edits + 1, origin = :origin, trace = '[]'
    WHERE id = :id AND owner = :owner
"""

_BEGIN = """
    INSERT INTO runs(
        id, number, owner, task, box, created, begun, process, status, model, input, output, options, timings,
        origin, conversation
    ) VALUES (
        :id, :number, :owner, :task, :box, :created, :begun, :process, 'running', :model, :input, '',
        :options, '{}', :origin, :conversation
    )
"""

_CUT_SHORT = "SELECT number FROM runs WHERE status = 'running' AND process = ?"
_INTERRUPT = f"UPDATE runs SET status = '{INTERRUPTED}' WHERE status = 'running' AND process = ?"  # noqa: S608

_MARK = """
    UPDATE runs SET rating = coalesce(:rating, rating), note = coalesce(:note, note)
    WHERE id = :id AND owner = :owner
"""

_NAMES = "SELECT DISTINCT task, model FROM runs WHERE owner = ? ORDER BY task, model"

_INSERT = """
    INSERT INTO runs(
        id, number, owner, task, box, created, begun, process, status, model, input, output, options, timings,
        rating, note, origin, trace, edits
    ) VALUES (
        :id, :number, :owner, :task, '', :created, :created, '', :status, :model, :input, :output, :options,
        :timings, :rating, :note, :origin, :trace, :edits
    )
"""


def _is_replaced(latest: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether a run takes the row of the latest one: for an edit, for the same request again, or for one of
    the same text that has given nothing yet, such as a translation into the language that the text is in.
    """
    if latest["marked"]:
        return False
    if latest["input"] == values["input"]:
        return latest["options"] == values["options"] or latest["output"] in ("", latest["input"])
    return is_edit(latest["input"], values["input"])


def _insert(tables: sqlite_utils.Database, run: Run, place: Mapping[str, str | None]) -> None:
    """Store a finished run with the id, owner and group of ``place``."""
    number = number_of(str(place["id"]))
    tables.execute(_INSERT, as_values(run) | dict(place) | {"number": number})
    run_index.put(tables, number)


def _storable(narrowing: Filter) -> Filter:
    return replace(
        narrowing,
        query=replace_lone_surrogates(narrowing.query),
        task=replace_lone_surrogates(narrowing.task),
        model=replace_lone_surrogates(narrowing.model),
    )
