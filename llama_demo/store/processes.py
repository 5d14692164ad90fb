"""Running programs on the same data directory: each holds a lock file of its own there.

A run whose program is dead was interrupted; one whose program lives is simply running, even when a second
app was started on the same database. Process ids cannot tell the two apart (they are reused after
a restart), but the operating system releases a file lock when its holder ends in any way.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class Process:
    """This program's lock file, and the way to check other programs'.

    Args:
        directory: holds one ``<name>.lock`` for each program that uses the database. Made if missing.

    Raises:
        OSError: the directory or the lock file cannot be written.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(exist_ok=True)
        self.name = secrets.token_hex(16)
        self._directory = directory
        self._own = self._lock_of(self.name)
        self._own.acquire(timeout=0)

    def lives(self, name: str) -> bool:
        """Whether the program of that name is running. The lock file of a dead one is removed."""
        if name == self.name:
            return True
        path = self._directory / f"{name}.lock"
        if not path.exists():
            return False
        lock = self._lock_of(name)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        _remove(path)
        return False

    def sweep(self) -> None:
        """Remove the lock files of dead programs. Only while no other program is starting."""
        for path in self._directory.glob("*.lock"):
            self.lives(path.stem)

    def close(self) -> None:
        """Release the lock file; runs that are still marked as running then count as interrupted."""
        self._own.release()
        _remove(self._directory / f"{self.name}.lock")

    def _lock_of(self, name: str) -> FileLock:
        # Taken by one thread and released by another: the lock must not be kept per thread.
        return FileLock(self._directory / f"{name}.lock", thread_local=False)


def any_lives(directory: Path) -> bool:
    """Whether any program holds a lock file in the directory."""
    for path in directory.glob("*.lock"):
        lock = FileLock(path, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            return True
        lock.release()
    return False


def _remove(path: Path) -> None:
    """Remove a lock file, if possible: on Windows another program may have it open."""
    with suppress(OSError):
        path.unlink(missing_ok=True)
