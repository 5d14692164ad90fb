"""The database file: opened safely, shared by threads and programs, honest about what it cannot do."""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from llama_demo.errors import StoreError
from llama_demo.store.database import Database


def note(database: Database, number: int) -> None:
    """Write one row."""
    with database.writing() as tables:
        tables.execute("INSERT OR REPLACE INTO health(id, written) VALUES (?, 0)", [number])


def numbers(database: Database) -> set[int]:
    """What rows there are."""
    with database.reading() as tables:
        return {row["id"] for row in tables.query("SELECT id FROM health")}


def fill_disk(database: Database) -> None:
    """Forbid SQLite to make the file any larger: to it, that is a full disk, with the same error."""
    with database.reading() as tables:
        pages = tables.execute("PRAGMA page_count").fetchone()[0]
        tables.execute(f"PRAGMA max_page_count = {pages}")


def test_it_is_opened_as_threads_and_deletion_need_it(database: Database) -> None:
    """Readers do not block writers, waiting is bounded, and deleted text is overwritten."""
    with database.reading() as tables:
        settings = {
            name: tables.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "secure_delete", "synchronous")
        }
    expected = {
        "journal_mode": "wal",
        "busy_timeout": 5000,
        "foreign_keys": 1,
        "secure_delete": 1,
        "synchronous": 1,
    }
    assert settings == expected
    assert database.set_aside is None


def test_only_its_user_may_read_it(database: Database) -> None:
    """On a computer with several users nobody else reads a history. Windows keeps such rights elsewhere."""
    note(database, 1)
    shared = (
        []
        if sys.platform == "win32"
        else [f for f in database.path.parent.glob("*.db*") if f.stat().st_mode & 0o77]
    )
    assert [file.name for file in shared if not file.name.endswith(".opening")] == []


def test_threads_that_write_at_once_lose_nothing(database: Database) -> None:
    """One thread's rollback must not take another thread's finished block with it."""

    def work(first: int) -> None:
        for number in range(first, first + 150):
            with suppress(KeyError), database.writing() as tables:
                tables.execute("INSERT INTO health(id, written) VALUES (?, 0)", [number])
                if number % 3 == 0:
                    raise KeyError(number)

    with ThreadPoolExecutor(3) as threads:
        list(threads.map(work, (0, 1000, 2000)))
    expected = {n for first in (0, 1000, 2000) for n in range(first, first + 150) if n % 3}
    assert numbers(database) == expected


def test_two_apps_share_one_file(open_database: Callable[[], Database]) -> None:
    """A second window of the app on the same data sees what the first writes, and writes too."""
    first, second = open_database(), open_database()
    for number in range(20):
        note(first if number % 2 else second, number)
    assert numbers(first) == numbers(second) == set(range(20))


def test_a_block_that_is_left_early_stores_nothing(database: Database) -> None:
    """All of a block or nothing, also when a generator is closed inside it."""

    def half() -> Generator[None, None, None]:
        with database.writing() as tables:
            tables.execute("INSERT INTO health(id, written) VALUES (1, 0)")
            yield

    generator = half()
    next(generator)
    generator.close()
    assert numbers(database) == set()
    note(database, 2)
    assert numbers(database) == {2}


def test_a_newer_schema_is_refused_and_left_alone(database: Database, path: Path) -> None:
    """An older app that wrote into a newer database would lose what the newer one relies on."""
    with database.writing() as tables:
        tables.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name) VALUES ('llama_demo', 'm999_later')"
        )
    database.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="database_newer"):
        Database(path)
    assert path.read_bytes() == before
    assert list((path.parent / "processes").iterdir()) == []


@pytest.mark.parametrize("place", ["a file in the way", "no such device"])
def test_a_directory_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    """The error names the directory. Both hold for root too, whom permissions do not stop."""
    (tmp_path / "file").touch()
    directory = tmp_path / "file" / "data" if place == "a file in the way" else tmp_path / ("x" * 300)
    with pytest.raises(StoreError) as caught:
        Database(directory / "llama_demo.db")
    assert caught.value.key == "data_dir_unwritable"
    assert caught.value.values["path"] == str(directory)


def test_a_directory_in_the_place_of_the_file(path: Path) -> None:
    """Not a damaged database, and nothing that may be renamed: a place that cannot be written."""
    path.mkdir(parents=True)
    with pytest.raises(StoreError, match="data_dir_unwritable"):
        Database(path)
    assert path.is_dir()


def test_a_full_disk_is_told_and_gets_well_again(database: Database) -> None:
    """What could not be stored is an error, what was stored stays, and space that is freed is used."""
    fill_disk(database)
    with pytest.raises(StoreError, match="disk_full"), database.writing() as tables:
        tables.execute("CREATE TABLE large AS SELECT zeroblob(1000000) AS bytes")
    with database.reading() as tables:
        tables.execute("PRAGMA max_page_count = 100000")
        assert "large" not in tables.table_names()
    assert database.healthy()


def test_a_locked_database_is_told_in_time(database: Database) -> None:
    """A program that holds the file costs its timeout and no more, and is named as the reason."""
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreError, match="database_locked"), database.writing(timeout=0.2):
        pass
    assert time.monotonic() - started < 2
    assert not database.healthy()
    other.execute("ROLLBACK")
    other.close()
    assert database.healthy()


def test_a_thread_that_holds_the_connection_is_told_in_time(database: Database) -> None:
    """The same among our own threads: waiting has an end, and no call waits for itself for ever."""
    with (
        database.reading(),
        pytest.raises(StoreError, match="database_locked"),
        database.writing(timeout=0.1),
    ):
        pass
    assert database.healthy()


def test_health_is_tried_not_asked(database: Database, path: Path) -> None:
    """A file that was deleted under the app still takes rows, into nowhere: that is not healthy."""
    assert database.healthy()
    assert numbers(database) == {1}
    path.unlink()
    assert not database.healthy()


def test_a_full_disk_is_not_healthy(database: Database) -> None:
    """The health check needs space when it writes; without any it says so."""
    with database.writing() as tables:
        tables.execute("DROP TABLE health")
        tables.execute(
            "CREATE TABLE health (id INTEGER PRIMARY KEY, written TEXT DEFAULT (hex(zeroblob(9000))))"
        )
        tables.execute(
            "CREATE TRIGGER large AFTER INSERT ON health BEGIN"
            " UPDATE health SET written = hex(zeroblob(90000)); END"
        )
    fill_disk(database)
    assert not database.healthy()


def test_a_closed_database_is_an_error_of_ours(database: Database) -> None:
    """A stream that ends while the app shuts down meets an error that its caller knows."""
    database.close()
    assert not database.healthy()
    with pytest.raises(StoreError, match="database_failed"):
        note(database, 1)


def test_closing_folds_the_log_into_the_file(database: Database, path: Path) -> None:
    """A closed database is one file that can be copied as it is."""
    note(database, 1)
    database.close()
    assert not path.with_name(path.name + "-wal").exists()
    assert list((path.parent / "processes").iterdir()) == []


def test_errors_call_an_open_file_as_the_operator_wants(tmp_path: Path) -> None:
    """On a public server visitors do not read where it lies."""
    database = Database(tmp_path / "demo.db")
    database.name_in_errors = "demo.db"
    with pytest.raises(StoreError) as caught, database.reading() as tables:
        tables.execute("SELECT * FROM nothing")
    assert str(tmp_path) not in str(caught.value)
    with database.reading(), pytest.raises(StoreError) as caught, database.reading(timeout=0.01):
        pass
    assert caught.value.values["path"] == "demo.db"
    database.close()
