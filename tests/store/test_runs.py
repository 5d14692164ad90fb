"""The rows of the history: order, owners, odd text, replacement, interruption and real deletion."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from llama_demo.errors import StoreError
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.run import OpenRun, Run
from llama_demo.store.run_index import Filter, selection
from llama_demo.store.runs import RunStore
from tests.store.clock import Clock

ROOT = Path(__file__).parents[2]

SECOND = 1_000_000


@pytest.fixture
def store(database: Database, clock: Clock) -> RunStore:
    """The runs of a blank database."""
    return RunStore(database, clock=clock)


def begin(
    store: RunStore,
    input: str = "Once",
    *,
    owner: str = "ann",
    task: str = "generate",
    debounce_key: str = "",
) -> OpenRun:
    """Begin a run of which only what a test is about matters."""
    return store.begin(
        owner=owner, task=task, model="tiny", input=input, options={"seed": 7}, debounce_key=debounce_key
    )


def pages(store: RunStore, *, owner: str = "ann", limit: int = 3) -> list[Run]:
    """Turn page after page to the end."""
    seen: list[Run] = []
    while page := store.page(owner=owner, limit=limit, before=seen[-1].id if seen else None):
        seen += page
    return seen


def test_a_run_is_read_as_it_was_written(store: RunStore, clock: Clock) -> None:
    """Every field comes back, the time exact to the microsecond and in UTC."""
    row = begin(store, "从前")
    row.write("done", "有一只猫。", {"tokens": 6, "first_token_ms": 12.5})
    run = store.get(row.id, owner="ann")
    assert run == Run(
        id=row.id,
        owner="ann",
        task="generate",
        created=datetime.fromtimestamp(clock.now // SECOND, UTC).replace(microsecond=123456),
        status="done",
        model="tiny",
        input="从前",
        output="有一只猫。",
        options={"seed": 7},
        timings={"tokens": 6, "first_token_ms": 12.5},
    )


def test_a_row_exists_from_the_start(store: RunStore) -> None:
    """A run can be seen, as running, before its first token."""
    run = store.get(begin(store).id, owner="ann")
    assert run is not None
    assert (run.status, run.output, run.timings) == ("running", "", {})


def test_nobody_reaches_the_runs_of_another(database: Database, store: RunStore) -> None:
    """Another owner's id is as good as none: to read, to write, to delete, to count, to page from."""
    row = begin(store, "mine")
    other = begin(store, "hers", owner="bea")
    assert store.get(row.id, owner="bea") is None
    assert not store.delete(row.id, owner="bea")
    assert [run.input for run in store.page(owner="bea", limit=10)] == ["hers"]
    assert [run.input for run in store.page(owner="bea", limit=10, narrowing=Filter(query="mine"))] == []
    assert store.count(owner="bea") == 1
    OpenRun(row.database, row.id, "bea", row.begun).write("failed", "overwritten", {})
    assert ErasureStore(database).delete_history(owner="bea") == 1
    survivor = store.get(row.id, owner="ann")
    assert survivor is not None
    assert (survivor.status, survivor.output) == ("running", "")
    assert store.get(other.id, owner="bea") is None


def test_ids_cannot_be_guessed(store: RunStore) -> None:
    """Two runs of the same microsecond differ in 72 random bits."""
    ids = {begin(store).id for _ in range(50)}
    assert len({run_id[14:] for run_id in ids}) == 50
    assert all(len(run_id) == 32 for run_id in ids)


def test_pages_hold_every_run_once_newest_first(store: RunStore, clock: Clock) -> None:
    """The order is the order of beginning, even while the clock stands still or is set back an hour."""
    for number in range(10):
        begin(store, str(number))
        clock.now += {3: 0, 4: -3600 * SECOND}.get(number, 1)
    assert [run.input for run in pages(store)] == [str(n) for n in reversed(range(10))]
    created = [run.created for run in pages(store)]
    assert created == sorted(created, reverse=True)


def test_pages_hold_runs_of_two_programs_in_one_microsecond(
    open_database: Callable[[], Database], clock: Clock
) -> None:
    """Two apps that write in the same instant: each run comes once, whatever the size of the page."""
    stores = [RunStore(open_database(), clock=clock) for _ in range(2)]
    for number in range(6):
        for index, store in enumerate(stores):
            begin(store, f"{index}-{number}")
    everything = pages(stores[0], limit=100)
    assert len({run.created for run in everything}) == 6
    for limit in (1, 2, 3, 5):
        assert pages(stores[1], limit=limit) == everything


