"""The history as a visitor sees it: runs are recorded, found, judged and deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from functools import partial
from typing import TypedDict, Unpack

from llama_demo.errors import InputError
from llama_demo.services.history.finished import FinishedRun
from llama_demo.services.history.recording import RunRecording
from llama_demo.services.history.unsaved import Unsaved
from llama_demo.services.visits import Visit
from llama_demo.store.run import FINAL, Run, Token
from llama_demo.store.run_groups import VersionNumber
from llama_demo.store.run_index import Filter
from llama_demo.store.runs import RunStore

__all__ = ["FinishedRun", "Run", "RunFilter", "RunRecording", "RunService", "Token", "VersionNumber"]

TASKS = ("generate", "translate", "search", "ask")
"""What is recorded, by the names that runs have."""

LARGEST_PAGE = 100

LONGEST_NOTE = 2_000
"""Characters."""

_START_TIMEOUT = 1.0
"""Seconds that the first token may wait for a database that somebody else holds."""


class RunFilter(TypedDict, total=False):
    """What a list of runs can be narrowed to, as keywords; each that is missing or empty narrows nothing.

    ``query`` is what somebody typed into a search box, ``rating`` is 1, -1 or 0 (neither), ``since`` and
    ``until`` are the first and the last day in ``zone``, the visitor's.
    """

    query: str
    task: str
    model: str
    rating: int | None
    since: date | None
    until: date | None
    zone: tzinfo


class RunService:
    """The history as a visitor sees it: their own runs and nobody else's."""

    def __init__(self, store: RunStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._unsaved = Unsaved()

    def record(
        self,
        visit: Visit,
        *,
        task: str,
        model: str,
        input: str,
        options: Mapping[str, object],
        debounce_key: str = "",
        origin: str | None = None,
    ) -> RunRecording:
        """Store a run from its first moment and return what writes the rest.

        Args:
            visit: who asks; of a temporary visit nothing is written.
            task: a task's name, such as ``generate``.
            model: a model's name.
            input: what was typed.
            options: all settings of the run, enough to open it again.
            debounce_key: groups runs that start by themselves while the user types, such as those of one
                input field. A run less than 10 s after another of the same key replaces it; an empty key
                never does.
            origin: the id of the run that this is another version of, or of any version of that.
        """
        run = FinishedRun(
            created=datetime.now(UTC), task=task, model=model, input=input, options=options, origin=origin
        )
        if visit.temporary or visit.owner is None:
            return RunRecording(None, run, self._unsaved.begin(visit.page, task), clock=self._clock)
        begin = partial(
            self._store.begin,
            owner=visit.owner,
            task=task,
            model=model,
            input=input,
            options=options,
            debounce_key=debounce_key,
            origin=origin,
            timeout=_START_TIMEOUT,
        )
        return RunRecording(begin, run, clock=self._clock)

    def keep(self, visit: Visit, run: FinishedRun) -> str:
        """Store a run of a temporary visit after all, in its place by time; returns its id.

        Raises:
            InputError: ``visitor_needed`` if nobody could be shown it again.
            StoreError: it could not be stored.
        """
        if visit.owner is None:
            raise InputError("visitor_needed")
        assert run.status in FINAL, run.status
        row = Run(
            id="",
            owner=visit.owner,
            task=run.task,
            created=run.created,
            status=run.status,
            model=run.model,
            input=run.input,
            output=run.output,
            options=dict(run.options),
            timings=dict(run.timings),
            origin=run.origin,
            trace=tuple(run.trace),
        )
        return self._store.keep(row, owner=visit.owner)

    def keep_shown(self, visit: Visit, task: str) -> int:
        """Store what the page of a temporary visit shows of a task after all; returns how many runs.

        Raises:
            InputError: ``visitor_needed`` as for :meth:`keep`, or ``nothing_to_keep``.
            StoreError: it could not be stored.
        """
        if visit.owner is None:
            raise InputError("visitor_needed")
        shown = self._unsaved.take(visit.page, task)
        if not shown:
            raise InputError("nothing_to_keep")
        for run in shown:
            self.keep(visit, run)
        return len(shown)

    def page(
        self, visit: Visit, *, limit: int = 20, before: str | None = None, **narrowing: Unpack[RunFilter]
    ) -> list[Run]:
        """Runs newest first.

        Args:
            visit: who asks; without an owner the page is empty.
            limit: runs at most, 1 to 100.
            before: id of the last run seen, for the next page.
            narrowing: see :class:`RunFilter`.

        Raises:
            InputError: ``out_of_range`` for another limit.
            StoreError: the history cannot be read.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise InputError("out_of_range", name="limit", value=limit, low=1, high=LARGEST_PAGE)
        if visit.owner is None:
            return []
        return self._store.page(owner=visit.owner, limit=limit, before=before, narrowing=_filter(narrowing))

    def every(self, visit: Visit, **narrowing: Unpack[RunFilter]) -> Iterator[Run]:
        """All runs that the narrowing leaves, newest first, read as they are asked for.

        Each comes once, however many begin or are deleted meanwhile.
        """
        last: str | None = None
        while page := self.page(visit, limit=LARGEST_PAGE, before=last, **narrowing):
            yield from page
            last = page[-1].id

    def get(self, visit: Visit, run_id: str) -> Run:
        """One run with everything in it.

        Raises:
            InputError: ``run_unknown``; another owner's run is as unknown as one that never was.
        """
        run = None if visit.owner is None else self._store.get(run_id, owner=visit.owner)
        if run is None:
            raise InputError("run_unknown")
        return run

    def add(self, visit: Visit, runs: Iterable[Run]) -> tuple[int, int]:
        """Store runs that were exported, all or none, as the visitor's own.

        What ``runs`` raises while it is read leaves the history as it was. It is read to its end first,
        so that nobody waits for the history while a long file is checked.

        Returns:
            how many were stored, and how many were there already.

        Raises:
            InputError: ``visitor_needed`` if nobody could be shown them again.
        """
        if visit.owner is None:
            raise InputError("visitor_needed")
        return self._store.add(list(runs), owner=visit.owner)

    def versions(self, visit: Visit, run_id: str) -> list[Run]:
        """All versions of the run, oldest first: the run alone if there are no others.

        Raises:
            InputError: ``run_unknown``, for another owner's run too.
        """
        versions = [] if visit.owner is None else self._store.versions(run_id, owner=visit.owner)
        if not versions:
            raise InputError("run_unknown")
        return versions

    def places(self, visit: Visit, runs: Sequence[Run]) -> Mapping[str, VersionNumber]:
        """Which of how many versions each of these runs is, under its id; one that stands alone has none."""
        return {} if visit.owner is None else self._store.places(runs, owner=visit.owner)

    def rate(self, visit: Visit, run_id: str, rating: int) -> None:
        """Put the thumbs of a run up (1) or down (-1), or take them back (0).

        Raises:
            InputError: ``out_of_range``, or ``run_unknown`` as for :meth:`get`.
        """
        if rating not in (-1, 0, 1):
            raise InputError("out_of_range", name="rating", value=rating, low=-1, high=1)
        if visit.owner is None or not self._store.mark(run_id, owner=visit.owner, rating=rating):
            raise InputError("run_unknown")

    def annotate(self, visit: Visit, run_id: str, note: str) -> None:
        """Write a note to a run in place of the one before; an empty one removes it.

        Raises:
            InputError: ``note_too_long``, or ``run_unknown`` as for :meth:`get`.
            StoreError: ``deletion_incomplete`` if the former note could not yet be overwritten.
        """
        if len(note) > LONGEST_NOTE:
            raise InputError("note_too_long", characters=len(note), longest=LONGEST_NOTE)
        if visit.owner is None or not self._store.mark(run_id, owner=visit.owner, note=note):
            raise InputError("run_unknown")

    def names(self, visit: Visit) -> list[tuple[str, str]]:
        """Every task of the visitor's runs with every model that was used for it: what can be filtered by."""
        return [] if visit.owner is None else self._store.names(owner=visit.owner)

    def delete(self, visit: Visit, run_id: str) -> None:
        """Remove a run, and its text from the disk.

        Raises:
            InputError: ``run_unknown``, for another owner's run too.
            StoreError: ``deletion_incomplete`` if the run is gone but its text could not yet be overwritten.
        """
        if visit.owner is None or not self._store.delete(run_id, owner=visit.owner):
            raise InputError("run_unknown")

    def delete_all(self, visit: Visit) -> int:
        """Remove all runs of the visitor; returns how many there were.

        Raises:
            StoreError: ``deletion_incomplete`` as for a single run.
        """
        return 0 if visit.owner is None else self._store.delete_all(owner=visit.owner)

    def count(self, visit: Visit, **narrowing: Unpack[RunFilter]) -> int:
        """How many runs the narrowing leaves."""
        return (
            0 if visit.owner is None else self._store.count(owner=visit.owner, narrowing=_filter(narrowing))
        )


def _filter(narrowing: RunFilter) -> Filter:
    """The days of the visitor's calendar as moments."""
    zone = narrowing.get("zone", UTC)
    since, until = narrowing.get("since"), narrowing.get("until")
    return Filter(
        query=narrowing.get("query", ""),
        task=narrowing.get("task", ""),
        model=narrowing.get("model", ""),
        rating=narrowing.get("rating"),
        since=None if since is None else datetime.combine(since, time_of_day.min, zone),
        until=None if until is None or until == date.max else _next_day(until, zone),
    )


def _next_day(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time_of_day.min, zone)
