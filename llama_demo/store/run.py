"""A run as a row: its fields, their encoding in the table, and the row of a run that is being written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from llama_demo.store import passages, run_index
from llama_demo.store.clock import to_datetime, to_microseconds
from llama_demo.store.database import TIMEOUT, Database
from llama_demo.store.ids import number_of
from llama_demo.store.json_columns import as_json
from llama_demo.unicode import replace_lone_surrogates

RUNNING = "running"
FINAL = frozenset({"done", "stopped", "failed"})
INTERRUPTED = "interrupted"

Token = tuple[str, int, float]
"""A generated token: the text it added, its id, and its log-probability."""


@dataclass(frozen=True)
class Run:
    """A row as it is read.

    Attributes:
        created: in UTC, exact to the microsecond.
        rating: 1 for thumbs up, -1 for thumbs down, else 0.
        origin: id of the first of several versions of one run; None for the first itself, and for a
            run without other versions.
        trace: the generated tokens, if they were stored.
        conversation: the id of the conversation that it is an answer in; empty for another run.
        edits: how many runs of earlier states of its text it has replaced.
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
    conversation: str = ""
    edits: int = 0


def as_values(run: Run) -> dict[str, Any]:
    """The columns of a finished run, without id, owner and group."""
    return {
        "task": replace_lone_surrogates(run.task),
        "created": to_microseconds(run.created),
        "status": run.status,
        "model": replace_lone_surrogates(run.model),
        "input": replace_lone_surrogates(run.input),
        "output": replace_lone_surrogates(run.output),
        "options": as_json(run.options),
        "timings": as_json(run.timings),
        "rating": run.rating,
        "note": replace_lone_surrogates(run.note),
        "edits": run.edits,
        "trace": as_trace(run.trace),
    }


def from_row(row: Mapping[str, Any]) -> Run:
    """The run of a row, JSON columns decoded."""
    return Run(
        id=row["id"],
        owner=row["owner"],
        task=row["task"],
        created=to_datetime(row["created"]),
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
        conversation=row["conversation"],
        edits=row["edits"],
    )


def as_trace(tokens: Sequence[Token]) -> str:
    """The tokens as compact JSON; 200 tokens take about 5 kB."""
    rounded = [(text, token, round(logprob, 4)) for text, token, logprob in tokens]
    return replace_lone_surrogates(json.dumps(rounded, ensure_ascii=False, separators=(",", ":")))


@dataclass(frozen=True)
class OpenRun:
    """The row of a run that is not over; bound to the owner that began it."""

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
        timeout: float = TIMEOUT,
    ) -> None:
        """Store the text so far, or the final one; the final one can be searched for.

        Does nothing if the row was deleted meanwhile, or belongs to a later run of the same debounce key.
        Passages of documents that were deleted meanwhile are left out.

        Raises:
            StoreError: the row could not be written within ``timeout`` seconds.
        """
        values = {
            "status": status,
            "output": replace_lone_surrogates(output),
            "trace": as_trace(trace),
            "id": self.id,
            "owner": self.owner,
            "begun": self.begun,
        }
        with self.database.writing(timeout=timeout) as tables:
            values["timings"] = as_json(passages.without_deleted(tables, timings))
            written = tables.execute(_WRITE, values).rowcount
            if written and status != RUNNING:
                run_index.put(tables, number_of(self.id))


_WRITE = """
    UPDATE runs SET status = :status, output = :output, timings = :timings, trace = :trace
    WHERE id = :id AND owner = :owner AND begun = :begun
"""
