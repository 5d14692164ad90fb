"""Backup and restore: while the app runs, of everything, and without a loss when it cannot be done."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from llama_demo.errors import StoreError
from llama_demo.store.backup import DATABASE, back_up, restore
from llama_demo.store.database import Database
from llama_demo.store.visitors import VisitorStore


@pytest.fixture
def folder(path: Path) -> Path:
    """The data folder."""
    return path.parent


def put(database: Database, term: str) -> None:
    """A term in the glossary, and a document with its file."""
    with database.writing() as tables:
        row = {
            "owner": "local",
            "source": "en",
            "target": "zh",
            "key": term,
            "term": term,
            "translation": "石",
        }
        tables.table("glossary").insert(row)
        document = {"id": term, "owner": "local", "collection": 1, "name": term, "digest": "", "bytes": 1}
        tables.table("documents").insert({**document, "created": 1, "process": ""})
    files = database.path.parent / "library"
    files.mkdir(exist_ok=True)
    (files / term).write_bytes(term.encode())


def held(folder: Path) -> list[tuple[str, bytes | None]]:
    """The terms, and the files of the documents."""
    with closing(sqlite3.connect(folder / DATABASE)) as connection:
        terms = [term for (term,) in connection.execute("SELECT term FROM glossary ORDER BY term")]
    files = [folder / "library" / term for term in terms]
    return [(one.name, one.read_bytes() if one.exists() else None) for one in files]


def test_what_a_running_app_has_stored_comes_back(
    open_database: Callable[[], Database], folder: Path, tmp_path: Path
) -> None:
    """With the files of its documents, also in a new folder; later changes go."""
    database, archive = open_database(), tmp_path / "backup.zip"
    put(database, "stone")
    with database.reading():  # it is in the middle of something
        assert back_up(folder, archive) == archive.stat().st_size
    assert os.name == "nt" or archive.stat().st_mode & 0o077 == 0
    put(database, "later")
    (folder / "library" / "stone").unlink()
    database.close()
    for place in (folder, tmp_path / "new"):
        restore(place, archive)
        assert held(place) == [("stone", b"stone")]
        Database(place / DATABASE).close()
        assert not list(place.glob("restoring-*"))


def test_a_backup_holds_nothing_that_was_deleted(database: Database, folder: Path, tmp_path: Path) -> None:
    """Nor a file that no document names."""
    put(database, "zanzibarite")
    with database.writing() as tables:
        tables.execute("DELETE FROM glossary")
        tables.execute("DELETE FROM documents")
    back_up(folder, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert archive.namelist() == [DATABASE]
        assert b"zanzibarite" not in archive.read(DATABASE)


def test_nothing_is_restored_while_an_app_runs(
    open_database: Callable[[], Database], folder: Path, tmp_path: Path
) -> None:
    """It would go on with the file that was replaced."""
    database = open_database()
    put(database, "stone")
    back_up(folder, tmp_path / "backup.zip")
    put(database, "later")
    with pytest.raises(StoreError, match="restore_running"):
        restore(folder, tmp_path / "backup.zip")
    assert len(held(folder)) == 2


def test_a_restored_backup_counts_its_visitors_as_seen(
    open_database: Callable[[], Database], folder: Path, tmp_path: Path
) -> None:
    """However old it is: the first look at a public server deletes nothing of it."""
    database, archive = open_database(), tmp_path / "backup.zip"
    owner = "a" * 64
    with database.writing() as tables:
        row = {"source": "en", "target": "zh", "key": "x", "term": "x", "translation": "y"}
        tables.table("glossary").insert({**row, "owner": owner})
    visitors = VisitorStore(database)
    visitors.note([owner], day=100)
    back_up(folder, archive)
    database.close()
    restore(folder, archive)
    with closing(Database(folder / DATABASE)) as restored:
        visitors = VisitorStore(restored)
        visitors.note([], day=140)
        assert visitors.overdue(before=110) == []
        assert visitors.overdue(before=141) == [owner]


def _repacked(archive: Path, method: int) -> bytearray:
    with zipfile.ZipFile(archive) as ours:
        entries = {name: ours.read(name) for name in ours.namelist()}
    with zipfile.ZipFile(archive, "w", method) as ours:
        for name, content in entries.items():
            ours.writestr(name, content)
    return bytearray(archive.read_bytes())


def _torn_in(method: int) -> Callable[[Path], None]:
    def spoil(archive: Path) -> None:
        content = _repacked(archive, method)
        content[60:200] = bytes(140)
        archive.write_bytes(content)

    return spoil


def _encrypted(archive: Path) -> None:
    content = _repacked(archive, zipfile.ZIP_DEFLATED)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    archive.write_bytes(content)


def _unknown_method(archive: Path) -> None:
    content = _repacked(archive, zipfile.ZIP_DEFLATED)
    content[8] = content[content.index(b"PK\x01\x02") + 10] = 97
    archive.write_bytes(content)


def _other_zip(archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr("notes.txt", "x")


def _outside(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as ours:
        ours.writestr("library/../../outside", "x")


def _other_database(archive: Path) -> None:
    with zipfile.ZipFile(archive, "w") as other:
        other.writestr(DATABASE, b"")


def _torn(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    middle = len(content) // 3
    content[middle : middle + 200] = os.urandom(200)
    archive.write_bytes(content)


def _cut(archive: Path) -> None:
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])


def _newer(archive: Path) -> None:
    work = archive.with_suffix(".work")
    with zipfile.ZipFile(archive) as ours:
        ours.extractall(work)
    with closing(sqlite3.connect(work / DATABASE)) as connection:
        names = "migration_set, name, applied_at"
        connection.execute(f"INSERT INTO _sqlite_migrations({names}) VALUES ('llama_demo', 'm999', '')")
        connection.commit()
    shutil.make_archive(str(archive.with_suffix("")), "zip", work)


@pytest.mark.parametrize(
    ("spoil", "key"),
    [
        (lambda archive: archive.unlink(), "backup_failed"),
        (lambda archive: archive.write_bytes(b"x" * 999), "backup_foreign"),
        (_other_zip, "backup_foreign"),
        (_other_database, "backup_foreign"),
        (_outside, "backup_foreign"),
        (_torn, "backup_damaged"),
        (_cut, "backup_foreign"),
        (_newer, "database_newer"),
        (_torn_in(zipfile.ZIP_LZMA), "backup_damaged"),
        (_torn_in(zipfile.ZIP_BZIP2), "backup_damaged"),
        (_encrypted, "backup_damaged"),
        (_unknown_method, "backup_damaged"),
    ],
    ids=[
        "missing",
        "no archive",
        "other archive",
        "other database",
        "outside",
        "torn",
        "cut",
        "newer",
        "torn LZMA",
        "torn bzip2",
        "encrypted",
        "unknown method",
    ],
)
def test_a_wrong_archive_changes_nothing(
    open_database: Callable[[], Database],
    folder: Path,
    tmp_path: Path,
    spoil: Callable[[Path], None],
    key: str,
) -> None:
    """The present data are as they were."""
    database, archive = open_database(), tmp_path / "backup.zip"
    put(database, "stone")
    back_up(folder, archive)
    put(database, "later")
    database.close()
    spoil(archive)
    with pytest.raises(StoreError, match=key):
        restore(folder, archive)
    assert len(held(folder)) == 2
    assert not (tmp_path / "outside").exists()


def test_a_full_disk_is_told_and_changes_nothing(
    open_database: Callable[[], Database], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is unpacked; a backup that does not fit leaves no file."""
    database, archive = open_database(), tmp_path / "made" / "backup.zip"
    archive.parent.mkdir()
    put(database, "stone")
    back_up(folder, archive)
    with pytest.raises(StoreError, match="backup_exists"):
        back_up(folder, archive)
    database.close()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(StoreError, match="disk_full"):
        restore(folder, archive)
    assert held(folder) == [("stone", b"stone")]
    if Path("/dev/full").exists():
        monkeypatch.setattr(zipfile.ZipFile, "write", lambda *_: Path("/dev/full").write_bytes(b"x"))
        with pytest.raises(StoreError, match="disk_full"):
            back_up(folder, archive.with_name("second.zip"))
        assert list(archive.parent.iterdir()) == [archive]
    with pytest.raises(StoreError, match="backup_nothing"):
        back_up(tmp_path / "empty", tmp_path / "no.zip")
