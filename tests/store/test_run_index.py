"""Search over the history: what is found, by whom, whatever was typed; and deleting is real there too."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from llama_demo.store.clock import to_datetime
from llama_demo.store.database import Database
from llama_demo.store.erasure import ErasureStore
from llama_demo.store.run import OpenRun
from llama_demo.store.run_index import Filter
from llama_demo.store.runs import RunStore
from llama_demo.store.words import words
from tests.store.clock import Clock
from tests.store.test_runs import SECOND, remaining

SENTENCE = "机器翻译模型可以把中文翻译成英文 running models"


@pytest.fixture
def clock() -> Clock:
    """A clock that a test moves."""
    return Clock()


@pytest.fixture
def store(database: Database, clock: Clock) -> RunStore:
    """The runs of a blank database."""
    return RunStore(database, clock=clock)


def written(store: RunStore, input: str, output: str = "", **more: str) -> OpenRun:
    """A finished run."""
    values = {"owner": "ann", "task": "generate", "model": "tiny", **more}
    row = store.begin(input=input, options={}, **values)  # type: ignore[arg-type]
    row.write("done", output, {})
    return row


def found(store: RunStore, owner: str = "ann", **narrowing: object) -> list[str]:
    """The inputs that a filter leaves; counting agrees with listing."""
    chosen = Filter(**narrowing)  # type: ignore[arg-type]
    runs = store.page(owner=owner, limit=100, narrowing=chosen)
    assert store.count(owner=owner, narrowing=chosen) == len(runs)
    return [run.input for run in runs]


@pytest.mark.parametrize(
    ("query", "hit"),
    [
        ("翻译", True),
        ("机器翻译", True),
        ("模型可以", True),
        ("译", True),
        ("文", True),
        ("翻譯", True),
        ("run", True),
        ("RUNNING", True),
        ("model", True),
        ("翻译 run", True),
        ("英文running", True),
        ('"running models"', True),
        ('"running model"', False),
        ('"models running"', False),
        ('"翻译成英"', True),
        ("unning", False),
        ("翻模", False),
        ("run 翻模", False),
    ],
)
def test_words_are_found_as_people_mean_them(store: RunStore, query: str, hit: bool) -> None:
    """Two characters inside a sentence, the beginning of a word, a phrase in quotation marks."""
    written(store, SENTENCE)
    written(store, "another", "说明 texts")
    assert found(store, query=query) == ([SENTENCE] if hit else [])


def test_input_output_and_note_are_searched_apart(store: RunStore) -> None:
    """All three count, but no phrase begins in one and ends in the next."""
    row = written(store, "a little dog", "ran home")
    assert store.mark(row.id, owner="ann", note="写得好")
    assert found(store, query="dog ran 写得") == ["a little dog"]
    assert found(store, query='"dog ran"') == []


HOSTILE = [
    "AND", "OR", "NOT", "a AND", "NEAR(", 'NEAR("a" "b", 2)', "*", "a*", "^a", "facts : x", "words:", "-a",
    "+a", '"', '""', '"""', "'", "''; DROP TABLE runs; --", "(", ")", "{a b} : c", "\x00", "a\x00b", "\\",
    "%", "_", "\ud83d", "\ue000", "rowid", "run_search", "😀", "\u202e", "9" * 400,
    "字" * 10_000, "word " * 2_000, "a" * 100_000, "翻译 " * 33_000, '"' * 10_000, "(" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("query", HOSTILE, ids=lambda query: repr(query)[:20])
def test_no_question_is_an_error(store: RunStore, query: str) -> None:
    """Operators are words, signs are signs: results or none."""
    written(store, SENTENCE)
    found(store, query=query)
    found(store, query=query, task="generate", model="tiny", rating=0)


def test_a_text_is_found_by_its_own_beginning(store: RunStore) -> None:
    """Whoever pastes all of a long text finds it."""
    text = "and then NEAR( the 翻译 \" * of “it” all 'quoted' " * 300
    written(store, text)
    assert found(store, query=text.replace('"', " ").replace("“", "").replace("”", "")) == [text]


