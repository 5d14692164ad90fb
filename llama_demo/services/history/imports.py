"""Imports of runs: reads the JSON of :mod:`llama_demo.services.history.exports`, trusting nothing in it.

The file may come from anywhere. It is parsed and checked run by run; the first mistake refuses the whole
file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from llama_demo.errors import InputError
from llama_demo.services.history.exports import FORMAT, VERSION
from llama_demo.services.history.runs import LONGEST_NOTE, Run
from llama_demo.store.clock import LATEST, to_datetime, to_microseconds
from llama_demo.store.ids import id_of

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes."""

MOST_RUNS = 10_000
"""Most runs of one file; they are stored in one transaction, during which no other run is written."""

_BEGINNING = re.compile(
    r'\s*\{\s*"format"\s*:\s*"' + FORMAT + r'"\s*,\s*"version"\s*:\s*(\d{1,9})\s*,\s*"runs"\s*:\s*\['
)
_END = re.compile(r"\s*\]\s*\}\s*")
_SPACE = re.compile(r"\s*")
_COMMA = re.compile(r"\s*,\s*")

_Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
_Token = Annotated[tuple[str, int, float], Field(strict=False)]  # a list in JSON


class _Record(BaseModel):
    """A run of the file."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: _Id
    task: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
    created: str
    status: Literal["running", "done", "stopped", "failed", "interrupted"]
    model: Annotated[str, Field(max_length=500)]
    input: str
    output: str
    options: dict[str, Any]
    timings: dict[str, Any]
    rating: Literal[-1, 0, 1]
    note: Annotated[str, Field(max_length=LONGEST_NOTE)]
    origin: _Id | None
    trace: list[_Token]
    edits: Annotated[int, Field(ge=0, lt=2**31)] = 0
    notice: str = ""
    digital_source_type: str = ""


def imported(data: bytes) -> Iterator[Run]:
    """The runs of a file, one by one, without an owner.

    Raises:
        InputError: ``import_too_large``, ``import_too_many``, ``import_foreign`` for a file that is no export
            of this program, ``import_newer``, or ``import_broken`` with the number of the run.
    """
    if len(data) > LARGEST_FILE:
        raise InputError("import_too_large", bytes=len(data), limit=LARGEST_FILE)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise InputError("import_foreign") from exc
    beginning = _BEGINNING.match(text)
    if beginning is None:
        raise InputError("import_foreign")
    if int(beginning[1]) > VERSION:
        raise InputError("import_newer", version=int(beginning[1]))
    for number, value in enumerate(_values(text, beginning.end()), start=1):
        if number > MOST_RUNS:
            raise InputError("import_too_many", limit=MOST_RUNS)
        yield _run(value, number)


def _values(text: str, at: int) -> Iterator[object]:
    """The elements of the list that begins at ``at``, one by one; nothing may follow the list."""
    decoder = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
    number = 1
    if _END.fullmatch(text, at):
        return
    while True:
        try:
            value, at = decoder.raw_decode(text, _SPACE.match(text, at).end())  # type: ignore[union-attr]
        except (ValueError, RecursionError) as exc:
            raise InputError("import_broken", run=number, detail=type(exc).__name__) from exc
        yield value
        if _END.fullmatch(text, at):
            return
        comma = _COMMA.match(text, at)
        if comma is None:
            raise InputError("import_broken", run=number, detail="cut off")
        number, at = number + 1, comma.end()


def _finite(digits: str) -> float:
    """A finite number; the ``json`` module would accept NaN and Infinity, and read 1e999 as infinity.

    Raises:
        ValueError: it is not finite.
    """
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)
    return value


def _run(value: object, number: int) -> Run:
    """The run that this element describes.

    Raises:
        InputError: ``import_broken``, with the first thing that is wrong.
    """
    try:
        record = _Record.model_validate(value)
        created = datetime.fromisoformat(record.created)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"][:2])
        raise InputError("import_broken", run=number, detail=f"{place}: {first['msg']}"[:200]) from exc
    except ValueError as exc:
        raise InputError("import_broken", run=number, detail="created") from exc
    if created.tzinfo is None or not to_datetime(0) <= created < LATEST:
        raise InputError("import_broken", run=number, detail="created")
    if not record.id.startswith(id_of(to_microseconds(created), "")):
        raise InputError("import_broken", run=number, detail="id")
    return Run(
        id=record.id,
        owner="",
        task=record.task,
        created=created,
        status="interrupted" if record.status == "running" else record.status,
        model=record.model,
        input=record.input,
        output=record.output,
        options=record.options,
        timings=record.timings,
        rating=record.rating,
        note=record.note,
        origin=record.origin,
        trace=tuple(record.trace),
        edits=record.edits,
    )
