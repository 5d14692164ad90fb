"""The one recorder of runs: it writes a run of any task from its first moment to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from llama_demo.errors import DemoError, StoreError
from llama_demo.services.history.finished import FinishedRun
from llama_demo.services.history.unsaved import RunSlot
from llama_demo.store.run import FINAL, RUNNING, OpenRun, Token

INTERVAL = 1.0
"""Seconds between two writes of a growing text: what a killed program loses at most."""

RETRY_INTERVAL = 10.0
"""Seconds until the next attempt after one that failed, so that a full disk is not asked at each token."""

END_TIMEOUT = 2.0
"""Seconds that the end of a run may wait: a closed stream waits on the thread that serves all pages."""

GROWING_TIMEOUT = 0.25
"""Seconds that a stream may stand still for the sake of its history."""


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
        clock: seconds; decides when a growing text is written.

    Attributes:
        run: what is known of it so far; all of it after :meth:`finish`.
        warning: why the run, or its latest text, could not be stored at some point.
    """

    def __init__(
        self,
        begin: Callable[[], OpenRun] | None,
        run: FinishedRun,
        slot: RunSlot | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.run = run
        self._slot = slot
        self._clock = clock
        self.warning: DemoError | None = None
        self._begin = begin
        self._row: OpenRun | None = None
        self._output = ""
        self._finished = False
        self._next_write = self._clock() + INTERVAL
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
        if self._clock() < self._next_write:
            return
        self._next_write = self._clock() + INTERVAL
        self._attempt(lambda row: row.write(RUNNING, output, {}, timeout=GROWING_TIMEOUT))

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
        self._attempt(lambda row: row.write(status, output, timings, trace=trace, timeout=END_TIMEOUT))

    def _attempt(self, write: Callable[[OpenRun], None]) -> None:
        """Write to the row, which is begun first if it could not be before; a failure becomes the warning."""
        if self._begin is None:
            return
        try:
            self._row = self._row or self._begin()
            write(self._row)
        except StoreError as exc:
            self.warning = self.warning or exc
            self._next_write = self._clock() + RETRY_INTERVAL

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
