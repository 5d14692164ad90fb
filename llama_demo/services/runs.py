"""The history: one recorder that writes every run of every task, and the reading and deleting of runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from functools import partial
from types import TracebackType
from typing import Self, TypedDict, Unpack

from llama_demo.errors import DemoError, InputError, StoreError
from llama_demo.services.finished import FinishedRun
from llama_demo.services.unsaved import Slot, Unsaved
from llama_demo.services.visits import Visit
from llama_demo.store.listing import Filter
from llama_demo.store.runs import FINAL, RUNNING, OpenRun, Run, RunStore, Token

__all__ = ["FinishedRun", "Narrowing", "Recording", "Run", "Runs", "Token"]

LARGEST_PAGE = 100

LONGEST_NOTE = 2_000
"""Characters."""

_INTERVAL = 1.0
"""Seconds between two writes of a growing text: what a killed program loses at most."""

_RETRY_INTERVAL = 10.0
"""Seconds until the next attempt after one that failed, so that a full disk is not asked at each token."""

_START_PATIENCE = 1.0
"""Seconds that the first token may wait for a database that somebody else holds."""

_END_PATIENCE = 2.0
"""Seconds that the end of a run may wait: a closed stream waits on the thread that serves all pages."""

_GROWING_PATIENCE = 0.25
"""Seconds that a stream may stand still for the sake of its history."""


class Narrowing(TypedDict, total=False):
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


class Recording:
    """The history's row of one run, open while the run goes on.

    Leaving the ``with`` block ends a run that was not finished: as ``done``, by an exception as ``failed``,
    by the closing of a generator as ``stopped``.

    A database that cannot be written never ends a run: ``warning`` says so, once, and later writes are
    still tried, so a run whose start could not be stored may yet be stored by its end.

    Args:
        begin: stores the start of the run; None for a visit of which nothing is kept.
        run: what is known of it at its start.
        slot: where the run of a temporary visit is held until it is saved after all or forgotten.

    Attributes:
        run: what is known of it so far; all of it after :meth:`finish`.
        warning: why the run, or its latest text, could not be stored at some point.
    """

    def __init__(
        self, begin: Callable[[], OpenRun] | None, run: FinishedRun, slot: Slot | None = None
    ) -> None:
        self.run = run
        self._slot = slot
        self.warning: DemoError | None = None
        self._begin = begin
        self._row: OpenRun | None = None
        self._output = ""
        self._finished = False
        self._next_write = time.monotonic() + _INTERVAL
        self._attempt(lambda row: None)

    @property
    def id(self) -> str | None:
        """Of the row; None when the visit is temporary, or when nothing could be stored so far."""
        return self._row.id if self._row else None

    def progress(self, output: str) -> None:
        """Tell the text so far. Call it as often as you like: it is written at most once a second."""
        if self._finished:
            return
        self._output = output
        if time.monotonic() < self._next_write:
            return
        self._next_write = time.monotonic() + _INTERVAL
        self._attempt(lambda row: row.write(RUNNING, output, {}, patience=_GROWING_PATIENCE))

    def finish(
        self, status: str, output: str, timings: Mapping[str, object], *, trace: Sequence[Token] = ()
    ) -> None:
        """Store the whole text and how the run ended: ``done``, ``stopped`` or ``failed``.

        ``trace`` holds the generated tokens, each with its text, its id and its log-probability.

        Only the first call counts, so that an ending that was told is not overwritten on the way out.
        """
        assert status in FINAL, status
        if self._finished:
            return
        self._finished = True
        self.run = replace(self.run, status=status, output=output, timings=timings, trace=trace)
        if self._slot is not None:
            self._slot.run = self.run
        self._attempt(lambda row: row.write(status, output, timings, trace=trace, patience=_END_PATIENCE))

    def _attempt(self, write: Callable[[OpenRun], None]) -> None:
        """Write to the row, which is begun first if it could not be before; a failure becomes the warning."""
        if self._begin is None:
            return
        try:
            self._row = self._row or self._begin()
            write(self._row)
        except StoreError as exc:
            self.warning = self.warning or exc
            self._next_write = time.monotonic() + _RETRY_INTERVAL

    def __enter__(self) -> Self:
        """The recording itself: the row was begun when it was made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the run if nobody has; an exception goes on."""
        self.finish(_ending(kind), self._output, {})


def _ending(kind: type[BaseException] | None) -> str:
    """The status of a run that was left without saying how it ended."""
    if kind is None:
        return "done"
    return "stopped" if issubclass(kind, GeneratorExit) else "failed"


class Runs:
    """The history as a visitor sees it: their own runs and nobody else's."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self._unsaved = Unsaved()

    def record(
        self,
        visit: Visit,
        *,
        task: str,
        model: str,
        input: str,
        options: Mapping[str, object],
        box: str = "",
        origin: str | None = None,
    ) -> Recording:
        """Store a run from its first moment and return what writes the rest.

        Args:
            visit: who asks; of a temporary visit nothing is written.
            task: a task's name, such as ``generate``.
            model: a model's name.
            input: what was typed.
            options: all settings of the run, enough to open it again.
            box: names the box that the run comes from when it starts by itself as one types. A run from
                the same box less than 10 s after another replaces it. Empty: the run stands for itself.
            origin: the id of the run that this is another version of, or of any version of that.
        """
        run = FinishedRun(
            created=datetime.now(UTC), task=task, model=model, input=input, options=options, origin=origin
        )
        if visit.temporary or visit.owner is None:
            return Recording(None, run, self._unsaved.begin(visit.page))
        begin = partial(
            self._store.begin,
            owner=visit.owner,
            task=task,
            model=model,
            input=input,
            options=options,
            box=box,
            origin=origin,
            patience=_START_PATIENCE,
        )
        return Recording(begin, run)

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

    def keep_shown(self, visit: Visit) -> int:
        """Store what the visitor's page shows of a temporary visit after all; returns how many runs.

        Raises:
            InputError: ``visitor_needed`` as for :meth:`keep`, or ``nothing_to_keep``.
            StoreError: it could not be stored.
        """
        if visit.owner is None:
            raise InputError("visitor_needed")
        shown = self._unsaved.take(visit.page)
        if not shown:
            raise InputError("nothing_to_keep")
        for run in shown:
            self.keep(visit, run)
        return len(shown)

    def page(
        self, visit: Visit, *, limit: int = 20, before: str | None = None, **narrowing: Unpack[Narrowing]
    ) -> list[Run]:
        """Runs newest first.

        Args:
            visit: who asks; without an owner the page is empty.
            limit: runs at most, 1 to 100.
            before: id of the last run seen, for the next page.
            narrowing: see :class:`Narrowing`.

        Raises:
            InputError: ``out_of_range`` for another limit.
            StoreError: the history cannot be read.
        """
        if not 1 <= limit <= LARGEST_PAGE:
            raise InputError("out_of_range", name="limit", value=limit, low=1, high=LARGEST_PAGE)
        if visit.owner is None:
            return []
        return self._store.page(owner=visit.owner, limit=limit, before=before, narrowing=_filter(narrowing))

    def every(self, visit: Visit, **narrowing: Unpack[Narrowing]) -> Iterator[Run]:
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

    def count(self, visit: Visit, **narrowing: Unpack[Narrowing]) -> int:
        """How many runs the narrowing leaves."""
        return (
            0 if visit.owner is None else self._store.count(owner=visit.owner, narrowing=_filter(narrowing))
        )


def _filter(narrowing: Narrowing) -> Filter:
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
