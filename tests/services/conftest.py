"""What the tests of the services share: an empty history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from llama_demo.services.history.runs import RunService
from llama_demo.store.database import Database
from llama_demo.store.runs import RunStore


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A blank database."""
    with closing(Database(tmp_path / "llama_demo.db")) as database:
        yield database


@pytest.fixture
def runs(database: Database) -> RunService:
    """An empty history."""
    return RunService(RunStore(database))