def test_a_page_goes_on_after_a_deleted_run(store: RunStore) -> None:
    """Somebody deletes the last run they see and asks for older ones: they come."""
    rows = [begin(store, str(number)) for number in range(4)]
    store.delete(rows[2].id, owner="ann")
    assert [run.input for run in store.page(owner="ann", limit=9, before=rows[2].id)] == ["1", "0"]


def test_new_runs_do_not_shift_the_next_page(store: RunStore) -> None:
    """A run that begins while somebody turns pages neither repeats nor hides one."""
    for number in range(4):
        begin(store, str(number))
    first = store.page(owner="ann", limit=2)
    begin(store, "new")
    second = store.page(owner="ann", limit=2, before=first[-1].id)
    assert [run.input for run in first + second] == ["3", "2", "1", "0"]


def test_paging_reads_from_an_index(database: Database, store: RunStore) -> None:
    """A long history opens as fast as a short one: no sorting of all rows."""
    plans = []
    for narrowing in (Filter(), Filter(query="cat"), Filter(task="ask", rating=1)):
        chosen = selection(narrowing, owner="ann")
        page = f"EXPLAIN QUERY PLAN SELECT runs.* FROM {chosen.source} ORDER BY {chosen.order} DESC LIMIT 20"
        with database.reading() as tables:
            plans.append(" ".join(row["detail"] for row in tables.query(page, chosen.values)))
    assert "idx_runs_owner_id (owner=? AND id>? AND id<?)" in plans[0]
    assert all("run_search VIRTUAL TABLE" in plan and "runs_number" in plan for plan in plans[1:])
    assert not [plan for plan in plans if "TEMP B-TREE" in plan]


def test_a_page_can_be_narrowed(store: RunStore) -> None:
    """By task, and by a text in the input or the output, where signs of SQL's patterns are just signs."""
    begin(store, "a CAT").write("done", "meows", {})
    begin(store, "100% sure", task="ask").write("done", "it's \x00 hidden", {})
    begin(store, "翻译这句话", task="translate")

    def found(**narrowing: str) -> list[str]:
        return [run.input for run in store.page(owner="ann", limit=9, narrowing=Filter(**narrowing))]

    assert found(task="ask") == ["100% sure"]
    assert found(query="cat") == ["a CAT"]
    assert found(query="MEOW") == ["a CAT"]
    assert (
        found(query="%")
        == found(query="hidden")
        == found(query="\x00")
        == found(query="it's")
        == ["100% sure"]
    )
    assert found(query="翻译") == ["翻译这句话"]
    assert found(query="_") == found(query="' OR 1=1 --") == found(task="no such") == []


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "\x00",
        "\x1b[31m\x07\r\n\t",
        "👩🏽‍🚀🇨🇳",
        "العربية \u200fעברית\u202e",
        "'; DROP TABLE runs; --",
        "长" * 350_000,
    ],
    ids=["nul", "only nul", "control", "emoji", "right to left", "sql", "1 MB"],
)
def test_any_text_is_kept_to_the_letter(store: RunStore, text: str) -> None:
    """What was typed and what was written come back unchanged, everywhere that text can stand."""
    row = store.begin(
        owner="ann",
        task=text[:50],
        model=text[:50],
        input=text,
        options={"stop": text},
        debounce_key=text[:9],
    )
    row.write("done", text, {"note": text})
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert run.input == run.output == run.options["stop"] == run.timings["note"] == text
    assert store.page(owner="ann", limit=1) == [run]


def test_half_characters_do_not_break_a_row(store: RunStore) -> None:
    """A half of a surrogate pair becomes U+FFFD, and two halves become their character."""
    row = store.begin(
        owner="ann",
        task="t",
        model="m",
        input="a\ud83d!",
        options={"\udc00": "\ud800"},
        debounce_key="\udfff",
    )
    row.write("done", "\ud83d\ude00 \ude00", {})
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert (run.input, run.output, run.options) == ("a\ufffd!", "😀 \ufffd", {"\ufffd": "\ufffd"})
    assert store.get("\ud83d", owner="\ud83d") is None
    assert len(store.page(owner="ann", limit=1, before="\ud83d")) <= 1
    assert store.page(owner="ann", limit=1, narrowing=Filter(task="\ud83d", query="\ud83d")) == []


