"""The recorder and the history: nothing written is lost, and nothing that fails stops a text."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from llama_demo.errors import InputError
from llama_demo.services.history.runs import FinishedRun, RunRecording, RunService
from llama_demo.services.history.unsaved import MOST_PAGES
from llama_demo.services.visits import Visit, resolve
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore

ROOT = Path(__file__).parents[3]

HOME = resolve(public=False)
ANN = resolve(public=True, secret="a" * 32, save=True)
BEA = resolve(public=True, secret="b" * 32, save=True)


class Clock:
    """Seconds that pass only when a test says so."""

    now = 0.0

    def __call__(self) -> float:
        """The seconds so far."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runs(database: Database, clock: Clock) -> RunService:
    return RunService(RunStore(database), clock)


def record(runs: RunService, visit: Visit = HOME, input: str = "Once") -> RunRecording:
    """Begin a recording of which only what a test is about matters."""
    return runs.record(visit, task="generate", model="tiny", input=input, options={"seed": 7, "top_p": 0.95})


def room(database: Database, pages: int) -> None:
    """Leave so many pages of disk to the database; to SQLite that is a disk of that size."""
    with database.reading() as tables:
        used = tables.execute("PRAGMA page_count").fetchone()[0]
        tables.execute(f"PRAGMA max_page_count = {used + pages}")


def test_a_run_from_start_to_end(runs: RunService) -> None:
    """The row is there from the first moment, and has the whole text and the timings at the end."""
    with record(runs) as recording:
        assert recording.id is not None
        assert runs.get(HOME, recording.id).status == "running"
        recording.progress("upon")
        recording.finish("done", "upon a time", {"tokens": 3})
    run = runs.get(HOME, recording.id)
    assert (run.status, run.output, run.timings) == ("done", "upon a time", {"tokens": 3})
    assert run.options == {"seed": 7, "top_p": 0.95}
    assert recording.warning is None


def test_only_the_first_ending_counts(runs: RunService) -> None:
    """A run that was told to be stopped is not done, nor failed, on the way out."""
    with record(runs) as recording:
        recording.finish("stopped", "half", {"tokens": 1})
        recording.finish("done", "", {})
        recording.progress("more")
    run = runs.page(HOME)[0]
    assert (run.status, run.output, run.timings) == ("stopped", "half", {"tokens": 1})


def test_an_exception_is_a_failure_with_its_text(runs: RunService) -> None:
    """What was written until the failure stays, and the exception goes on to whoever tells it."""

    def fail() -> None:
        with record(runs) as recording:
            recording.progress("so far")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    run = runs.page(HOME)[0]
    assert (run.status, run.output) == ("failed", "so far")


def test_a_closed_generator_is_a_stop(runs: RunService) -> None:
    """A visitor who closes the page stops the run: its text so far stays."""

    def stream() -> Generator[str, None, None]:
        with record(runs) as recording:
            for text in ("one", "one two", "one two three"):
                recording.progress(text)
                yield text

    generator = stream()
    next(generator)
    next(generator)
    generator.close()
    run = runs.page(HOME)[0]
    assert (run.status, run.output) == ("stopped", "one two")


def test_leaving_quietly_is_done(runs: RunService) -> None:
    """A task that forgets to say how it ended has ended well."""
    with record(runs) as recording:
        recording.progress("all of it")
    run = runs.page(HOME)[0]
    assert (run.status, run.output) == ("done", "all of it")


def test_text_is_written_once_a_second_and_complete_at_the_end(runs: RunService, clock: Clock) -> None:
    """Hundreds of calls cost two writes in two seconds, yet nothing is missing from the final text."""
    seen, text = [], ""
    with record(runs) as recording:
        assert recording.id is not None
        for _ in range(240):
            text += "字"
            recording.progress(text)
            seen.append(runs.get(HOME, recording.id).output)
            clock.now += 0.01
        recording.finish("done", text, {})
    assert len(set(seen) - {""}) == 2
    assert runs.get(HOME, recording.id).output == text


