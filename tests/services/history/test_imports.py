"""Coming back: equal rows from our own file, and nothing at all from any other."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llama_demo.errors import InputError
from llama_demo.services.history import imports
from llama_demo.services.history.exports import exported
from llama_demo.services.history.imports import imported
from llama_demo.services.history.runs import RunService
from llama_demo.services.visits import LOCAL_OWNER, resolve
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.runs import RunStore

ROOT = Path(__file__).parents[3]
HOME = resolve(public=False)
ANN = resolve(public=True, secret="a" * 32)

TEXTS = ["翻译这句话", "=1+1", "a\x00b \u202e", "👩🏽‍🚀", '"quoted" \\ {}', "", "line\nline\r\n"]


def fill(runs: RunService) -> None:
    """Runs with odd texts, thumbs, notes, tokens and versions."""
    origin = None
    for number, text in enumerate(TEXTS):
        made = runs.record(
            HOME, task="generate", model="m", input=text, options={"stop": text}, origin=origin
        )
        with made as recording:
            recording.finish(
                "stopped" if number % 2 else "done", text * 2, {"speed": 1.5}, trace=[(text, 5, -0.25)]
            )
        runs.rate(HOME, str(recording.id), number % 3 - 1)
        runs.annotate(HOME, str(recording.id), text)
        origin = recording.id


def file_of(runs: RunService) -> bytes:
    """The whole history as JSON."""
    return "".join(exported(runs.every(HOME), "json", lambda run: "")).encode()


def test_a_round_trip_gives_equal_rows(runs: RunService, database: Database) -> None:
    """Exported, deleted, imported: every field of every run is as it was; importing again adds nothing."""
    fill(runs)
    before, file = runs.page(HOME, limit=100), file_of(runs)
    ErasureStore(database).delete_history(owner=LOCAL_OWNER)
    assert runs.add(HOME, imported(file)) == (len(TEXTS), 0)
    assert runs.page(HOME, limit=100) == before
    assert runs.add(HOME, imported(file)) == (0, len(TEXTS))
    assert file_of(runs) == file
    assert len(runs.versions(HOME, before[0].id)) == len(TEXTS)


def test_a_reformatted_file_is_still_ours(runs: RunService, database: Database) -> None:
    """An editor that indents JSON, escapes Chinese or adds a byte order mark does no harm."""
    fill(runs)
    before, file = runs.page(HOME, limit=100), json.loads(file_of(runs))
    for text in (
        json.dumps(file, indent=4),
        json.dumps(file, separators=(",", ":")),
        "\ufeff" + json.dumps(file),
    ):
        ErasureStore(database).delete_history(owner=LOCAL_OWNER)
        runs.add(HOME, imported(text.encode()))
        assert runs.page(HOME, limit=100) == before


def test_the_importer_owns_what_comes(runs: RunService) -> None:
    """Somebody's file is imported by another visitor: both have the runs, each their own."""
    fill(runs)
    mine = runs.page(HOME, limit=100)
    for _ in range(2):
        runs.add(ANN, imported(file_of(runs)))
    hers = runs.page(ANN, limit=100)
    assert [(run.input, run.note, run.created) for run in hers] == [
        (r.input, r.note, r.created) for r in mine
    ]
    assert runs.page(HOME, limit=100) == mine
    with pytest.raises(InputError, match="visitor_needed"):
        runs.add(resolve(public=True), imported(file_of(runs)))


def test_a_run_that_was_being_written_comes_back_as_interrupted(runs: RunService, database: Database) -> None:
    """An export in mid-run is complete; whoever imports it is not told that the run still goes on."""
    with runs.record(HOME, task="generate", model="m", input="x", options={}):
        file = file_of(runs)
    assert json.loads(file)["runs"][0]["status"] == "running"
    ErasureStore(database).delete_history(owner=LOCAL_OWNER)
    runs.add(HOME, imported(file))
    assert runs.page(HOME)[0].status == "interrupted"