def test_typing_updates_one_row(store: RunStore, clock: Clock) -> None:
    """An input that runs at each keystroke leaves one row with the last text, in its place in the list."""
    first = begin(store, "h", debounce_key="search")
    first.write("done", "old output", {"tokens": 1})
    begin(store, "something else")
    for text in ("he", "hel", "hell", "hello"):
        clock.now += 9 * SECOND
        last = begin(store, text, debounce_key="search")
    runs = store.page(owner="ann", limit=9)
    assert [run.input for run in runs] == ["something else", "hello"]
    assert last.id == first.id
    assert (runs[1].status, runs[1].output, runs[1].timings) == ("running", "", {})


def test_five_sentences_typed_soon_after_each_other_leave_five_rows(store: RunStore, clock: Clock) -> None:
    """Each beginning of one becomes the whole sentence; none takes the row of the one before."""
    sentences = ["I like tea.", "I like coffee.", "It is late.", "我很好。", "我们走吧。"]
    for sentence in sentences:
        clock.now += 5 * SECOND
        for size in (2, len(sentence) - 1, len(sentence)):
            begin(store, sentence[:size], debounce_key="translate")
    assert [run.input for run in store.page(owner="ann", limit=9)] == sentences[::-1]


@pytest.mark.parametrize("output", ["", "The dog sleeps"])
def test_other_settings_take_the_row_of_a_run_that_gave_nothing(store: RunStore, output: str) -> None:
    """The page turns a translation round once it knows the language of the text."""
    text, rest = "The dog sleeps", {"owner": "ann", "task": "translate", "model": "tiny"}
    first = store.begin(input=text, options={"target": "en"}, debounce_key="translate", **rest)
    first.write("done", output, {})
    store.begin(input=text, options={"target": "zh"}, debounce_key="translate", **rest)
    assert [run.options for run in store.page(owner="ann", limit=9)] == [{"target": "zh"}]


def test_a_row_counts_what_it_replaced(store: RunStore) -> None:
    """A row that was rated, and one of other settings, are replaced by nothing."""
    begin(store, "The cta sat on the mat.", debounce_key="translate")
    begin(store, "The cat sat on the mat.", debounce_key="translate")
    row = begin(store, "The cat sat on the mat. It slept.", debounce_key="translate")
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert (run.edits, store.count(owner="ann")) == (2, 1)
    row.write("done", "It purred.", {})
    store.begin(
        owner="ann", task="generate", model="tiny", input=run.input, options={}, debounce_key="translate"
    )
    store.mark(store.page(owner="ann", limit=1)[0].id, owner="ann", rating=1)
    begin(store, run.input, debounce_key="translate")
    assert store.count(owner="ann") == 3


@pytest.mark.parametrize(
    "second",
    [
        {"owner": "bea", "debounce_key": "search"},
        {"task": "ask", "debounce_key": "search"},
        {"debounce_key": "other"},
        {"debounce_key": ""},
    ],
    ids=["owner", "task", "key", "no key"],
)
def test_only_a_run_of_the_same_key_is_replaced(store: RunStore, second: dict[str, str]) -> None:
    """A debounced run never replaces a row of another visitor, task or key."""
    begin(store, "one", debounce_key="search")
    begin(store, "one more", **second)
    assert store.count(owner="ann") + store.count(owner="bea") == 2


def test_ten_seconds_later_it_is_another_run(store: RunStore, clock: Clock) -> None:
    """A run is not replaced after the window has passed, nor one without a key."""
    begin(store, "one", debounce_key="search")
    clock.now += 10 * SECOND
    begin(store, "one more", debounce_key="search")
    begin(store, "third")
    begin(store, "fourth")
    assert store.count(owner="ann") == 4


def test_a_replaced_run_no_longer_writes(store: RunStore) -> None:
    """The run of an earlier keystroke ends late: its text must not stand under the later input."""
    early = begin(store, "ca", debounce_key="search")
    late = begin(store, "cat", debounce_key="search")
    late.write("done", "about cats", {})
    early.write("stopped", "about ca", {})
    run = store.get(late.id, owner="ann")
    assert run is not None
    assert (run.input, run.status, run.output) == ("cat", "done", "about cats")