def test_visitors_never_meet(runs: RunService) -> None:
    """Another visitor's run is as unknown as one that never was, and a deletion takes one's own."""
    with record(runs, ANN, "Ann's") as anns, record(runs, BEA, "Bea's") as beas:
        pass
    assert anns.id is not None
    assert [run.input for run in runs.page(BEA)] == ["Bea's"]
    for run_id in (anns.id, "0" * 32, "", "\ud83d\x00"):
        with pytest.raises(InputError, match="run_unknown"):
            runs.get(BEA, run_id)
        with pytest.raises(InputError, match="run_unknown"):
            runs.delete(BEA, run_id)
    runs.delete(BEA, str(beas.id))
    assert (runs.count(ANN), runs.count(BEA), runs.count(HOME)) == (1, 0, 0)
    runs.delete(ANN, anns.id)
    assert runs.count(ANN) == 0


def test_a_temporary_visit_writes_nothing_at_all(database: Database, runs: RunService) -> None:
    """Not a byte of any file changes, and what was stored before can still be read."""
    with record(runs, ANN, "before"):
        pass
    database.scrub()
    before = {file: file.read_bytes() for file in database.path.parent.rglob("*.db*")}
    for visit in (resolve(public=True, secret="a" * 32, save=False), resolve(public=True)):
        with record(runs, visit, "unseen") as recording:
            recording.progress("unseen")
            recording.finish("done", "unseen", {})
        assert (recording.id, recording.warning) == (None, None)
    assert {file: file.read_bytes() for file in database.path.parent.rglob("*.db*")} == before
    assert [run.input for run in runs.page(resolve(public=True, secret="a" * 32, save=False))] == ["before"]


def test_somebody_without_an_owner_finds_nothing(runs: RunService) -> None:
    """In public mode, without a secret, the history is empty and says so without an error."""
    nobody = resolve(public=True)
    with record(runs, HOME) as recording:
        pass
    assert recording.id is not None
    assert (runs.page(nobody), runs.count(nobody)) == ([], 0)
    with pytest.raises(InputError, match="run_unknown"):
        runs.get(nobody, recording.id)
    with pytest.raises(InputError, match="run_unknown"):
        runs.delete(nobody, recording.id)


@pytest.mark.parametrize("limit", [0, -1, 101, 10**30])
def test_the_size_of_a_page_is_limited(runs: RunService, limit: int) -> None:
    """Nobody reads the whole table at once; the error names the range."""
    for visit in (HOME, resolve(public=True)):
        with pytest.raises(InputError) as caught:
            runs.page(visit, limit=limit)
        assert caught.value.values == {"name": "limit", "value": limit, "low": 1, "high": 100}


def test_pages_follow_each_other(runs: RunService) -> None:
    """The last run of a page leads to the next page, narrowed in the same way."""
    for number in range(7):
        with record(runs, input=f"story {number}" if number % 2 else "poem"):
            pass
    first = runs.page(HOME, limit=2, query="STORY", task="generate")
    second = runs.page(HOME, limit=2, query="STORY", task="generate", before=first[-1].id)
    assert [run.input for run in first + second] == ["story 5", "story 3", "story 1"]


def test_runs_of_one_debounce_key_are_one_row(runs: RunService) -> None:
    """The recorder passes the debounce key on: an early run that ends late leaves the row alone."""
    with runs.record(HOME, task="search", model="m", input="ca", options={}, debounce_key="q") as early:
        with runs.record(HOME, task="search", model="m", input="cat", options={}, debounce_key="q") as late:
            late.finish("done", "cats", {})
        early.finish("stopped", "ca", {})
    assert early.id == late.id
    assert [(run.input, run.output, run.status) for run in runs.page(HOME)] == [("cat", "cats", "done")]


def test_a_full_disk_is_one_warning_and_the_text_goes_on(
    database: Database, runs: RunService, clock: Clock
) -> None:
    """The caller never sees an exception; what was stored before stays, and the database is sound."""
    with record(runs) as recording:
        assert recording.id is not None
        room(database, 2)
        clock.now += 1.05
        recording.progress("x" * 100_000)
        warning = recording.warning
        assert warning is not None
        assert warning.key == "disk_full"
        recording.progress("x" * 200_000)
        recording.finish("done", "x" * 300_000, {})
        assert recording.warning is warning
    assert runs.get(HOME, recording.id).input == "Once"
    with database.reading() as tables:
        assert tables.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_run_that_could_not_begin_may_still_be_stored(database: Database, runs: RunService) -> None:
    """The disk was full at the start and has space at the end: the run is in the history after all."""
    room(database, 0)
    with record(runs, input="y" * 50_000) as recording:
        assert recording.id is None
        assert recording.warning is not None
        room(database, 1000)
        recording.finish("done", "text", {})
    assert recording.id is not None
    assert runs.get(HOME, recording.id).output == "text"


