"""A damaged file is put aside whole, and a sound one is left alone."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from llama_demo.store.damage import put_aside_if_damaged
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore

PAGE = 4096


@pytest.fixture
def crashed(tmp_path: Path, database: Database) -> Path:
    """A database with 200 runs as a killed program leaves it: with its log, in a directory of its own."""
    store = RunStore(database)
    for number in range(200):
        store.begin(owner="local", task="generate", model="m", input=f"run {number} " * 50, options={})
    database.scrub()
    store.begin(owner="local", task="generate", model="m", input="still in the log", options={})
    copy = tmp_path / "copy" / "llama_demo.db"
    copy.parent.mkdir()
    for part in ("", "-wal", "-shm"):
        shutil.copy(f"{database.path}{part}", f"{copy}{part}")
    assert copy.with_name("llama_demo.db-wal").stat().st_size > 0
    return copy


def random_bytes(path: Path) -> None:
    """Nothing of the file is left."""
    path.write_bytes(random.Random(0).randbytes(5 * PAGE))


def torn_page(path: Path) -> None:
    """The end is gone, in the middle of a page."""
    os.truncate(path, path.stat().st_size - 10 * PAGE - 1234)


def torn_last_page(path: Path) -> None:
    """Only half of the last page is gone: the header's count of pages still fits the file."""
    os.truncate(path, path.stat().st_size - PAGE // 2)


def broken_inside(path: Path) -> None:
    """The header is sound, pages in the middle are not."""
    with path.open("r+b") as file:
        file.seek(3 * PAGE)
        file.write(b"\xff" * 4 * PAGE)


def without_log(path: Path) -> None:
    """Remove the log, which may hold sound copies of the pages that a test breaks."""
    for part in ("-wal", "-shm"):
        path.with_name(path.name + part).unlink()


@pytest.mark.parametrize("damage", [random_bytes, torn_page, torn_last_page, broken_inside])
def test_a_damaged_file_is_put_aside_and_a_new_one_begun(
    crashed: Path, damage: Callable[[Path], None]
) -> None:
    """The app starts after any damage, says where the old file is, and has not changed a byte of it."""
    without_log(crashed)
    damage(crashed)
    remains = crashed.read_bytes()
    database = Database(crashed)
    assert database.set_aside is not None
    assert database.set_aside.read_bytes() == remains
    assert database.set_aside.parent == crashed.parent
    assert RunStore(database).count(owner="local") == 0
    assert database.healthy()
    database.close()


def test_the_log_goes_with_the_file(crashed: Path) -> None:
    """Half of what can be saved may stand in the log, and a new file must not take over an old one's log."""
    log = crashed.with_name("llama_demo.db-wal").read_bytes()
    random_bytes(crashed)
    aside = put_aside_if_damaged(crashed)
    assert aside is not None
    assert aside.with_name(aside.name + "-wal").read_bytes() == log
    assert aside.with_name(aside.name + "-shm").exists()
    assert not [file for file in crashed.parent.iterdir() if file.name.startswith(crashed.name)]


def test_looking_does_not_fold_the_log_into_a_damaged_file(crashed: Path) -> None:
    """Both stay as they were found: whoever rescues the rows needs the log as it is."""
    log = crashed.with_name("llama_demo.db-wal").read_bytes()
    with crashed.open("r+b") as file:
        file.seek(20 * PAGE)
        file.write(b"\xff" * 4 * PAGE)
    remains = crashed.read_bytes()
    aside = put_aside_if_damaged(crashed)
    assert aside is not None
    assert aside.read_bytes() == remains
    assert aside.with_name(aside.name + "-wal").read_bytes() == log


def test_a_log_after_a_crash_is_no_damage(crashed: Path) -> None:
    """What a killed program wrote last is in the log; the file is sound, and nothing of it is lost."""
    database = Database(crashed)
    assert database.set_aside is None
    assert RunStore(database).page(owner="local", limit=1)[0].input == "still in the log"
    database.close()


def test_two_damaged_files_in_one_second_both_stay(tmp_path: Path) -> None:
    """A second rescue must not overwrite the first."""
    path = tmp_path / "llama_demo.db"
    kept = set()
    for number in range(3):
        path.write_bytes(f"damage number {number} ".encode() * 500)
        aside = put_aside_if_damaged(path)
        assert aside is not None
        kept.add(aside.read_bytes())
    assert len(kept) == 3


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    """A program that was killed at its very first start leaves an empty file: there is nothing to say."""
    path.parent.mkdir()
    path.touch()
    database = Database(path)
    assert database.set_aside is None
    database.close()


def test_a_sound_file_keeps_its_name(crashed: Path, tmp_path: Path) -> None:
    """Neither a sound database nor a missing one is touched."""
    assert put_aside_if_damaged(crashed) is None
    assert sqlite3.connect(crashed).execute("SELECT count(*) FROM runs").fetchone() == (201,)
    assert put_aside_if_damaged(tmp_path / "nowhere.db") is None