def one(**changes: Any) -> bytes:
    """A file of two runs, of which the second is changed; an unknown field is added."""
    good = {
        "id": "0660f2b3c8a1f2" + "a" * 18,
        "task": "generate",
        "created": "2027-01-28T13:17:19.434226+00:00",
        "status": "done",
        "model": "m",
        "input": "in",
        "output": "out",
        "options": {},
        "timings": {},
        "rating": 0,
        "note": "",
        "origin": None,
        "trace": [],
    }
    good["created"] = imports.to_datetime(int(str(good["id"])[:14], 16)).isoformat()
    bad = {
        name: value
        for name, value in {**good, "id": good["id"][:-1] + "b", **changes}.items()
        if value != "absent"
    }
    return json.dumps({"format": "llama_demo history", "version": 1, "runs": [good, bad]}).encode()


def test_what_is_changed_below_was_right(runs: RunService) -> None:
    """The file that the next tests break can be imported as it is."""
    assert runs.add(HOME, imported(one())) == (2, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "absent"}, {"id": "x"}, {"id": 5}, {"id": "0660f2b3c8a1f2" + "A" * 18},
        {"id": "0" * 31 + "\n"}, {"id": "f" * 32}, {"id": "../../etc/passwd"}, {"id": "0" * 32},
        {"task": ""}, {"task": "<b>"}, {"task": None}, {"created": "yesterday"}, {"created": 5},
        {"created": "2027-01-28"}, {"created": "1969-01-01T00:00:00+00:00"},
        {"created": "9999-12-31T23:59:59+00:00"},
        {"status": "great"}, {"status": ["done"]}, {"model": "m" * 501}, {"input": None}, {"input": ["a"]},
        {"output": 5}, {"options": []}, {"options": "{}"}, {"timings": None}, {"rating": 2}, {"rating": "1"},
        {"note": "n" * 2001}, {"origin": "first"}, {"origin": 0}, {"trace": "abc"}, {"trace": [["a", 1]]},
        {"trace": [["a", "b", "c"]]}, {"owner": "somebody"},
    ],
    ids=lambda changes: repr(changes)[:40],
)  # fmt: skip
def test_a_run_that_is_wrong_refuses_the_file(runs: RunService, changes: dict[str, Any]) -> None:
    """One sentence with the number of the run, and not even the good one before it is stored."""
    with pytest.raises(InputError) as caught:
        runs.add(HOME, imported(one(**changes)))
    assert caught.value.key == "import_broken"
    assert caught.value.values["run"] == 2
    assert runs.count(HOME) == 0


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00", b"[]", b"{}", b"null", b"PK\x03\x04zip", b"\xff\xfe\x00", "文字".encode("gb18030"),
        b'{"runs": []}', b'{"format": "other", "version": 1, "runs": []}', b"<html>", b"id,task\n1,2\n",
        b"[" * 1_000_000, b'{"a":' * 200_000,
    ],
    ids=range(14),
)  # fmt: skip
def test_a_foreign_file_is_refused(runs: RunService, data: bytes) -> None:
    """Whatever it is, it is told to be none of ours, at once."""
    with pytest.raises(InputError, match="import_foreign"):
        runs.add(HOME, imported(data))
    assert runs.count(HOME) == 0


BEGINNING = b'{"format": "llama_demo history", "version": 1, "runs": ['


@pytest.mark.parametrize(
    "rest",
    [
        b"", b"{", b"]", b"] ", b"]}x", b"{},]}", b"1]}", b"[[" * 500_000, b'{"a":' * 200_000, b"NaN]}",
        b'{"id": 1e999}]}', b"9" * 100_000 + b"]}", b'"\\ud83d"]}', b"\x00]}",
    ],
    ids=range(14),
)  # fmt: skip
def test_a_broken_file_is_refused(runs: RunService, rest: bytes) -> None:
    """Cut off, nested without end, with numbers that are none: a sentence, no trace, nothing stored."""
    with pytest.raises(InputError, match="import_broken"):
        runs.add(HOME, imported(BEGINNING + rest))
    assert runs.count(HOME) == 0


