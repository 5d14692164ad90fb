"""The history's rows: one for each run of each task, from the moment it starts.

A row is written many times while its text grows, and read by the page that lists it, by the page that opens
it again and by programs. Nothing here returns a row to anybody but its owner.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import sqlite_utils

from llama_demo.store import index
from llama_demo.store.database import PATIENCE, Database
from llama_demo.store.listing import Filter, selection
from llama_demo.store.moments import AFTER_ALL_IDS, id_of, microseconds, moment, new_id, number_of

RUNNING = "running"
FINAL = frozenset({"done", "stopped", "failed"})
INTERRUPTED = "interrupted"

REPLACING_WINDOW = 10_000_000
"""Microseconds within which a run from the same box is the same thought, still being typed."""

Token = tuple[str, int, float]
"""A generated token: the text it added, its id, and its log-probability."""

EVERYTHING = Filter()


@dataclass(frozen=True)
class Run:
    """A row as it is read.

    Attributes:
        created: in UTC, exact to the microsecond.
        rating: 1 for thumbs up, -1 for thumbs down, else 0.
        origin: what all versions of one run have in common: the id of the first of them, which has it
            not. None too for a run that stands alone.
        trace: the generated tokens, if they were kept.
    """

    id: str
    owner: str
    task: str
    created: datetime
    status: str
    model: str
    input: str
    output: str
    options: dict[str, Any]
    timings: dict[str, Any]
    rating: int = 0
    note: str = ""
    origin: str | None = None
    trace: tuple[Token, ...] = ()


@dataclass(frozen=True)
class OpenRun:
    """A row that its run is still writing; bound to the owner that began it."""

    database: Database
    id: str
    owner: str
    begun: int

    def write(
        self,
        status: str,
        output: str,
        timings: Mapping[str, object],
        *,
        trace: Sequence[Token] = (),
        patience: float = PATIENCE,
    ) -> None:
        """Store the text so far, or the final one; the final one can be searched for.

        Does nothing if the row was deleted meanwhile, or belongs to a later run from the same box.

        Raises:
            StoreError: the row could not be written within ``patience`` seconds.
        """
        values = {
            "status": status,
            "output": storable(output),
            "timings": _json(timings),
            "trace": _trace(trace),
            "id": self.id,
            "owner": self.owner,
            "begun": self.begun,
        }
        with self.database.writing(patience=patience) as tables:
            written = tables.execute(_WRITE, values).rowcount
            if written and status != RUNNING:
                index.put(tables, number_of(self.id))


def microseconds_now() -> int:
    """Since 1970 in UTC."""
    return time.time_ns() // 1000


class RunStore:
    """The table of runs.

    Whoever opens it first after a program has died finds that program's running rows and marks them as
    interrupted; their text stays as it was last written.

    Args:
        database: open and migrated.
        clock: microseconds since 1970 in UTC.

    Attributes:
        interrupted: how many runs were found whose program is dead.
    """

    def __init__(self, database: Database, *, clock: Callable[[], int] = microseconds_now) -> None:
        self._database = database
        self._clock = clock
        self._latest = 0
        self.interrupted = self._mark_interrupted()

    def begin(
        self,
        *,
        owner: str,
        task: str,
        model: str,
        input: str,
        options: Mapping[str, object],
        box: str = "",
        origin: str | None = None,
        patience: float = PATIENCE,
    ) -> OpenRun:
        """Store a run that starts now, as ``running``; a version of ``origin`` or of what that is one of.

        A run from the same non-empty ``box`` that began less than 10 s ago is replaced in its row: the id,
        the time of creation and so the place in the list stay.
        """
        with self._database.writing(patience=patience) as tables:
            now = self._tick()
            values: dict[str, Any] = {
                "owner": storable(owner),
                "task": storable(task),
                "box": storable(box),
                "begun": now,
                "process": self._database.process.name,
                "model": storable(model),
                "input": storable(input),
                "options": _json(options),
            }
            values["origin"] = _group(tables, origin, values["owner"])
            found = tables.execute(_REPLACED, values | {"since": now - REPLACING_WINDOW}).fetchone()
            values |= {"id": found[0] if found else _free_id(tables, now), "created": now}
            values["number"] = number_of(values["id"])
            tables.execute(_REPLACE if found else _BEGIN, values)
            index.put(tables, values["number"])
        return OpenRun(self._database, values["id"], values["owner"], now)

    def _tick(self) -> int:
        """The time, later than any before even when the clock stands still or is set back."""
        self._latest = max(self._clock(), self._latest + 1)
        return self._latest

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
        start = AFTER_ALL_IDS if before is None else storable(before)
        chosen = selection(_storable(narrowing), owner=storable(owner), before=start)
        page = f"SELECT runs.* FROM {chosen.source} ORDER BY {chosen.order} DESC LIMIT :limit"  # noqa: S608
        with self._database.reading() as tables:
            return [_run(row) for row in tables.query(page, chosen.values | {"limit": limit})]

    def get(self, run_id: str, *, owner: str) -> Run | None:
        """The run, or None if this owner has none of that id."""
        values = [storable(run_id), storable(owner)]
        with self._database.reading() as tables:
            rows = list(tables.query("SELECT * FROM runs WHERE id = ? AND owner = ?", values))
        return _run(rows[0]) if rows else None

    def count(self, *, owner: str, narrowing: Filter = EVERYTHING) -> int:
        """How many runs of the owner the filter leaves."""
        chosen = selection(_storable(narrowing), owner=storable(owner))
        count = f"SELECT count(*) FROM {chosen.countable}"  # noqa: S608  (our own words, values are bound)
        with self._database.reading() as tables:
            return int(tables.execute(count, chosen.values).fetchone()[0])

    def names(self, *, owner: str) -> list[tuple[str, str]]:
        """Every task of the owner's runs with every model that was used for it."""
        with self._database.reading() as tables:
            found = tables.execute(_NAMES, [storable(owner)]).fetchall()
        return [(task, model) for task, model in found]

    def versions(self, run_id: str, *, owner: str) -> list[Run]:
        """The run and all other versions of it, oldest first; nothing if this owner has no such run."""
        values = {"id": storable(run_id), "owner": storable(owner)}
        with self._database.reading() as tables:
            return [_run(row) for row in tables.query(_VERSIONS, values)]

    def mark(self, run_id: str, *, owner: str, rating: int | None = None, note: str | None = None) -> bool:
        """Store what the owner says of a run; None leaves it as it is. False if there is no such run.

        Raises:
            StoreError: ``deletion_incomplete`` if a former note still stands in the log.
        """
        values = {
            "id": storable(run_id),
            "owner": storable(owner),
            "rating": rating,
            "note": None if note is None else storable(note),
        }
        with self._database.writing() as tables:
            former = tables.execute(
                "SELECT note FROM runs WHERE id = :id AND owner = :owner", values
            ).fetchone()
            if former is None:
                return False
            tables.execute(_MARK, values)
            index.put(tables, number_of(run_id))
            replaced = bool(former[0]) and values["note"] not in (None, former[0])
            if replaced:
                index.forget(tables)
        if replaced:
            self._database.scrub()
        return True

    def add(self, runs: Iterable[Run], *, owner: str) -> tuple[int, int]:
        """Store finished runs that were made elsewhere, all or none, as runs of this owner.

        A run keeps its id if that is free. If the owner has a run of that id, it is the same one and stays
        as it is; if it is somebody else's, the run gets another id, the same one each time.

        Returns:
            how many were stored and how many were there already.
        """
        mine, stored, known = storable(owner), 0, 0
        with self._database.writing() as tables:
            for run in runs:
                run_id, taken = _place(tables, run.id, mine)
                known += taken
                if taken:
                    continue
                origin = None if run.origin is None else _place(tables, run.origin, mine)[0]
                _insert(tables, run, {"id": run_id, "owner": mine, "origin": origin})
                stored += 1
        return stored, known

    def keep(self, run: Run, *, owner: str) -> str:
        """Store a run that is over already, under a new id, which is returned."""
        with self._database.writing() as tables:
            place = {
                "id": _free_id(tables, microseconds(run.created)),
                "owner": storable(owner),
                "origin": _group(tables, run.origin, storable(owner)),
            }
            _insert(tables, run, place)
        return str(place["id"])

    def delete(self, run_id: str, *, owner: str) -> bool:
        """Remove the run, and its text from the disk. False if this owner has none of that id.

        Raises:
            StoreError: ``deletion_incomplete`` if the run is gone but its text still stands in the log.
        """
        values = [storable(run_id), storable(owner)]
        with self._database.writing() as tables:
            deleted = tables.execute("DELETE FROM runs WHERE id = ? AND owner = ?", values).rowcount
            if deleted:
                index.drop(tables, [number_of(run_id)])
                index.forget(tables)
        if deleted:
            self._database.scrub()
        return deleted > 0

    def delete_all(self, *, owner: str) -> int:
        """Remove all runs of the owner, and their texts from the disk; returns how many there were.

        Raises:
            StoreError: ``deletion_incomplete`` as for a single run.
        """
        values = [storable(owner)]
        with self._database.writing() as tables:
            numbers = tables.execute("SELECT number FROM runs WHERE owner = ?", values).fetchall()
            tables.execute("DELETE FROM runs WHERE owner = ?", values)
            if tables.execute("SELECT 1 FROM runs LIMIT 1").fetchone():
                index.drop(tables, [number for (number,) in numbers])
                index.forget(tables)
            else:
                index.clear(tables)
        self._database.scrub()
        return len(numbers)

    def _mark_interrupted(self) -> int:
        """Mark the running runs of dead programs, whoever owns them; another living program's run on."""
        marked = 0
        with self._database.writing() as tables:
            names = tables.execute("SELECT DISTINCT process FROM runs WHERE status = 'running'").fetchall()
            for (name,) in names:
                if not self._database.process.lives(name):
                    numbers = tables.execute(_CUT_SHORT, [name]).fetchall()
                    marked += tables.execute(_INTERRUPT, [name]).rowcount
                    for (number,) in numbers:
                        index.put(tables, number)
        return marked


