"""When the copy of the data is written: at once, after a deletion before it returns, and at the end."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from llama_demo.errors import StoreError
from llama_demo.services.data_copying import DataCopying
from llama_demo.store.backup import DATABASE
from llama_demo.store.data_copy import DataCopy
from llama_demo.store.database import Database
from llama_demo.store.glossary import GlossaryRow, GlossaryStore


@pytest.fixture
def storage(tmp_path: Path) -> Path:
    """The folder of the copy."""
    return tmp_path / "storage"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """On the local disk."""
    with closing(Database(tmp_path / "data" / DATABASE)) as opened:
        yield opened


@pytest.fixture
def copying(database: Database, storage: Path) -> Iterator[DataCopying]:
    """At work; nothing is due by time."""
    copy = DataCopy(database.path.parent, storage)
    copy.prepare()
    with closing(DataCopying(copy, database, interval=3600)) as one:
        one.start()
        yield one


def stored(storage: Path) -> bytes:
    """The database in the copy."""
    with zipfile.ZipFile(storage / "llama_demo.zip") as archive:
        return archive.read(DATABASE)


def test_a_deletion_is_in_the_copy_when_it_returns(
    copying: DataCopying, database: Database, storage: Path
) -> None:
    """A new machine would bring back otherwise what was deleted."""
    glossary = GlossaryStore(database)
    glossary.put(GlossaryRow("zanzibarite", "石"), source="en", target="zh", owner="local", most=9)
    copying.renew(True)
    assert b"zanzibarite" in stored(storage)
    glossary.remove("zanzibarite", source="en", target="zh", owner="local")
    assert b"zanzibarite" not in stored(storage)
    assert copying.state == "ok"


def test_a_deletion_that_does_not_reach_the_copy_is_told(
    copying: DataCopying, database: Database, storage: Path
) -> None:
    """It is done all the same; the next one that reaches the storage completes it."""
    glossary = GlossaryStore(database)
    glossary.put(GlossaryRow("zanzibarite", "石"), source="en", target="zh", owner="local", most=9)
    copying.renew(True)
    (storage / "llama_demo.zip.new").mkdir()
    with pytest.raises(StoreError, match="copy_incomplete"):
        glossary.remove("zanzibarite", source="en", target="zh", owner="local")
    assert glossary.entries(source="en", target="zh", owner="local") == []
    states = [copying.state]
    (storage / "llama_demo.zip.new").rmdir()
    database.scrub(complete=False)
    copying.renew(True)
    assert b"zanzibarite" not in stored(storage)
    assert [*states, copying.state] == ["failing", "ok"]


def test_the_end_of_the_program_writes_the_copy(
    copying: DataCopying, database: Database, storage: Path
) -> None:
    """With what was stored since the last one."""
    copying.renew(True)
    glossary = GlossaryStore(database)
    glossary.put(GlossaryRow("moss", "苔"), source="en", target="zh", owner="local", most=9)
    copying.close()
    assert b"moss" in stored(storage)


def test_a_start_that_failed_writes_no_copy(database: Database, storage: Path) -> None:
    """It has not come to serve."""
    copy = DataCopy(database.path.parent, storage)
    copy.prepare()
    DataCopying(copy, database).close()
    assert list(storage.iterdir()) == []