def test_filters_narrow_together(store: RunStore, clock: Clock) -> None:
    """Task, model, thumbs and dates, each alone and with words, agree with a look at every run."""
    start = clock.now
    for number in range(24):
        clock.now = start + number * 3600 * SECOND
        row = written(
            store,
            f"{number} " + ("翻译" if number % 3 else "story"),
            task="ask" if number % 2 else "generate",
            model=f"m{number % 4}",
        )
        if number % 5 == 0:
            store.mark(row.id, owner="ann", rating=1 if number % 2 else -1)
        written(store, "another's 翻译 story", owner="bea")
    since, until = to_datetime(start) + timedelta(hours=6), to_datetime(start) + timedelta(hours=20)
    for query in ("", "翻译", "story", "%"):
        for task in ("", "ask"):
            for model in ("", "m1"):
                for rating in (None, 1, -1, 0):
                    for span in ({}, {"since": since}, {"until": until}, {"since": since, "until": until}):
                        narrowing = {"query": query, "task": task, "model": model, "rating": rating, **span}
                        expected = [
                            run.input
                            for run in store.page(owner="ann", limit=100)
                            if (query != "%" and query in run.input)
                            and task in ("", run.task)
                            and model in ("", run.model)
                            and rating in (None, run.rating)
                            and ("since" not in span or run.created >= since)
                            and ("until" not in span or run.created < until)
                        ]
                        assert found(store, **narrowing) == expected, narrowing


def test_pages_of_a_search_follow_each_other(store: RunStore) -> None:
    """Keyset paging through what was found: each once, newest first."""
    for number in range(11):
        written(store, f"dog {number}" if number % 2 else f"cat {number}")
    seen: list[str] = []
    last = None
    while page := store.page(owner="ann", limit=2, before=last, narrowing=Filter(query="dog")):
        seen += [run.input for run in page]
        last = page[-1].id
    assert seen == [f"dog {number}" for number in (9, 7, 5, 3, 1)]


def test_nobody_finds_the_runs_of_another(store: RunStore) -> None:
    """The same words, another owner: nothing, not even a number; and an owner's name is no query."""
    written(store, "secret words")
    for query in ("secret", "", "%", "o616e6e", "ann"):
        assert found(store, owner="bea", query=query) == []
    assert found(store, owner='ann" OR "', query="secret") == []
    assert found(store, query="o616e6e") == []


def test_a_run_can_be_found_from_its_start(store: RunStore, open_database: Callable[[], Database]) -> None:
    """By its input at once, by its output at its end, also when its program died before."""
    other = open_database()
    row = RunStore(other).begin(owner="ann", task="generate", model="m", input="the moon", options={})
    assert found(store, query="moon") == ["the moon"]
    row.write("running", "rises slowly", {})
    assert found(store, query="slowly") == []
    other.close()
    RunStore(open_database())
    assert found(store, query="slowly") == ["the moon"]


REST = "sleeps under the old tree near the river"


def test_a_replaced_run_is_found_by_its_new_words(store: RunStore) -> None:
    """A debounced run leaves no trace of the words that were there before."""
    store.begin(owner="ann", task="search", model="m", input=f"the cat {REST}", options={}, debounce_key="q")
    store.begin(owner="ann", task="search", model="m", input=f"the dog {REST}", options={}, debounce_key="q")
    assert found(store, query="cat") == []
    assert found(store, query="dog") == [f"the dog {REST}"]


def words_of(text: str) -> list[bytes]:
    """Its words as the index holds them; those of one letter stand in every file."""
    return [word.encode() for word in words(text) if len(word.encode()) > 4]


