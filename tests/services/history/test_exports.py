"""Runs as files: complete, harmless in a spreadsheet, plain in Markdown."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest

from llama_demo.errors import InputError
from llama_demo.services.history.exports import COLUMNS, FORMS, exported
from llama_demo.services.history.runs import Run
from llama_demo.ui.provenance import run_notice

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "a,b",
    'say "x"',
    "a\x00b",
    "```\n# no",
    "你好",
]


def run(text: str, **more: object) -> Run:
    """A run with this text wherever text can stand."""
    values: dict[str, object] = {
        "id": "0" * 32,
        "owner": "ann-the-owner",
        "task": "generate",
        "created": datetime(2026, 5, 1, 9, 30, tzinfo=UTC),
        "status": "done",
        "model": text,
        "input": text,
        "output": text,
        "options": {"stop": text, "seed": 7},
        "timings": {},
        "rating": -1,
        "note": text,
    }
    return Run(**{**values, **more})  # type: ignore[arg-type]


def written(runs: list[Run], form: str) -> str:
    """All of a file."""
    return "".join(exported(runs, form, lambda run: ""))


def test_json_holds_everything_but_the_owner() -> None:
    """One object that any program reads, a run a line."""
    runs = [run(text, trace=(("a", 1, -0.5),)) for text in HOSTILE]
    text = written(runs, "json")
    read = json.loads(text)
    assert (read["format"], read["version"]) == ("llama_demo history", 2)
    assert [entry["output"] for entry in read["runs"]] == HOSTILE
    assert read["runs"][0]["trace"] == [["a", 1, -0.5]]
    assert "ann-the-owner" not in text
    assert len(text.splitlines()) >= len(HOSTILE) + 2


def test_no_cell_of_a_table_is_a_formula() -> None:
    """A spreadsheet shows what was written and computes nothing of it; quotes and line breaks survive."""
    text = written([run(hostile) for hostile in HOSTILE], "csv")
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))]
    outputs = [row[COLUMNS.index("output")] for row in rows[1:]]
    assert [output.removeprefix("'") for output in outputs] == [text.replace("\x00", "") for text in HOSTILE]
    assert rows[1][COLUMNS.index("rating")] == "down"


def test_nothing_in_a_text_is_markup() -> None:
    """Each text stands in a fence that it cannot close."""
    text = written([run("```\n# not a heading\n````")], "md")
    assert text.startswith("## 2026-05-01 09:30 UTC · generate · done\n")
    assert text.count("`````text\n```\n# not a heading\n````\n`````\n") == 3


@pytest.mark.parametrize("form", FORMS)
def test_what_a_model_wrote_is_marked(form: str) -> None:
    """By the sentence in each form, for programs too; a quoted answer is nobody's but its author's."""
    made = run("x", edits=2)
    quoted = run("y", task="ask", options={"answerer": "extractive"})
    text = "".join(exported([made, quoted], form, lambda one: run_notice(one, "en")))
    assert text.count("Written by AI (llama demo, x); it may be wrong.") == 1
    if form == "json":
        first, second = json.loads(text)["runs"]
        assert first["digital_source_type"].endswith("/trainedAlgorithmicMedia")
        assert (first["edits"], second["digital_source_type"]) == (2, "")


@pytest.mark.parametrize("form", FORMS)
def test_no_runs_are_a_file_too(form: str) -> None:
    """An empty history is exported as an empty one."""
    text = written([], form)
    assert "generate" not in text
    if form == "json":
        assert json.loads(text)["runs"] == []


def test_a_file_is_made_while_the_runs_are_read() -> None:
    """A long history is never held whole."""
    read = 0

    def runs():
        nonlocal read
        for _ in range(1000):
            read += 1
            yield run("x")

    for form in FORMS:
        read, pieces = 0, exported(runs(), form, lambda run: "")
        next(pieces)
        next(pieces)
        assert read <= 1


def test_another_form_is_refused() -> None:
    """The error names what there is."""
    with pytest.raises(InputError, match="form_unknown"):
        written([], "exe")