def test_a_file_cut_off_anywhere_stores_nothing(runs: RunService, database: Database) -> None:
    """A download that broke off, byte by byte, and a byte turned over: refused, or (an empty end) whole."""
    file, dice = one(), random.Random(5)
    for length in range(0, len(file) - 1, 7):
        with pytest.raises(InputError):
            runs.add(HOME, imported(file[:length]))
    for _ in range(300):
        broken = bytearray(file)
        broken[dice.randrange(len(file))] ^= 1 << dice.randrange(7)
        try:
            runs.add(HOME, imported(bytes(broken)))
        except InputError:
            assert runs.count(HOME) == 0
        ErasureStore(database).delete_history(owner=LOCAL_OWNER)


def test_a_newer_file_is_told_apart(runs: RunService) -> None:
    """The way out is another one: update, not export again."""
    with pytest.raises(InputError, match="import_newer"):
        runs.add(HOME, imported(BEGINNING.replace(b": 1", b": 3") + b"]}"))


def test_a_huge_file_is_refused(runs: RunService) -> None:
    """By its bytes before it is read, by its runs before they are stored."""
    with pytest.raises(InputError, match="import_too_large"):
        runs.add(HOME, imported(b" " * (imports.LARGEST_FILE + 1)))
    run = json.dumps(json.loads(one())["runs"][0]).encode()
    many = BEGINNING + b",".join([run] * (imports.MOST_RUNS + 1)) + b"]}"
    with pytest.raises(InputError, match="import_too_many"):
        runs.add(HOME, imported(many))
    assert runs.count(HOME) == 0


ACT_AND_SAY_SO = """
import sys
from pathlib import Path
from llama_demo.services.history.imports import imported
from llama_demo.services.history.runs import RunService
from llama_demo.services.visits import resolve
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.runs import RunStore
database, home = Database(Path(sys.argv[1])), resolve(public=False)
runs, erasure = RunService(RunStore(database)), ErasureStore(database)
file = Path(sys.argv[2]).read_bytes()
while True:
    print("import", flush=True)
    runs.add(home, imported(file))
    print("delete", flush=True)
    erasure.delete_history(owner=home.owner)
"""


def killed_in(act: str, command: list[str], dice: random.Random) -> None:
    """Start a program that imports and deletes in turn, and kill it somewhere in this act."""
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert program.stdout is not None
    begun = (line for line in program.stdout if line.strip() == act)
    for _ in range(dice.randrange(2, 5)):
        next(begun, None)
    time.sleep(dice.random() * 0.05)
    program.kill()
    _, said = program.communicate()
    assert said == "", "the program ended before it was killed"


@pytest.mark.parametrize("act", ["import", "delete"])
def test_kill_9_leaves_all_or_nothing(tmp_path: Path, act: str) -> None:
    """A power cut in an import or a deletion: the next start has every run of the file, or none
    and not a word of them in its files.
    """
    source = tmp_path / "source.db"
    with closing(Database(source)) as database:
        made = RunService(RunStore(database))
        for number in range(150):
            with made.record(HOME, task="generate", model="m", input=f"翻译 {number} " * 20, options={}):
                pass
        (tmp_path / "file.json").write_bytes(file_of(made))
    path, dice = tmp_path / "data" / "llama_demo.db", random.Random(act)
    command = [sys.executable, "-c", ACT_AND_SAY_SO, str(path), str(tmp_path / "file.json")]
    counts = []
    for _ in range(3):
        killed_in(act, command, dice)
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with closing(Database(path)) as database:
            again = RunService(RunStore(database))
            counts.append(again.count(HOME))
            assert again.count(HOME, query="翻译") == counts[-1]
            if not counts[-1]:
                for file in path.parent.glob("llama_demo.db*"):
                    assert "翻译".encode() not in file.read_bytes()
            ErasureStore(database).delete_history(owner=LOCAL_OWNER)
    assert set(counts) <= {0, 150}
