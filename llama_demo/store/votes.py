"""Votes between two models: which of them did better; never what they wrote."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from llama_demo.store.clock import microseconds_now, to_datetime
from llama_demo.store.database import Database
from llama_demo.unicode import replace_lone_surrogates


@dataclass(frozen=True)
class VoteRow:
    """A vote.

    Attributes:
        made: in UTC.
        task: what the models were compared at.
        first, second: their names, in alphabetical order.
        choice: ``first``, ``second``, ``tie`` or ``both_bad``.
    """

    made: datetime
    task: str
    first: str
    second: str
    choice: str


@dataclass(frozen=True)
class VoteTally:
    """The votes between two models at a task.

    Attributes:
        first_better, second_better, ties, both_bad: their numbers.
    """

    task: str
    first: str
    second: str
    first_better: int
    second_better: int
    ties: int
    both_bad: int


class VoteStore:
    """The table of votes.

    Args:
        database: open and migrated.
        clock: microseconds since 1970 in UTC.
    """

    def __init__(self, database: Database, clock: Callable[[], int] = microseconds_now) -> None:
        self._database = database
        self._clock = clock

    def add(self, *, owner: str, task: str, first: str, second: str, choice: str) -> None:
        """Store a vote; the fields are those of a :class:`VoteRow`."""
        values = [replace_lone_surrogates(one) for one in (owner, task, first, second, choice)]
        with self._database.writing() as tables:
            tables.execute(_ADD, [self._clock(), *values])

    def tallies(self, *, owner: str | None) -> list[VoteTally]:
        """The votes of an owner, or of all with ``None``, counted: the pairs with the most votes first."""
        with self._database.reading() as tables:
            return [VoteTally(*row) for row in tables.execute(_TALLIES, _of(owner)).fetchall()]

    def votes(self, *, owner: str | None) -> list[VoteRow]:
        """The votes of an owner, or of all with ``None``, in the order in which they were made."""
        with self._database.reading() as tables:
            rows = tables.execute(_VOTES, _of(owner)).fetchall()
        return [VoteRow(to_datetime(made), *names) for made, *names in rows]

    def delete(self, *, owner: str) -> None:
        """Delete the votes of an owner.

        Raises:
            StoreError: ``deletion_incomplete`` if they are deleted but still in the log.
        """
        with self._database.writing() as tables:
            tables.execute("DELETE FROM model_votes WHERE owner = ?", [replace_lone_surrogates(owner)])
        self._database.scrub()


def _of(owner: str | None) -> dict[str, str | None]:
    return {"owner": None if owner is None else replace_lone_surrogates(owner)}


_ADD = """
    INSERT INTO model_votes(made, owner, task, first, second, choice) VALUES (?, ?, ?, ?, ?, ?)
"""
_TALLIES = """
    SELECT task, first, second, sum(choice = 'first'), sum(choice = 'second'), sum(choice = 'tie'),
        sum(choice = 'both_bad') FROM model_votes
    WHERE :owner IS NULL OR owner = :owner
    GROUP BY task, first, second ORDER BY count(*) DESC, task, first, second
"""
_VOTES = """
    SELECT made, task, first, second, choice FROM model_votes
    WHERE :owner IS NULL OR owner = :owner ORDER BY number
"""
