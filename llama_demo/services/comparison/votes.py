"""Votes on which of two models did better, whose names the voter learns only then.

A vote belongs to its visitor: it is stored with the owner, exported and deleted with the rest. A temporary
visit's vote shows the names and is not stored.
"""

from __future__ import annotations

import csv
import io
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

from llama_demo.errors import InputError
from llama_demo.services.admission import of_same_visitor
from llama_demo.services.visits import Visit
from llama_demo.spreadsheet import guard_formula
from llama_demo.store.votes import VoteStore, VoteTally

__all__ = ["Ballot", "Choice", "SideFigures", "VoteResult", "VoteService", "VoteTally"]

Choice = Literal["left", "right", "tie", "both_bad", "reveal"]
"""What a voter can say; ``reveal`` shows the names without a vote."""

MOST_BALLOTS = 500
"""Comparisons whose vote is waited for; of each page it is the latest alone."""

COLUMNS = ("made", "task", "first", "second", "choice")


@dataclass(frozen=True)
class SideFigures:
    """What one side took.

    Attributes:
        tokens, tokens_per_second, first_token_ms: of a model that writes, None for others.
        seconds: from the beginning to the end.
        memory: bytes that the model takes, estimated; 0 for a model of another server.
    """

    seconds: float = 0.0
    memory: int = 0
    tokens: int | None = None
    tokens_per_second: float | None = None
    first_token_ms: int | None = None


@dataclass
class Ballot:
    """A comparison that can be voted on.

    Attributes:
        names: of the models, left and right.
        figures: of both, once they are known.
        complete: whether both sides came to their end.
    """

    id: str
    visit: Visit
    task: str
    names: tuple[str, str]
    figures: dict[int, SideFigures] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True)
class VoteResult:
    """What a voter learns.

    Attributes:
        names: of the models, left and right.
        counted: whether the vote was stored.
    """

    names: tuple[str, str]
    figures: tuple[SideFigures | None, SideFigures | None]
    counted: bool


class VoteService:
    """Takes votes and counts them. Thread-safe."""

    def __init__(self, store: VoteStore) -> None:
        self._store = store
        self._ballots: OrderedDict[str, Ballot] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, visit: Visit, task: str, names: tuple[str, str]) -> Ballot:
        """A ballot for a comparison that begins; it replaces an earlier one of the page."""
        ballot = Ballot(secrets.token_hex(16), visit, task, names)
        with self._lock:
            for other in [one for one in self._ballots.values() if _same_page(one.visit, visit)]:
                del self._ballots[other.id]
            self._ballots[ballot.id] = ballot
            while len(self._ballots) > MOST_BALLOTS:
                self._ballots.popitem(last=False)
        return ballot

    def vote(self, visit: Visit, ballot_id: str, choice: Choice) -> VoteResult:
        """Take a vote, once, and tell the names.

        Raises:
            InputError: ``vote_closed`` for a comparison that was voted on, is too old or another visitor's;
                ``vote_early`` while it runs or if a side failed.
            StoreError: it could not be stored, and can be given again.
        """
        if choice not in get_args(Choice):
            raise InputError("vote_closed")
        with self._lock:
            ballot = self._ballots.get(ballot_id)
        if ballot is None or not of_same_visitor(ballot.visit, visit):
            raise InputError("vote_closed")
        if not ballot.complete:
            raise InputError("vote_early")
        with self._lock:
            if self._ballots.pop(ballot_id, None) is None:
                raise InputError("vote_closed")
        try:
            counted = self._store_vote(visit, ballot, choice)
        except Exception:
            with self._lock:
                self._ballots[ballot_id] = ballot
            raise
        figures = (ballot.figures.get(0), ballot.figures.get(1))
        return VoteResult(ballot.names, figures, counted)

    def tallies(self, visit: Visit) -> Sequence[VoteTally]:
        """The visitor's votes by pair of models, for operators those of all visitors."""
        if visit.operator:
            return self._store.tallies(owner=None)
        return self._store.tallies(owner=visit.owner) if visit.owner is not None else ()

    def delete(self, visit: Visit) -> None:
        """Delete the visitor's own votes. Raises :class:`StoreError` ``deletion_incomplete``."""
        if visit.owner is not None:
            self._store.delete(owner=visit.owner)

    def exported(self, visit: Visit) -> Iterator[str]:
        """The votes that :meth:`tallies` counts, as CSV with a byte order mark, line by line."""
        yield "\ufeff" + _line(COLUMNS)
        if visit.operator or visit.owner is not None:
            for row in self._store.votes(owner=None if visit.operator else visit.owner):
                names = [guard_formula(one) for one in (row.first, row.second)]
                yield _line([row.made.isoformat(timespec="seconds"), row.task, *names, row.choice])

    def _store_vote(self, visit: Visit, ballot: Ballot, choice: Choice) -> bool:
        if choice == "reveal" or visit.temporary or visit.owner is None:
            return False
        first, second = sorted(ballot.names)
        if choice in ("left", "right"):
            winner = ballot.names[0 if choice == "left" else 1]
            stored = "first" if winner == first else "second"
        else:
            stored = choice
        self._store.add(owner=visit.owner, task=ballot.task, first=first, second=second, choice=stored)
        return True


def _same_page(earlier: Visit, visit: Visit) -> bool:
    return (earlier.owner, earlier.page, earlier.address) == (visit.owner, visit.page, visit.address)


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()
