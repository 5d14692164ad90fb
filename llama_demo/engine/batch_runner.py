"""The thread that runs a model: one forward pass after the other, each for several requests.

One thread owns the model, because PyTorch's worker threads belong to the thread that uses them, while a web
page is served by many. Requests join and leave between two passes. So does other work with the model, such
as looking inside it, a piece after each pass.
"""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import torch

from llama_demo.engine.devices import device_errors, unexpected_errors
from llama_demo.engine.fair_share import Client, Turns, current_client
from llama_demo.engine.precedence import REQUESTS
from llama_demo.engine.scheduler import BatchLimits, Scheduler
from llama_demo.engine.worker_threads import release_workers
from llama_demo.errors import DemoError, InputError

_log = logging.getLogger(__name__)

Result = TypeVar("Result")

IDLE_SECONDS = 5.0


class BatchJob(ABC):
    """A request that takes part in passes. Its methods are called by the runner's thread alone.

    Attributes:
        client: whose turns it takes.
        alone: whether it has passes of its own, since one that it shared has failed.
    """

    def __init__(self) -> None:
        self.client: Client = current_client()
        self.alone = False

    @property
    @abstractmethod
    def stopped(self) -> bool:
        """Whether it is to end; read between passes, and on any thread. It must not block."""

    @property
    @abstractmethod
    def memory(self) -> int:
        """Bytes that it holds while it runs."""

    @property
    @abstractmethod
    def remaining(self) -> int:
        """Passes until it ends, at most."""

    @abstractmethod
    def cost(self, chunk: int, /) -> int:
        """Tokens of its next pass, which reads a prompt in pieces of ``chunk`` tokens."""

    @abstractmethod
    def begin(self) -> None:
        """Take its memory; called again to begin anew with all that it has read, after a pass failed."""

    @abstractmethod
    def end(self, error: DemoError | None = None) -> None:
        """Free its memory and wake who waits for it; called again with an error if it raises one."""


JobT = TypeVar("JobT", bound=BatchJob)
Forward = Callable[[Sequence[JobT], int], list[JobT]]
"""Runs a pass for some requests, in pieces of a prompt of so many tokens; returns those that are over."""


