"""The copy of the data on other storage: a new machine starts from it, and no start or failure loses one."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from llama_demo.errors import StoreError
from llama_demo.store.backup import DATABASE, back_up, copy_database, restore
from llama_demo.store.data_copy import CopyPace, DataCopy
from llama_demo.store.database import Database
from tests.store.test_backup import held, put


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """The folder of the copy."""
    return tmp_path / "storage" / "llama_demo"


@pytest.fixture
def local(tmp_path: Path) -> Path:
    """The data folder of the first machine."""
    return tmp_path / "first"


def run(folder: Path, storage: Path, *terms: str) -> list[str]:
    """A program that starts, stores these terms, and ends; returns the keys of what it told at its start."""
    copy = DataCopy(folder, storage)
    told = [one.key for one in copy.prepare()]
    with closing(Database(folder / DATABASE)) as database, closing(copy):
        copy.claim()
        for term in terms:
            put(database, term)
        copy.write(database)
    return told


def terms(folder: Path) -> list[str]:
    """What is stored there, each with its file."""
    assert all(content == name.encode() for name, content in held(folder))
    return [name for name, _ in held(folder)]


@pytest.fixture
def at_work(local: Path, storage: Path) -> Iterator[tuple[DataCopy, Database]]:
    """A program that runs and has stored "stone"."""
    copy = DataCopy(local, storage)
    copy.prepare()
    with closing(Database(local / DATABASE)) as database, closing(copy):
        copy.claim()
        put(database, "stone")
        yield copy, database


def test_a_new_machine_starts_with_what_was_stored(local: Path, storage: Path, tmp_path: Path) -> None:
    """With the files of its documents; and the copy is a backup that --restore takes."""
    assert run(local, storage, "stone") == []
    assert run(tmp_path / "second", storage, "moss") == []
    assert terms(tmp_path / "second") == ["moss", "stone"]
    assert run(tmp_path / "second", storage) == []
    restore(tmp_path / "third", storage / "llama_demo.zip")
    assert terms(tmp_path / "third") == ["moss", "stone"]
    assert {path.name for path in storage.iterdir()} == {"llama_demo.zip", "llama_demo.writer"}
    assert os.name == "nt" or (storage / "llama_demo.zip").stat().st_mode & 0o077 == 0


def test_the_copy_holds_nothing_that_was_deleted(at_work: tuple[DataCopy, Database], storage: Path) -> None:
    """Nor is it anywhere else on the storage."""
    copy, database = at_work
    assert copy.write(database)
    with database.writing() as tables:
        tables.execute("DELETE FROM glossary")
        tables.execute("DELETE FROM documents")
    assert copy.write(database)
    with zipfile.ZipFile(storage / "llama_demo.zip") as archive:
        assert archive.namelist() == [DATABASE]
        assert b"stone" not in archive.read(DATABASE)
    assert not copy.write(database)


def test_the_copy_is_compressed_only_where_that_is_quicker() -> None:
    """A deletion waits for it; storage that becomes slow gets fewer bytes again."""
    deflated, stored = zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED
    pace = CopyPace()
    assert pace.method == deflated
    pace = pace.after(deflated, (200, 120), (4.0, 1.2))
    assert pace.method == stored, "4 s to save 0.8 s"
    pace = pace.after(stored, (200, 200), (0.1, 8.0))
    assert pace.method == stored, "4 s to save 3.2 s"
    pace = pace.after(stored, (200, 200), (0.1, 20.0))
    assert pace.method == deflated, "4 s to save 8 s"
    assert pace.after(deflated, (200, 120), (4.0, 12.0)).method == deflated


def test_a_copy_that_is_not_compressed_is_restored(
    at_work: tuple[DataCopy, Database], storage: Path, tmp_path: Path
) -> None:
    """As the others are."""
    copy, database = at_work
    copy._pace = CopyPace(compressing=1.0)
    copy.write(database)
    with zipfile.ZipFile(storage / "llama_demo.zip") as archive:
        assert archive.getinfo(DATABASE).compress_type == zipfile.ZIP_STORED
    assert run(tmp_path / "second", storage) == []
    assert terms(tmp_path / "second") == ["stone"]


def test_a_damaged_copy_is_kept_and_told(local: Path, storage: Path, tmp_path: Path) -> None:
    """Under another name, also a second one."""
    run(local, storage, "stone")
    for number in range(2):
        (storage / "llama_demo.zip").write_bytes(b"no archive")
        assert run(tmp_path / f"new{number}", storage, "moss") == ["copy_set_aside"]
        assert terms(tmp_path / f"new{number}") == ["moss"]
    kept = list(storage.glob("llama_demo.damaged-*.zip"))
    assert [one.read_bytes() for one in kept] == [b"no archive"] * 2


def test_a_damaged_database_is_replaced_by_the_copy(local: Path, storage: Path) -> None:
    """It would be replaced by an empty one otherwise, and the copy after it. The file is kept."""
    run(local, storage, "stone")
    (local / DATABASE).write_bytes(b"no database" * 1000)
    assert run(local, storage) == ["database_replaced"]
    assert terms(local) == ["stone"]
    assert len(list(local.glob("llama_demo.damaged-*.db"))) == 1


def test_a_copy_of_other_data_is_kept(local: Path, storage: Path, tmp_path: Path) -> None:
    """A folder that was named by mistake loses nothing."""
    run(local, storage, "stone")
    with closing(Database(tmp_path / "other" / DATABASE)) as database:
        put(database, "moss")
    assert run(tmp_path / "other", storage) == ["copy_other"]
    (kept,) = storage.glob("llama_demo.other-*.zip")
    restore(tmp_path / "third", kept)
    assert terms(tmp_path / "third") == ["stone"]
    assert run(tmp_path / "fourth", storage) == []
    assert terms(tmp_path / "fourth") == ["moss"]


def test_a_start_that_cannot_read_the_copy_leaves_it(local: Path, storage: Path, tmp_path: Path) -> None:
    """It does not begin with an empty history, which would replace the copy."""
    run(local, storage, "stone")
    (storage / "llama_demo.zip").rename(tmp_path / "copy")
    (storage / "llama_demo.zip").mkdir()  # it is there, and reading it fails
    with pytest.raises(StoreError, match="backup_failed"):
        DataCopy(tmp_path / "new", storage).prepare()
    assert not (tmp_path / "new" / DATABASE).exists()
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="copy_unusable"):
        DataCopy(tmp_path / "new", tmp_path / "file").prepare()


def test_a_copy_of_a_newer_version_stops_the_start(local: Path, storage: Path, tmp_path: Path) -> None:
    """It stays where it is until the app is updated."""
    run(local, storage)
    with closing(Database(local / DATABASE)) as database, database.writing() as tables:
        row = {"migration_set": "llama_demo", "name": "m999", "applied_at": ""}
        tables.table("_sqlite_migrations").insert(row)
    (storage / "llama_demo.zip").unlink()
    back_up(local, storage / "llama_demo.zip")
    before = (storage / "llama_demo.zip").read_bytes()
    with pytest.raises(StoreError, match="database_newer"):
        DataCopy(tmp_path / "new", storage).prepare()
    assert (storage / "llama_demo.zip").read_bytes() == before


def test_a_write_that_fails_leaves_the_former_copy(
    at_work: tuple[DataCopy, Database], storage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full storage, one whose files come out short, and a program that was killed while it wrote."""
    copy, database = at_work
    copy.write(database)
    put(database, "moss")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfileobj", full)
        with pytest.raises(StoreError, match="copy_failed"):
            copy.write(database)
        patch.setattr(shutil, "copyfileobj", lambda reading, writing, _: writing.write(b"x"))
        with pytest.raises(StoreError, match="copy_failed"):
            copy.write(database)
    restore(tmp_path / "new", storage / "llama_demo.zip")
    assert terms(tmp_path / "new") == ["stone"]
    assert copy.write(database)
    assert run(tmp_path / "newest", storage) == []
    assert terms(tmp_path / "newest") == ["moss", "stone"]