def test_a_locked_database_is_one_warning_and_hardly_a_wait(
    database: Database, runs: RunService, clock: Clock
) -> None:
    """Another program holds the file while a text streams: the stream does not stand still for it."""
    other = sqlite3.connect(database.path, isolation_level=None)
    with record(runs) as recording:
        assert recording.id is not None
        clock.now += 1.05
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        for length in range(1000):
            recording.progress("z" * length)
        assert time.monotonic() - started < 1.0
        other.execute("ROLLBACK")
        recording.finish("done", "all", {})
    other.close()
    assert recording.warning is not None
    assert recording.warning.key == "database_locked"
    assert runs.get(HOME, recording.id).output == "all"


def test_a_database_closed_under_a_run_does_not_kill_it(database: Database, runs: RunService) -> None:
    """The app shuts down while a text streams: its generator still ends in order."""
    with record(runs) as recording:
        database.close()
        recording.finish("done", "all", {})
    assert recording.warning is not None


RECORD_AND_GO_ON = """
import sys
from itertools import count
from pathlib import Path
from llama_demo.services.history.runs import RunService
from llama_demo.services.visits import resolve
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore
now = 0.0
runs = RunService(RunStore(Database(Path(sys.argv[1]))), lambda: now)
recording = runs.record(resolve(public=False), task="generate", model="m", input="Once", options={"seed": 7})
for words in count(1):
    now = words / 50  # seconds
    recording.progress("word " * words)
    print(recording.id, words, flush=True)
"""


