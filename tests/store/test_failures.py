"""SQLite's errors become ours, by what a person can do about them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from llama_demo.store.failures import as_store_error


def test_a_file_that_is_no_database_counts_as_damaged(tmp_path: Path) -> None:
    """The reader is told that the file is damaged, not what SQLite calls it."""
    path = tmp_path / "text.db"
    path.write_text("this is a letter, not a database " * 200)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError) as caught:
        connection.execute("SELECT * FROM sqlite_master")
    connection.close()
    assert as_store_error(caught.value, path).key == "database_damaged"


def test_details_of_a_known_kind_do_not_hide_it(tmp_path: Path) -> None:
    """Extended codes, such as "cannot open: is a directory", belong to their primary code."""
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(tmp_path)
    assert as_store_error(caught.value, tmp_path).key == "data_dir_unwritable"


def test_unknown_kinds_keep_the_words_of_sqlite(tmp_path: Path) -> None:
    """A failure that nobody foresaw can still be reported by the person who sees it."""
    connection = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError) as caught:
        connection.execute("SELECT * FROM nowhere")
    connection.close()
    error = as_store_error(caught.value, tmp_path / "a.db")
    assert error.key == "database_failed"
    assert error.values == {"path": str(tmp_path / "a.db"), "detail": "no such table: nowhere"}
