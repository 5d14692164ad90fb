"""Indexing is cut short: by a killed program, by a full disk, by another model."""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from llama_demo.errors import InputError
from llama_demo.services.library.library import IncomingFile, UploadLimits
from llama_demo.store.database import Database
from tests import static_embedder
from tests.services import libraries
from tests.services.libraries import ME, TIMEOUT, opened

KILLS = int(os.environ.get("KILLS", "3"))
"""``KILLS=20 python -m pytest tests/services/library/test_indexing.py`` is the long version."""

DOCUMENTS = 14


@pytest.fixture(scope="module")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model."""
    return static_embedder.made(tmp_path_factory.mktemp("models") / "embedder")


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory, embedder: Path) -> Path:
    """The folder of a program that indexed every document and was never disturbed."""
    folder = tmp_path_factory.mktemp("calm")
    index_all(folder, embedder)
    return folder


def files() -> list[IncomingFile]:
    """Documents of some dozens of chunks each."""
    dice = random.Random(3)
    words = "llama wool grass river stone 羊驼 秘鲁 草地 河流 石头".split()
    return [
        IncomingFile(
            f"{number}.md",
            "\n\n".join(
                f"# {number} {part}\n\n{' '.join(dice.choices(words, k=60))}." for part in range(40)
            ).encode(),
        )
        for number in range(DOCUMENTS)
    ]


def index_all(folder: Path, embedder: Path) -> None:
    """Add every document and wait: what a program does that may be killed meanwhile."""
    with opened(folder, embedder) as shelf:
        job = shelf.library.add(ME, "default", files())
        job.wait(TIMEOUT)
        while shelf.library.running(ME) is not None:
            time.sleep(0.02)


def content(folder: Path) -> list[tuple[object, ...]]:
    """All that is in the index, under names that do not depend on when it was stored."""
    with closing(sqlite3.connect(folder / "llama_demo.db")) as connection:
        return connection.execute("""
            SELECT name, chunks.place, heading, text, starts, ends, vector, words
            FROM chunks JOIN documents ON documents.id = document
            LEFT JOIN vectors ON chunk = chunks.number
            LEFT JOIN chunk_search ON chunk_search.rowid = chunks.number ORDER BY name, chunks.place
        """).fetchall()


def half_indexed(folder: Path) -> list[object]:
    """Documents whose chunks, vectors or words are there in part."""
    if not (folder / "llama_demo.db").exists():
        return []
    with closing(sqlite3.connect(folder / "llama_demo.db")) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'chunk_search'").fetchone():
            return []
        return connection.execute("""
            SELECT id FROM documents WHERE
                chunks != (SELECT count(*) FROM chunks WHERE document = documents.id)
                OR chunks != (SELECT count(*) FROM vectors WHERE chunk IN
                    (SELECT number FROM chunks WHERE document = documents.id))
                OR chunks != (SELECT count(*) FROM chunk_search WHERE rowid IN
                    (SELECT number FROM chunks WHERE document = documents.id))
        """).fetchall()


def done(folder: Path) -> int:
    """How many documents can be found."""
    if not (folder / "llama_demo.db").exists():
        return 0
    with closing(sqlite3.connect(folder / "llama_demo.db")) as connection:
        try:
            return int(
                connection.execute("SELECT count(*) FROM documents WHERE state = 'done'").fetchone()[0]
            )
        except sqlite3.OperationalError:  # the table is not there yet
            return 0


def test_a_killed_indexer_leaves_nothing_half_and_goes_on(tmp_path: Path, embedder: Path, calm: Path) -> None:
    """Kills at random moments of its work end with the index of a program that was never disturbed."""
    dice, folder = random.Random(7), tmp_path / "killed"
    context: Any = multiprocessing.get_context("spawn")
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([libraries.__name__])
    in_the_middle = 0
    for _ in range(KILLS):
        wanted = done(folder) + dice.choice((0, 1, 1))
        program = context.Process(target=index_all, args=(folder, embedder), daemon=True)
        program.start()
        while done(folder) < wanted and program.is_alive():
            time.sleep(0.002)
        time.sleep(dice.uniform(0.0, 0.05))  # the next document is being read, embedded or stored
        program.kill()
        program.join()
        assert half_indexed(folder) == []
        in_the_middle += 0 < done(folder) < DOCUMENTS
    assert in_the_middle
    index_all(folder, embedder)
    assert content(folder) == content(calm)
    assert len({row[0] for row in content(folder)}) == DOCUMENTS
    assert list((folder / "library").iterdir()) == []


ROOM = 150
"""Pages of 4 kB in which some of the documents have room, and not all."""


def allow(database: Database, pages: int) -> None:
    """Leave so many pages to the database; to SQLite that is a disk of that size, with the same error."""
    with database.reading() as tables:
        used = tables.execute("PRAGMA page_count").fetchone()[0]
        tables.execute(f"PRAGMA max_page_count = {used + pages}")


def test_a_full_disk_loses_nothing_and_is_told(tmp_path: Path, embedder: Path, calm: Path) -> None:
    """What was indexed can be found; each other file says why, and gets in when there is room again."""
    small = tmp_path / "small"
    with opened(small, embedder) as shelf:
        shelf.add(first="A llama was here before the disk was full.")
        allow(shelf.database, ROOM)
        job = shelf.library.add(ME, "default", files())
        assert job.wait(TIMEOUT)
        added, failed = job.progress.added, job.progress.failed
        assert added
        assert failed
        assert len(added) + len(failed) == DOCUMENTS
        assert {one.reason for one in failed} == {"disk_full"}
        assert half_indexed(small) == []
        assert shelf.found("llama disk")[0] == "first.txt"
        listed = {one.name: one for one in shelf.library.documents(ME, "default")}
        assert {one.reason for one in listed.values() if one.state != "done"} == {"disk_full"}
        assert {one.state for one in listed.values()} == {"done", "failed"}
        allow(shelf.database, 100_000)
        refused = [one.id for one in listed.values() if one.state == "failed"]
        assert shelf.library.retry(ME, refused).wait(TIMEOUT)
        shelf.library.delete(ME, [listed["first.txt"].id])
        not_taken = [one for one in files() if one.name not in listed]
        assert shelf.library.add(ME, "default", not_taken).wait(TIMEOUT)
    assert content(small) == content(calm)


def test_a_file_that_cannot_be_put_beside_the_database_is_told(tmp_path: Path, embedder: Path) -> None:
    """Nothing of it is left, and it gets in as soon as it can be written."""
    folder = tmp_path / "data" / "library"
    with opened(tmp_path / "data", embedder) as shelf:
        shutil.rmtree(folder, ignore_errors=True)
        folder.write_bytes(b"in the way")
        shelf.database.name_in_errors = "history"
        job = shelf.library.add(ME, "default", [IncomingFile("a.txt", b"A note.")])
        assert job.wait(TIMEOUT)
        assert {one.reason for one in job.progress.failed} == {"disk_full"}
        assert {one.values["path"] for one in job.progress.failed} == {"history"}
        assert shelf.library.documents(ME, "default") == []
        folder.unlink()
        shelf.add(a="A note.")
        assert shelf.found("note") == ["a.txt"]


def test_too_many_files_are_refused_before_any_is_taken(tmp_path: Path, embedder: Path) -> None:
    """Somebody who drops a disk gets an answer at once, and nothing of it half in."""
    many = [IncomingFile(f"{number}.txt", b"A note.") for number in range(UploadLimits().files + 1)]
    with opened(tmp_path / "data", embedder) as shelf:
        with pytest.raises(InputError) as caught:
            shelf.library.add(ME, "default", many)
        assert caught.value.key == "library_too_many_files"
        assert shelf.library.documents(ME, "default") == []
