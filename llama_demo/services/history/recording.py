"""The one recorder: keeps the row of a run, or of an answer in a conversation, up to date as it grows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from llama_demo.errors import DemoError, StoreError
from llama_demo.services.history.finished import FinishedRun
from llama_demo.services.history.unsaved import RunSlot
from llama_demo.store.run import FINAL, RUNNING, OpenRun, Token

INTERVAL = 1.0
"""Seconds between two writes of a growing text: what a killed program loses at most."""

RETRY_INTERVAL = 10.0
"""Seconds until the next attempt after one that failed, so that a full disk is not asked at each token."""

END_TIMEOUT = 2.0
"""Seconds that the last write may wait: a closed stream waits on the thread that serves all pages."""

GROWING_TIMEOUT = 0.25
"""Seconds that a write of a growing text may hold up the stream."""


class Growing(Protocol):
    """What a row holds while it grows and when it is complete."""

    @property
    def status(self) -> str:
        """``running``, or how it ended."""


Row = TypeVar("Row")
Content = TypeVar("Content", bound=Growing)


class Recording(Generic[Row, Content]):
    """The row of something that grows.

    A database that cannot be written never ends what is recorded: ``warning`` tells the first failure, and
    later writes are still tried, so a row that could not be begun may yet be stored by its last write.

    Args:
        begin: stores the row; None if nothing is to be stored.
        write: stores what is known into the row, within so many seconds.
        clock: seconds; decides when something that grows is written.

    Attributes:
        row: as ``begin`` returned it; None when nothing is stored, or could not be so far.
        warning: why the row, or its latest content, could not be stored at some point.
    """

    def __init__(
        self,
        begin: Callable[[], Row] | None,
        write: Callable[[Row, Content, float], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begin = begin
        self._write = write
        self._clock = clock
        self._finished = False
        self._next_write = self._clock() + INTERVAL
        self.row: Row | None = None
        self.warning: DemoError | None = None
        self._attempt(lambda row: None)

    def update(self, content: Content) -> None:
        """Take what is known so far; call it as often as you like.

        What is still ``running`` is written at most once a second. The first content with another status is
        written at once, and nothing after it.
        """
        running = content.status == RUNNING
        if self._finished or (running and self._clock() < self._next_write):
            return
        self._finished = not running
        self._next_write = self._clock() + INTERVAL
        timeout = GROWING_TIMEOUT if running else END_TIMEOUT
        self._attempt(lambda row: self._write(row, content, timeout))

    def _attempt(self, write: Callable[[Row], None]) -> None:
        """Write to the row, which is begun first if it could not be before; a failure becomes the warning."""
        if self._begin is None:
            return
        try:
            if self.row is None:
                self.row = self._begin()
            write(self.row)
        except StoreError as exc:
            self.warning = self.warning or exc
            self._next_write = self._clock() + RETRY_INTERVAL


class RunRecording:
    """The history's row of one run, open while the run goes on.

    Leaving the ``with`` block ends a run that was not finished: as ``done``, by an exception as ``failed``,
    by the closing of a generator as ``stopped``.

    Args:
        begin: stores the start of the run; None for a visit of which nothing is kept.
        run: what is known of it at its start.
        slot: where the run of a temporary visit is held until it is saved after all or dropped.
        clock: seconds; decides when a growing text is written.

    Attributes:
        run: what is known of it so far; all of it after :meth:`finish`.
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
        self._recording = Recording(begin, _write, clock=clock)

    @property
    def id(self) -> str | None:
        """Of the row; None when the visit is temporary, or when nothing could be stored so far."""
        return self._recording.row.id if self._recording.row else None

    @property
    def warning(self) -> DemoError | None:
        """Why the run, or its latest text, could not be stored at some point."""
        return self._recording.warning

    def progress(self, output: str) -> None:
        """Take the text so far. Call it as often as you like: it is written at most once a second."""
        if self.run.status == RUNNING:
            self.run = replace(self.run, output=output)
            self._recording.update(self.run)

    def finish(
        self, status: str, output: str, timings: Mapping[str, object], *, trace: Sequence[Token] = ()
    ) -> None:
        """Store the whole text and how the run ended: ``done``, ``stopped`` or ``failed``.

        Only the first call counts, so that leaving the ``with`` block does not overwrite what was stored.

        Args:
            timings: figures of the run, by name.
            trace: the generated tokens, each with its text, its id and its log-probability.
        """
        assert status in FINAL, status
        if self.run.status != RUNNING:
            return
        self.run = replace(self.run, status=status, output=output, timings=timings, trace=trace)
        if self._slot is not None:
            self._slot.run = self.run
        self._recording.update(self.run)

    def __enter__(self) -> Self:
        """The recording itself: the row was begun when it was made."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the run if it was not finished; an exception is raised further."""
        self.finish(_ending(kind), self.run.output, {})


def _write(row: OpenRun, run: FinishedRun, timeout: float) -> None:
    row.write(run.status, run.output, run.timings, trace=run.trace, timeout=timeout)


def _ending(kind: type[BaseException] | None) -> str:
    """The status of a run whose block was left before it was finished."""
    if kind is None:
        return "done"
    return "stopped" if issubclass(kind, GeneratorExit) else "failed"