def test_a_deleted_run_stays_deleted(store: RunStore) -> None:
    """Deleting a run that is still writing does not fail, and its next words do not bring it back."""
    row = begin(store)
    assert store.delete(row.id, owner="ann")
    row.write("running", "and then", {})
    assert store.count(owner="ann") == 0
    assert not store.delete(row.id, owner="ann")


def test_deleting_takes_the_text_off_the_disk(database: Database, store: RunStore) -> None:
    """After a deletion no file of the database holds the text, however often the row was rewritten."""
    rows = [begin(store, f"secret-{number}-" + "x" * number * 40) for number in range(60)]
    for row in rows:
        for length in (10, 400, 9000):
            row.write("running", f"reply to {row.id} " * (length // 10), {"note": f"measured {row.id}"})
    for row in rows[::2]:
        assert store.delete(row.id, owner="ann")
    needles = [row.id.encode() for row in rows] + [b"secret-%d-" % number for number in range(60)]
    assert remaining(database, needles[::2]) == []
    assert remaining(database, needles[1::2]) == needles[1::2]
    assert ErasureStore(database).delete_history(owner="ann") == 30
    assert remaining(database, [b"secret-", b"reply to", b"measured"]) == []


def test_a_deletion_that_is_not_complete_says_so(database: Database, store: RunStore) -> None:
    """Another program still reads the old pages: the run is gone, and nobody is told more than is true."""
    row = begin(store, "secret")
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("SELECT * FROM runs").fetchall()
    with pytest.raises(StoreError, match="deletion_incomplete"):
        store.delete(row.id, owner="ann")
    other.close()
    assert store.count(owner="ann") == 0
    assert remaining(database, [b"secret"]) == [b"secret"]
    assert ErasureStore(database).delete_history(owner="ann") == 0
    assert remaining(database, [b"secret"]) == []


def remaining(database: Database, needles: list[bytes]) -> list[bytes]:
    """Which of the texts still stand in some file of the data directory."""
    files = b"".join(file.read_bytes() for file in database.path.parent.rglob("*") if file.is_file())
    return [needle for needle in needles if needle in files]


RUN_AND_WAIT = """
import sys
from pathlib import Path
from llama_demo.errors import StoreError
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore
store = RunStore(Database(Path(sys.argv[1])))
row = store.begin(owner="ann", task="generate", model="m", input="Once", options={})
row.write("running", "upon a time", {})
print(row.id, flush=True)
sys.stdin.read()
"""


def test_a_killed_programs_run_is_interrupted_a_living_ones_is_not(
    database: Database, store: RunStore, open_database: Callable[[], Database]
) -> None:
    """Two apps on one database, one of them killed: only its run is marked, with the text it had."""
    own = begin(store, owner="ann")
    command = [sys.executable, "-c", RUN_AND_WAIT, str(database.path)]
    programs = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        for _ in range(2)
    ]
    ids = [program.stdout.readline().strip() for program in programs if program.stdout]
    programs[0].kill()
    programs[0].communicate()

    again = RunStore(open_database())
    assert again.interrupted == 1
    runs = [again.get(run_id, owner="ann") for run_id in (*ids, own.id)]
    assert [run.status for run in runs if run] == ["interrupted", "running", "running"]
    assert runs[0] is not None
    assert runs[0].output == "upon a time"
    with database.reading() as tables:
        assert tables.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    programs[1].kill()
    programs[1].communicate()
    assert RunStore(open_database()).interrupted == 1


def test_a_program_that_closed_leaves_no_running_run(
    open_database: Callable[[], Database], store: RunStore
) -> None:
    """A run that was still going when its app was closed is interrupted for the next one who looks."""
    database = open_database()
    row = begin(RunStore(database))
    database.close()
    assert RunStore(open_database()).interrupted == 1
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert run.status == "interrupted"


def test_versions_of_a_run_are_kept_together(store: RunStore) -> None:
    """Whichever version the next one is made from, and whichever is looked at: all, oldest first."""
    first = begin(store, "first")
    more = []
    for origin in (first.id, first.id, None):
        run = {"owner": "ann", "task": "generate", "model": "tiny", "input": "again", "options": {}}
        more.append(store.begin(**run, origin=origin or more[-1].id))  # type: ignore[arg-type]
    begin(store, "alone")
    ids = [first.id, *(row.id for row in more)]
    for run_id in ids:
        assert [run.id for run in store.versions(run_id, owner="ann")] == ids
        assert store.versions(run_id, owner="bea") == []
    alone = store.page(owner="ann", limit=1)[0]
    assert store.versions(alone.id, owner="ann") == [alone]


def test_deleting_the_first_version_does_not_part_the_others(store: RunStore) -> None:
    """The group keeps its name, so the others stay together, and later versions still join them."""
    run = {"owner": "ann", "task": "generate", "model": "tiny", "input": "x", "options": {}}
    first = store.begin(**run)  # type: ignore[arg-type]
    second, third = (store.begin(**run, origin=first.id) for _ in range(2))  # type: ignore[arg-type]
    store.delete(first.id, owner="ann")
    fourth = store.begin(**run, origin=third.id)  # type: ignore[arg-type]
    for row in (second, third, fourth):
        assert [run.id for run in store.versions(row.id, owner="ann")] == [second.id, third.id, fourth.id]
    assert store.versions(first.id, owner="ann") == []


def test_the_tokens_of_a_run_are_kept(store: RunStore) -> None:
    """Text, id and log-probability of each, rounded to what is shown."""
    row = begin(store)
    row.write("done", "猫 sat", {}, trace=[("猫", 812, -0.123456), (" sat", 7, 0.0)])
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert run.trace == (("猫", 812, -0.1235), (" sat", 7, 0.0))


def test_a_run_is_rated_and_noted(store: RunStore) -> None:
    """Each by itself, by its owner alone; what the run writes meanwhile does not undo it."""
    row = begin(store)
    assert store.mark(row.id, owner="ann", rating=1)
    assert store.mark(row.id, owner="ann", note="good \x00 好")
    assert not store.mark(row.id, owner="bea", rating=-1, note="hers")
    assert not store.mark("0" * 32, owner="ann", rating=1)
    row.write("done", "text", {})
    run = store.get(row.id, owner="ann")
    assert run is not None
    assert (run.rating, run.note, run.output) == (1, "good \x00 好", "text")


def test_runs_come_back_as_they_went(database: Database, store: RunStore) -> None:
    """What is deleted and added again is the same in every field, once, however often it is added."""
    for number in range(5):
        row = begin(store, f"number {number}")
        row.write("done", "out", {"tokens": number}, trace=[("a", 1, -1.0)])
        store.mark(row.id, owner="ann", rating=number % 3 - 1, note=f"note {number}")
    begin(store, "another version").write("stopped", "x", {})
    before = store.page(owner="ann", limit=100)
    ErasureStore(database).delete_history(owner="ann")
    assert store.add(before, owner="ann") == (6, 0)
    assert store.page(owner="ann", limit=100) == before
    assert store.add(before, owner="ann") == (0, 6)
    assert store.count(owner="ann", narrowing=Filter(query="number")) == 5


def test_runs_of_another_become_ones_own(store: RunStore) -> None:
    """The owner is who adds them: their ids are new, their groups stay, and twice is once."""
    run = {"owner": "ann", "task": "generate", "model": "tiny", "input": "x", "options": {}}
    first = store.begin(**run)  # type: ignore[arg-type]
    store.begin(**run, origin=first.id)  # type: ignore[arg-type]
    hers = store.page(owner="ann", limit=100)
    for _ in range(2):
        store.add(hers, owner="bea")
    copies = store.page(owner="bea", limit=100)
    assert store.page(owner="ann", limit=100) == hers
    assert len(copies) == 2
    assert not {run.id for run in copies} & {run.id for run in hers}
    assert [run.created for run in copies] == [run.created for run in hers]
    assert len(store.versions(copies[0].id, owner="bea")) == 2


def test_two_runs_of_one_number_both_have_their_place(store: RunStore, clock: Clock) -> None:
    """Ids that agree in the 64 bits that the index sees are told apart when they are added."""
    run = store.page(owner="ann", limit=1) or [store.get(begin(store).id, owner="ann")]
    assert run[0] is not None
    twins = [replace(run[0], id=run[0].id[:16] + digit * 16, input=digit) for digit in "12"]
    assert store.add(twins, owner="ann") == (2, 0)
    assert store.add(twins, owner="ann") == (0, 2)
    assert {run.input for run in store.page(owner="ann", limit=9)} == {"Once", "1", "2"}
