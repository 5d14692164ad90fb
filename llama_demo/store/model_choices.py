"""Which models the operator has chosen, and which folders were added."""

from __future__ import annotations

from pathlib import Path

from llama_demo.store.database import Database


class ModelChoiceStore:
    """The active model of each task by name, and folders of further models.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def choices(self) -> dict[str, str]:
        """The name of the chosen model, by task."""
        with self._database.reading() as tables:
            return dict(tables.execute("SELECT task, name FROM model_choices").fetchall())

    def choose(self, task: str, name: str) -> None:
        """Remember the model of a task."""
        with self._database.writing() as tables:
            tables.execute("INSERT OR REPLACE INTO model_choices(task, name) VALUES (?, ?)", [task, name])

    def forget(self, task: str) -> None:
        """Remember no model of a task."""
        with self._database.writing() as tables:
            tables.execute("DELETE FROM model_choices WHERE task = ?", [task])

    def folders(self) -> list[Path]:
        """The folders that were added, in their order."""
        with self._database.reading() as tables:
            rows = tables.execute("SELECT path FROM model_folders ORDER BY number").fetchall()
        return [Path(path) for (path,) in rows]

    def add_folder(self, folder: Path) -> None:
        """Remember a folder."""
        with self._database.writing() as tables:
            tables.execute("INSERT OR IGNORE INTO model_folders(path) VALUES (?)", [str(folder)])

    def remove_folder(self, folder: Path) -> None:
        """Forget a folder."""
        with self._database.writing() as tables:
            tables.execute("DELETE FROM model_folders WHERE path = ?", [str(folder)])
