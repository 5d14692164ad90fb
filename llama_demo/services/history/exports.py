"""Exports of runs: JSON to import again, CSV for spreadsheets, Markdown to read.

Each marks the texts that a model wrote: by a sentence, and in JSON by a digital source type of the IPTC.

Each form is a stream of pieces of text, made while the runs are read, so that no history is held in memory
as a whole.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from llama_demo.errors import InputError
from llama_demo.services.history.provenance import SOURCE_TYPES, provenance_of
from llama_demo.services.history.runs import Run
from llama_demo.spreadsheet import guard_formula

FORMAT = "llama_demo history"
VERSION = 2
"""Version of the JSON; an incompatible change gets the next number."""

COLUMNS = tuple("id created task status model input output rating note options edits notice".split())

Notice = Callable[[Run], str]
"""The sentence that marks a run's output as a model's; empty for one that no model wrote."""

_THUMBS = {1: "up", -1: "down", 0: ""}


def exported(runs: Iterable[Run], form: str, notice: Notice) -> Iterator[str]:
    """The text of a file with these runs, in pieces.

    Raises:
        InputError: ``form_unknown`` for another form than those of :data:`FORMS`.
    """
    if form not in FORMS:
        raise InputError("form_unknown", name=form[:40], known=", ".join(FORMS))
    return FORMS[form](runs, notice)


def record(run: Run, notice: str) -> dict[str, Any]:
    """A run as JSON values, without its owner."""
    return {
        "id": run.id,
        "task": run.task,
        "created": run.created.isoformat(timespec="microseconds"),
        "status": run.status,
        "model": run.model,
        "input": run.input,
        "output": run.output,
        "options": run.options,
        "timings": run.timings,
        "rating": run.rating,
        "note": run.note,
        "origin": run.origin,
        "trace": run.trace,
        "edits": run.edits,
        "notice": notice,
        "digital_source_type": SOURCE_TYPES[provenance_of(run)],
    }


def _json(runs: Iterable[Run], notice: Notice) -> Iterator[str]:
    """JSON with one run on each line, so that line-based tools can search it."""
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "runs": ['
    between = "\n"
    for run in runs:
        yield between + json.dumps(record(run, notice(run)), ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


def _csv(runs: Iterable[Run], notice: Notice) -> Iterator[str]:
    """CSV with a byte order mark, without which Excel misreads Chinese."""
    line = io.StringIO(newline="")
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield "\ufeff" + _taken(line)
    for run in runs:
        cells = {
            **record(run, notice(run)),
            "rating": _THUMBS[run.rating],
            "options": json.dumps(run.options, ensure_ascii=False),
        }
        writer.writerow([guard_formula(str(cells[name])) for name in COLUMNS])
        yield _taken(line)


def _taken(line: io.StringIO) -> str:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text


def _markdown(runs: Iterable[Run], notice: Notice) -> Iterator[str]:
    """Markdown, a section for each run. Texts stand in fences, so that nothing in them is markup."""
    for run in runs:
        yield f"## {run.created:%Y-%m-%d %H:%M} UTC · {run.task} · {run.status}\n\n"
        facts = [f"model `{_inline(run.model)}`"]
        facts += [f"seed {run.options['seed']}"] if isinstance(run.options.get("seed"), int) else []
        facts += [f"thumbs {_THUMBS[run.rating]}"] if run.rating else []
        yield " · ".join(facts) + "\n\n"
        yield fenced(run.input) + "\n"
        yield fenced(run.output) + "\n"
        if said := notice(run):
            yield _inline(f"— {said}") + "\n\n"
        if run.note:
            yield fenced(run.note) + "\n"


def _inline(text: str) -> str:
    return text.replace("`", "'").replace("\n", " ")


def fenced(text: str) -> str:
    """The text in a code block whose fences are longer than any in it."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}\n"


FORMS: Mapping[str, Callable[[Iterable[Run], Notice], Iterator[str]]] = MappingProxyType(
    {"json": _json, "csv": _csv, "md": _markdown}
)
"""Writers by the suffix of their files."""