def test_kill_9_in_the_middle_of_a_run(tmp_path: Path) -> None:
    """The next start shows the run as interrupted, with its text of a second ago; the file is sound."""
    path = tmp_path / "llama_demo.db"
    command = [sys.executable, "-c", RECORD_AND_GO_ON, str(path)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert program.stdout is not None
    for _ in range(125):
        run_id, _ = program.stdout.readline().split()
    program.kill()
    rest, _ = program.communicate()
    written = 125 + rest.count("\n")

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with closing(Database(path)) as database:
        run = RunService(RunStore(database)).get(HOME, run_id)
    assert (run.status, run.input, run.options) == ("interrupted", "Once", {"seed": 7})
    assert run.output == "word " * run.output.count("word ")
    assert written - 100 < run.output.count("word ") <= written + 1


def test_days_are_those_of_the_visitor(runs: RunService) -> None:
    """A run just after midnight in Shanghai is one of that day there, and of the day before in London."""
    created = datetime(2026, 5, 1, 16, 30, tzinfo=UTC)  # half past midnight on the 2nd in Shanghai
    run = FinishedRun(created=created, task="generate", model="m", input="late", options={}, status="done")
    runs.keep(HOME, run)
    shanghai = timezone(timedelta(hours=8))
    for day, zone, hit in ((1, UTC, 1), (2, UTC, 0), (1, shanghai, 0), (2, shanghai, 1)):
        only = date(2026, 5, day)
        assert runs.count(HOME, since=only, until=only, zone=zone) == hit
        assert len(runs.page(HOME, since=only, until=only, zone=zone)) == hit
    assert runs.count(HOME, since=date.min, until=date.max, zone=shanghai) == 1


def test_every_run_is_read_once_while_others_come_and_go(runs: RunService) -> None:
    """An export goes on through pages of a hundred while runs begin and are deleted."""
    ids = []
    for number in range(230):
        with record(runs, input=f"story {number}") as recording:
            ids.append(str(recording.id))
    read = []
    for run in runs.every(HOME, query="story"):
        read.append(run.id)
        if len(read) == 50:
            runs.delete(HOME, ids[0])
            with record(runs, input="story too late"):
                pass
    assert read == ids[:0:-1]


def test_a_temporary_run_can_be_kept_after_all(runs: RunService) -> None:
    """It is in the history as if it had been stored from the start; until then nothing of it was."""
    temporary = resolve(public=False, save=False)
    with record(runs, temporary) as recording:
        recording.finish("stopped", "upon a time", {"tokens": 3}, trace=[(" upon", 9, -0.5)])
    assert recording.id is None
    assert runs.count(HOME) == 0
    run = runs.get(HOME, runs.keep(temporary, recording.run))
    assert (run.status, run.input, run.output, run.timings) == (
        "stopped",
        "Once",
        "upon a time",
        {"tokens": 3},
    )
    assert (run.options, run.trace) == ({"seed": 7, "top_p": 0.95}, ((" upon", 9, -0.5),))
    assert run.created == recording.run.created
    assert runs.count(HOME, query="upon") == 1
    with pytest.raises(InputError, match="visitor_needed"):
        runs.keep(resolve(public=True), recording.run)


def test_a_run_is_recorded_as_a_version(runs: RunService) -> None:
    """Regenerate names the run that it repeats."""
    with record(runs) as first:
        pass
    again = runs.record(HOME, task="generate", model="tiny", input="Once", options={}, origin=first.id)
    with again:
        pass
    assert [run.id for run in runs.versions(HOME, str(again.id))] == [first.id, again.id]
    with pytest.raises(InputError, match="run_unknown"):
        runs.versions(ANN, str(first.id))


def test_thumbs_and_notes(runs: RunService) -> None:
    """One's own runs only, within bounds; names to filter by are one's own too."""
    with record(runs) as recording:
        pass
    run_id = str(recording.id)
    runs.rate(HOME, run_id, -1)
    runs.annotate(HOME, run_id, "dull")
    assert runs.count(HOME, rating=-1, query="dull") == 1
    runs.rate(HOME, run_id, 0)
    runs.annotate(HOME, run_id, "")
    assert (runs.get(HOME, run_id).rating, runs.get(HOME, run_id).note) == (0, "")
    assert (runs.names(HOME), runs.names(ANN), runs.names(resolve(public=True))) == (
        [("generate", "tiny")],
        [],
        [],
    )
    for wrong in (
        lambda: runs.rate(HOME, run_id, 2),
        lambda: runs.annotate(HOME, run_id, "x" * 2001),
        lambda: runs.rate(ANN, run_id, 1),
        lambda: runs.annotate(resolve(public=True), run_id, "x"),
    ):
        with pytest.raises(InputError, match=r"out_of_range|note_too_long|run_unknown"):
            wrong()


def test_what_a_temporary_page_shows_can_be_saved_after_all(runs: RunService) -> None:
    """The latest run of this page, or both of a comparison; once; of no other page or tab."""
    here, there = (resolve(public=False, save=False, page=page * 64) for page in "ab")
    with record(runs, here, "first"):
        pass
    with (
        record(runs, here, "second") as going,
        record(runs, here, "beside it"),
        record(runs, there, "elsewhere"),
    ):
        with pytest.raises(InputError, match="nothing_to_keep"):
            runs.keep_shown(resolve(public=False, page="c" * 64), "generate")
        going.finish("done", "text", {})
    with runs.record(here, task="translate", model="tiny", input="another tab", options={}):
        pass
    assert runs.count(HOME) == 0
    assert runs.keep_shown(here, "generate") == 2
    assert {run.input for run in runs.page(HOME)} == {"second", "beside it"}
    for visit in (here, resolve(public=False, save=False)):
        with pytest.raises(InputError, match="nothing_to_keep"):
            runs.keep_shown(visit, "generate")
    with pytest.raises(InputError, match="visitor_needed"):
        runs.keep_shown(resolve(public=True, page="b" * 64), "generate")
    assert runs.keep_shown(there, "generate") == 1


def test_memory_for_unsaved_runs_has_an_end(runs: RunService) -> None:
    """A crowd of temporary visitors costs a bounded number of texts."""
    visits = [resolve(public=False, save=False, page=f"{number:064}") for number in range(MOST_PAGES + 1)]
    for visit in visits:
        with record(runs, visit):
            pass
    with pytest.raises(InputError, match="nothing_to_keep"):
        runs.keep_shown(visits[0], "generate")
    assert runs.keep_shown(visits[-1], "generate") == 1