_REPLACED = """
    SELECT id FROM runs
    WHERE owner = :owner AND box = :box AND box != '' AND task = :task AND begun > :since
    ORDER BY begun DESC LIMIT 1
"""

_REPLACE = """
    UPDATE runs SET begun = :begun, process = :process, status = 'running', model = :model,
        input = :input, output = '', options = :options, timings = '{}',
        rating = 0, note = '', origin = :origin, trace = '[]'
    WHERE id = :id AND owner = :owner
"""

_BEGIN = """
    INSERT INTO runs(
        id, number, owner, task, box, created, begun, process, status, model, input, output, options, timings,
        origin
    ) VALUES (
        :id, :number, :owner, :task, :box, :created, :begun, :process, 'running', :model, :input, '',
        :options, '{}', :origin
    )
"""

_WRITE = """
    UPDATE runs SET status = :status, output = :output, timings = :timings, trace = :trace
    WHERE id = :id AND owner = :owner AND begun = :begun
"""

_INSERT = """
    INSERT INTO runs(
        id, number, owner, task, box, created, begun, process, status, model, input, output, options, timings,
        rating, note, origin, trace
    ) VALUES (
        :id, :number, :owner, :task, '', :created, :created, '', :status, :model, :input, :output, :options,
        :timings, :rating, :note, :origin, :trace
    )
"""

