"""When visitors of a public server who have stored something were last seen."""

from __future__ import annotations

from collections.abc import Collection

from llama_demo.store.database import Database


class VisitorStore:
    """The day of each visitor's last visit, as days since 1970.

    Args:
        database: open and migrated.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, owners: Collection[str], *, day: int) -> None:
        """These owners were seen on this day; those who have stored nothing are left out.

        Owners whose data no one has noted yet count as seen on this day, too.
        """
        with self._database.writing() as tables:
            tables.execute(_ADD, {"day": day})
            update = "UPDATE visitors SET seen = max(seen, ?) WHERE owner = ?"
            tables.conn.executemany(update, [(day, owner) for owner in owners])

    def overdue(self, *, before: int) -> list[str]:
        """The owners that were last seen before this day."""
        with self._database.reading() as tables:
            select = "SELECT owner FROM visitors WHERE seen < ? ORDER BY seen"
            return [owner for (owner,) in tables.execute(select, [before]).fetchall()]

    def count(self) -> int:
        """Number of owners that have stored something."""
        with self._database.reading() as tables:
            return int(tables.execute(f"SELECT count(*) FROM ({_OWNERS})").fetchone()[0])  # noqa: S608

    def database_bytes(self) -> int:
        """Size of the database's file."""
        return self._database.path.stat().st_size


_OWNERS = """
    SELECT owner FROM runs UNION SELECT owner FROM conversations UNION SELECT owner FROM documents
    UNION SELECT owner FROM collections WHERE owner != '' UNION SELECT owner FROM glossary
    UNION SELECT owner FROM policy_decisions WHERE owner != ''
"""
# An owner by a secret is a SHA-256; that of a private server and those of accounts are shorter and longer.
_ADD = f"""
    INSERT OR IGNORE INTO visitors(owner, seen) SELECT owner, :day FROM ({_OWNERS}) WHERE length(owner) = 64
"""  # noqa: S608
