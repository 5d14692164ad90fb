"""What the tests of the store share: a place for a database, one that is open, a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from llama_demo.store.database import Database
from tests.store.clock import Clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the database will be, in a directory that does not exist yet."""
    return tmp_path / "data" / "llama_demo.db"


@pytest.fixture
def open_database(path: Path) -> Iterator[Callable[[], Database]]:
    """Open the database as one more app would; all are closed in the end."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Database(path)))


@pytest.fixture
def database(open_database: Callable[[], Database]) -> Database:
    """A blank database, open."""
    return open_database()


@pytest.fixture
def clock() -> Clock:
    """A clock that a test moves."""
    return Clock()