def test_a_first_copy_that_was_not_finished_is_no_copy(local: Path, storage: Path) -> None:
    """It is written anew; one that was finished but not renamed is taken."""
    storage.mkdir(parents=True)
    (storage / "llama_demo.zip.new").write_bytes(b"PK half of it")
    assert run(local, storage, "stone") == []
    os.replace(storage / "llama_demo.zip", storage / "llama_demo.zip.new")
    assert run(local.with_name("second"), storage) == []
    assert terms(local.with_name("second")) == ["stone"]


def test_storage_without_fsync_is_enough(
    at_work: tuple[DataCopy, Database], storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mounted bucket stores a file when it is closed."""

    def unknown(_: int) -> None:
        raise OSError(errno.EINVAL, "Invalid argument")

    monkeypatch.setattr(os, "fsync", unknown)
    copy, database = at_work
    assert copy.write(database)
    assert zipfile.is_zipfile(storage / "llama_demo.zip")


def test_the_program_that_was_started_last_writes_the_copy(
    at_work: tuple[DataCopy, Database], storage: Path, tmp_path: Path
) -> None:
    """On a Space the old one may run on while the new one starts."""
    copy, database = at_work
    copy.write(database)
    run(tmp_path / "second", storage, "moss")
    put(database, "late")
    with pytest.raises(StoreError, match="copy_taken_over"):
        copy.write(database)
    run(tmp_path / "third", storage)
    assert terms(tmp_path / "third") == ["moss", "stone"]


def test_a_second_start_beside_a_running_app_takes_nothing(
    at_work: tuple[DataCopy, Database], local: Path, storage: Path
) -> None:
    """It may fail for its port; the first one goes on writing."""
    copy, database = at_work
    assert DataCopy(local, storage).prepare() == []
    assert copy.write(database)


def test_a_copy_that_is_made_does_not_disturb_a_deletion(
    at_work: tuple[DataCopy, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The deletion waits until the copy is read; a reader would keep the log from being emptied."""
    copy, database = at_work
    deletion = threading.Thread(target=database.scrub)
    waited: list[bool] = []

    def watched(source: Path, target: Path) -> list[str]:
        deletion.start()
        deletion.join(timeout=0.2)
        waited.append(deletion.is_alive())
        return copy_database(source, target)

    monkeypatch.setattr("llama_demo.store.data_copy.copy_database", watched)
    copy.write(database)
    deletion.join()
    assert waited == [True]