_CUT_SHORT = "SELECT number FROM runs WHERE status = 'running' AND process = ?"
_INTERRUPT = f"UPDATE runs SET status = '{INTERRUPTED}' WHERE status = 'running' AND process = ?"  # noqa: S608

_MARK = """
    UPDATE runs SET rating = coalesce(:rating, rating), note = coalesce(:note, note)
    WHERE id = :id AND owner = :owner
"""

_NAMES = "SELECT DISTINCT task, model FROM runs WHERE owner = ? ORDER BY task, model"

# A group is named by its first run's id, and keeps the name when that run is deleted.
_VERSIONS = """
    WITH named(origin) AS (SELECT coalesce(origin, id) FROM runs WHERE id = :id AND owner = :owner)
    SELECT runs.* FROM runs JOIN named ON runs.id = named.origin OR runs.origin = named.origin
    WHERE owner = :owner ORDER BY id
"""


def _group(tables: sqlite_utils.Database, origin: str | None, owner: str) -> str | None:
    """The name of the group that this run belongs to."""
    if origin is None:
        return None
    values = [storable(origin), owner]
    found = tables.execute("SELECT origin FROM runs WHERE id = ? AND owner = ?", values).fetchone()
    return found[0] if found and found[0] else values[0]


def _free_id(tables: sqlite_utils.Database, created: int) -> str:
    """An id whose number is free: two programs may begin runs in the same microsecond."""
    while True:
        run_id = new_id(created)
        if tables.execute("SELECT 1 FROM runs WHERE number = ?", [number_of(run_id)]).fetchone() is None:
            return run_id


def _place(tables: sqlite_utils.Database, run_id: str, owner: str) -> tuple[str, bool]:
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


def _insert(tables: sqlite_utils.Database, run: Run, place: Mapping[str, str | None]) -> None:
    """Store a run that is over, where ``place`` says: its id, its owner, its group."""
    number = number_of(str(place["id"]))
    tables.execute(_INSERT, _values(run) | dict(place) | {"number": number})
    index.put(tables, number)


def _values(run: Run) -> dict[str, Any]:
    """A finished run as the table holds it, without what depends on the place it gets."""
    return {
        "task": storable(run.task),
        "created": microseconds(run.created),
        "status": run.status,
        "model": storable(run.model),
        "input": storable(run.input),
        "output": storable(run.output),
        "options": _json(run.options),
        "timings": _json(run.timings),
        "rating": run.rating,
        "note": storable(run.note),
        "trace": _trace(run.trace),
    }


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        id=row["id"],
        owner=row["owner"],
        task=row["task"],
        created=moment(row["created"]),
        status=row["status"],
        model=row["model"],
        input=row["input"],
        output=row["output"],
        options=json.loads(row["options"]),
        timings=json.loads(row["timings"]),
        rating=row["rating"],
        note=row["note"],
        origin=row["origin"],
        trace=tuple((text, token, logprob) for text, token, logprob in json.loads(row["trace"])),
    )


def _trace(tokens: Sequence[Token]) -> str:
    """Short: a run of 200 tokens takes about 5 kB."""
    rounded = [(text, token, round(logprob, 4)) for text, token, logprob in tokens]
    return storable(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")))


def _storable(narrowing: Filter) -> Filter:
    return replace(
        narrowing,
        query=storable(narrowing.query),
        task=storable(narrowing.task),
        model=storable(narrowing.model),
    )


def _json(values: Mapping[str, object]) -> str:
    """Readable in the file, Chinese as Chinese; what JSON does not know is kept as its text."""
    return storable(json.dumps(dict(values), ensure_ascii=False, default=str))


def storable(text: str) -> str:
    """The text as UTF-8 can hold it: the two halves of a character joined, a single half as U+FFFD.

    JavaScript lets a page send half of an emoji; SQLite would refuse the whole row.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text