class BatchRunner(Generic[JobT]):
    """Serves requests in shared passes.

    Its thread ends when it had nothing to do for some seconds, and begins anew with the next request.

    Args:
        forward: see :data:`Forward`; called in inference mode.
        idle: called before the thread ends with nothing to do. It must not wait, nor call the runner.
    """

    def __init__(
        self,
        forward: Forward[JobT],
        limits: BatchLimits,
        device: torch.device,
        *,
        name: str,
        idle: Callable[[], None] | None = None,
    ) -> None:
        self._forward, self._idle = forward, idle
        self._device = device
        self._scheduler: Scheduler[JobT] = Scheduler(limits)
        self._work: list[_Call] = []
        self._turns = Turns()
        self._closed = False
        self._changed = threading.Condition(threading.Lock())
        self._name = name
        self._thread: threading.Thread | None = None

    def submit(self, job: JobT) -> None:
        """Queue a request; a closed runner ends it at once."""
        with self._changed:
            if not self._closed:
                self._scheduler.add(job)
                self._wake()
                return
        job.end()

    def run(self, function: Callable[[], Result]) -> Result:
        """Call a function on the runner's thread, when the current client's turn comes; returns its result.

        Raises:
            InputError: ``stopped``; the runner was closed before.
            DeviceError: there was not enough memory.
        """
        assert threading.current_thread() is not self._thread
        work = _Call(function)
        with self._changed:
            if not self._closed:
                self._turns.enter(work.client)
                self._work.append(work)
                self._wake()
            else:
                work.over.set()
        work.over.wait()
        if work.error is not None:
            raise work.error
        result: Result = work.result
        return result

    def ahead_of(self, job: JobT) -> int:
        """Number of requests that have to end before this one runs."""
        with self._changed:
            return self._scheduler.ahead_of(job)

    def leave(self, job: JobT) -> None:
        """End a stopped request that waits at once; one that runs ends within a pass."""
        with self._changed:
            waiting = job in self._scheduler.waiting
            if waiting:
                self._scheduler.remove(job)
        if waiting:
            job.end()

    @property
    def jobs(self) -> int:
        """Number of requests that wait or run."""
        with self._changed:
            return len(self._scheduler.waiting) + len(self._scheduler.running)

    def close(self) -> None:
        """End every request and the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _serve(self) -> None:
        error = None
        try:
            while self._wait():
                self._start()
                self._do_work()
                self._pass()
        except Exception as failure:  # noqa: BLE001 - the thread must not die with requests that wait
            _log.critical("the thread of a model failed", exc_info=failure)
            error = DemoError("unexpected")
        self._end_all(error)

    def _end_all(self, error: DemoError | None) -> None:
        """End what is left when the runner is closed or its thread has failed.

        A thread that was idle has left before, and another one may serve meanwhile.
        """
        with self._changed:
            if self._thread is not threading.current_thread():
                return
            self._thread = None
            jobs, calls = [*self._scheduler.waiting, *self._scheduler.running], self._work
            self._work = []
            for job in jobs:
                self._scheduler.remove(job)
        for job in jobs:
            _end(job, error)
        for call in calls:
            call.error = error or call.error
            call.over.set()

    def _wait(self) -> bool:
        """Wait until there is something to do; returns False when there is not, or the runner is closed."""
        scheduler = self._scheduler

        def busy() -> bool:
            return bool(self._work or scheduler.waiting or scheduler.running)

        with self._changed:
            if not busy():
                release_workers()
            self._changed.wait_for(lambda: self._closed or busy(), IDLE_SECONDS)
            if not self._closed and not busy():
                if self._idle is not None:
                    self._idle()
                self._thread = None
                return False
            return not self._closed

    def _start(self) -> None:
        """Start the requests that there is room for, and end those that are stopped."""
        with self._changed:
            running = list(self._scheduler.running)
        for job in running:
            self._end_stopped(job)
        while True:
            with self._changed:
                started = self._scheduler.start()
            if started is None:
                return
            if not self._end_stopped(started):
                self._begin(started)

    def _end_stopped(self, job: JobT) -> bool:
        """End a request if it is stopped; returns whether it has ended."""
        try:
            with unexpected_errors():
                if not job.stopped:
                    return False
            self._end(job)
        except DemoError as error:
            self._end(job, error)
        return True

    def _begin(self, job: JobT) -> None:
        try:
            with device_errors(self._device):
                job.begin()
        except DemoError as error:
            self._end(job, error)

    def _end(self, job: JobT, error: DemoError | None = None) -> None:
        with self._changed:
            self._scheduler.remove(job)
        _end(job, error)

    def _do_work(self) -> None:
        """One piece of work, of the address, then the client, whose last one is longest ago."""
        with self._changed:
            if not self._work:
                return
            work = min(self._work, key=lambda call: self._turns.last(call.client))
            self._work.remove(work)
            self._turns.take(work.client)
        work.compute(self._device)

    def _pass(self) -> None:
        with self._changed:
            jobs, chunk = self._scheduler.select(), self._scheduler.chunk
        together = [job for job in jobs if not job.alone]
        for group in ([together] if together else []) + [[job] for job in jobs if job.alone]:
            self._run(group, chunk)

    def _run(self, jobs: Sequence[JobT], chunk: int) -> None:
        try:
            with REQUESTS.computing(), device_errors(self._device), torch.inference_mode():
                over = self._forward(jobs, chunk)
        except DemoError as error:
            self._retry_alone(jobs, error)
            return
        for job in over:
            self._end(job)

    def _retry_alone(self, jobs: Sequence[JobT], error: DemoError) -> None:
        """After a pass failed: end the request that was alone in it.

        Of several, some of whose layers may have read the tokens, each begins anew and goes on alone.
        """
        if len(jobs) == 1:
            self._end(jobs[0], error)
            return
        for job in jobs:
            job.alone = True
            self._begin(job)


def _end(job: BatchJob, error: DemoError | None) -> None:
    try:
        with unexpected_errors():
            job.end(error)
    except DemoError as failure:
        job.end(failure)


class _Call:
    """A function to be called on the runner's thread."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self.client = current_client()
        self.over = threading.Event()
        self.result: Any = None
        self.error: DemoError | None = InputError("stopped")
        self._function = function

    def compute(self, device: torch.device) -> None:
        try:
            with REQUESTS.computing(), device_errors(device):
                self.result = self._function()
            self.error = None
        except DemoError as error:
            self.error = error
        finally:
            self.over.set()