@pytest.mark.parametrize("way", ["one", "all", "with others"])
def test_a_deletion_takes_the_words_off_the_disk(database: Database, store: RunStore, way: str) -> None:
    """No file of the data folder holds a word or a pair of a deleted run, however long the index grew."""
    for number in range(300):
        written(store, f"common words {number} 大家都有的话", f"kept{number:04} {number * 7919:x}")
    secrets = ["xylophone quagmire", "魑魅魍魉饕餮", "Zyzzyva 饕餮大餐"]
    rows = [
        written(store, text, text[::-1], owner="eve" if way == "with others" else "ann") for text in secrets
    ]
    for number in range(300, 400):
        written(store, f"common words {number}")
    store.mark(rows[0].id, owner=rows[0].owner, rating=1, note="pandemonium 耄耋")
    needles = [word for text in (*secrets, "pandemonium 耄耋") for word in words_of(text)]
    needles += [text.encode() for text in secrets]
    assert remaining(database, needles) == needles
    if way == "one":
        assert all(store.delete(row.id, owner="ann") for row in rows)
        assert store.count(owner="ann", narrowing=Filter(query="common")) == 400
    else:
        assert ErasureStore(database).delete_history(owner=rows[0].owner) in (3, 403)
    assert remaining(database, needles) == []
    with database.reading() as tables:
        tables.execute("INSERT INTO run_search(run_search, rank) VALUES ('integrity-check', 1)")


def test_a_note_that_is_changed_is_gone(database: Database, store: RunStore) -> None:
    """What was crossed out cannot be read in the file, nor its words in the index."""
    row = written(store, "a run")
    store.mark(row.id, owner="ann", note="embarrassing 尴尬万分")
    store.mark(row.id, owner="ann", note="fine")
    assert remaining(database, words_of("embarrassing 尴尬万分")) == []
    assert found(store, query="fine") == ["a run"]
    assert found(store, query="embarrassing") == []


def test_the_index_is_sound_after_a_crowd(database: Database, store: RunStore) -> None:
    """Texts that grow, are replaced, rated, noted and deleted in turn: index and rows agree."""
    for number in range(60):
        row = written(store, f"run {number}", "text " * number)
        store.mark(row.id, owner="ann", rating=number % 3 - 1, note=f"note {number}")
        if number % 4 == 0:
            store.delete(row.id, owner="ann")
    with database.reading() as tables:
        numbers = [row["number"] for row in tables.query("SELECT number FROM runs ORDER BY number")]
        indexed = [row["rowid"] for row in tables.query("SELECT rowid FROM run_search ORDER BY rowid")]
    assert indexed == numbers
    assert store.count(owner="ann", narrowing=Filter(query="text", rating=0)) == len(
        [n for n in range(1, 60) if n % 4 and n % 3 == 1]
    )


def test_a_killed_deletion_is_finished_at_the_next_start(
    database: Database, store: RunStore, open_database: Callable[[], Database]
) -> None:
    """The text of a deletion that was cut short stands in the log until somebody opens the database again."""
    row = written(store, "xylophone")
    reader = sqlite3.connect(database.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM runs").fetchall()
    with pytest.raises(Exception, match="deletion_incomplete"):
        store.delete(row.id, owner="ann")
    assert remaining(database, [b"xylophone"]) == [b"xylophone"]
    reader.close()
    open_database()
    assert remaining(database, [b"xylophone"]) == []


def test_an_index_of_a_later_sqlite_is_made_anew(
    database: Database, store: RunStore, open_database: Callable[[], Database]
) -> None:
    """Whoever goes back to an older SQLite finds everything again; a later one just reads on."""
    written(store, "翻译 once", "more")
    with database.writing() as tables:
        tables.execute("UPDATE run_search_config SET v = 5 WHERE k = 'version'")
    database.close()
    later = RunStore(open_database())
    assert found(later, query="翻译") == ["翻译 once"]
    assert later.delete(later.page(owner="ann", limit=1)[0].id, owner="ann")
    assert found(later, query="once") == []
