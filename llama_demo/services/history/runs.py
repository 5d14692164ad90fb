"""A visitor's history: runs are recorded, listed, rated, annotated and deleted."""

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
"""Names of the tasks that are recorded."""

LARGEST_PAGE = 100

LONGEST_NOTE = 2_000
"""Characters."""

_START_TIMEOUT = 1.0
"""Seconds that the first token may wait for a locked database."""


class RunFilter(TypedDict, total=False):
    """Filter of a list of runs, as keywords; one that is missing or empty filters nothing.

    ``query`` is the text of a search box, ``rating`` is 1, -1 or 0 (neither), ``since`` and
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
    """The history of each visitor."""

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
        conversation: str = "",
    ) -> RunRecording:
        """Store a run that begins; returns its recorder.

        Args:
            visit: who asks; of a temporary visit nothing is written.
            task: a task's name, such as ``generate``.
            model: a model's name.
            input: what was typed.
            options: all settings of the run, enough to open it again.
            debounce_key: groups runs that start by themselves while the user types, such as those of one
                input field. A run less than 10 s after another of the same key replaces it if its input is
                an edit of the other's; an empty key never does.
            origin: the id of the run that this is another version of, or of any version of that.
            conversation: the id of the conversation that it is an answer in, with which it is deleted.
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
            conversation=conversation,
            timeout=_START_TIMEOUT,
        )
        return RunRecording(begin, run, clock=self._clock)

    def keep(self, visit: Visit, run: FinishedRun) -> str:
        """Store a run of a temporary visit after all, with its time; returns its id.

        Raises:
            InputError: ``visitor_needed`` for a visit without an owner.
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
        """Store the runs of a task that a temporary visit's page shows after all; returns how many.

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
        """All runs that the filter leaves, newest first, read page by page.

        Each comes once, however many begin or are deleted meanwhile.
        """
        last: str | None = None
        while page := self.page(visit, limit=LARGEST_PAGE, before=last, **narrowing):
            yield from page
            last = page[-1].id

    def get(self, visit: Visit, run_id: str) -> Run:
        """A run with all of its fields.

        Raises:
            InputError: ``run_unknown``; also for another owner's run.
        """
        run = None if visit.owner is None else self._store.get(run_id, owner=visit.owner)
        if run is None:
            raise InputError("run_unknown")
        return run

    def add(self, visit: Visit, runs: Iterable[Run]) -> tuple[int, int]:
        """Store runs that were exported, all or none, as the visitor's own.

        An error while ``runs`` is read leaves the history as it was. All are read first, so that the
        database is not locked while a long file is checked.

        Returns:
            how many were stored, and how many were there already.

        Raises:
            InputError: ``visitor_needed`` for a visit without an owner.
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
        """The version number of each of these runs, by id; none for a run without other versions."""
        return {} if visit.owner is None else self._store.places(runs, owner=visit.owner)

    def rate(self, visit: Visit, run_id: str, rating: int) -> None:
        """Rate a run: thumbs up (1), thumbs down (-1) or neither (0).

        Raises:
            InputError: ``out_of_range``, or ``run_unknown`` as for :meth:`get`.
        """
        if rating not in (-1, 0, 1):
            raise InputError("out_of_range", name="rating", value=rating, low=-1, high=1)
        if visit.owner is None or not self._store.mark(run_id, owner=visit.owner, rating=rating):
            raise InputError("run_unknown")

    def annotate(self, visit: Visit, run_id: str, note: str) -> None:
        """Replace the note of a run; an empty one removes it.

        Raises:
            InputError: ``note_too_long``, or ``run_unknown`` as for :meth:`get`.
            StoreError: ``deletion_incomplete`` if the former note could not yet be overwritten.
        """
        if len(note) > LONGEST_NOTE:
            raise InputError("note_too_long", characters=len(note), longest=LONGEST_NOTE)
        if visit.owner is None or not self._store.mark(run_id, owner=visit.owner, note=note):
            raise InputError("run_unknown")

    def names(self, visit: Visit) -> list[tuple[str, str]]:
        """Pairs of task and model of the visitor's runs, to filter by."""
        return [] if visit.owner is None else self._store.names(owner=visit.owner)

    def delete(self, visit: Visit, run_id: str) -> None:
        """Delete a run, and its text from the disk; with an answer, what follows it in its conversation.

        Raises:
            InputError: ``run_unknown``, for another owner's run too.
            StoreError: ``deletion_incomplete`` if the run is deleted but its text is not overwritten yet.
        """
        if visit.owner is None or not self._store.delete(run_id, owner=visit.owner):
            raise InputError("run_unknown")

    def drop_unsaved(self, visit: Visit) -> None:
        """Drop the runs of the page that are held in memory until they are saved after all."""
        self._unsaved.drop(visit.page)

    def count(self, visit: Visit, **narrowing: Unpack[RunFilter]) -> int:
        """Number of runs that the filter leaves."""
        return (
            0 if visit.owner is None else self._store.count(owner=visit.owner, narrowing=_filter(narrowing))
        )


def _filter(narrowing: RunFilter) -> Filter:
    """The filter of the store, with the visitor's days as times in UTC."""
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
