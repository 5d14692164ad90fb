"""The engine: requests in, streams of steps out, on a thread of its own.

One thread owns the model, because PyTorch's worker threads and inference mode belong to the thread that
uses them, while a web page is served by many. A few requests are served at once, a token for each client in
turn, so that a short text does not wait for a long one, nor one person for the many texts of another; the
others are queued.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar

import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.decoding import decode
from llama_demo.engine.devices import device_errors
from llama_demo.engine.fair_share import Client, current_client
from llama_demo.engine.request import FinishReason, Request, Step, in_range
from llama_demo.errors import DemoError, InputError
from llama_demo.model.llama import Llama

Result = TypeVar("Result")


def load_engine(folder: Path, *, device: torch.device, dtype: torch.dtype) -> Engine:
    """Load a decoder's folder.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    return Engine(load_model(folder, Llama, device=device, dtype=dtype).model)


class Stream:
    """The steps of one request, as they come. Thread-safe.

    Attributes:
        client: that submitted it.
        finish_reason: why it ended; ``None`` until it has.
        first_token_seconds: from submission to the first step; ``None`` before.
        seconds: from the first step to the newest; from submission for drafts, whose steps come at once.
    """

    def __init__(self, request: Request, engine: Engine) -> None:
        self.request = request
        self.client = current_client()
        self.finish_reason: FinishReason | None = None
        self.first_token_seconds: float | None = None
        self.seconds = 0.0
        self._engine = engine
        self._submitted = time.monotonic()
        self._arrived: deque[Step] = deque()
        self._changed = threading.Condition(threading.Lock())
        self._closed = threading.Event()
        self._begun = False
        self._error: DemoError | None = None

    @property
    def waiting(self) -> int:
        """How many requests are served before this one."""
        return self._engine.ahead_of(self)

    def close(self) -> None:
        """Stop within one token. Steps made before can still be taken."""
        self._closed.set()
        with self._changed:
            if not self._begun and not self._over:
                # Still queued: it ends at once.
                self.finish_reason = FinishReason.STOPPED
            self._changed.notify_all()
        self._engine.leave(self)

    def take(self, seconds: float) -> list[Step] | None:
        """The steps that arrived within ``seconds``, or until the stream ended.

        Returns ``None`` at the end of the stream.

        Raises:
            DemoError: the engine failed; earlier steps are returned first.
        """
        until = time.monotonic() + seconds
        with self._changed:
            while not self._over and (left := until - time.monotonic()) > 0:
                self._changed.wait(left)
            steps = list(self._arrived)
            self._arrived.clear()
            if steps or not self._over:
                return steps
        if self._error is not None:
            raise self._error
        return None

    def __iter__(self) -> Iterator[Step]:
        """Every step, one at a time; leaving the loop early closes the stream."""
        try:
            while (steps := self.take(0.05)) is not None:
                yield from steps
        finally:
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _over(self) -> bool:
        return self.finish_reason is not None or self._error is not None

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed.is_set()

    def steps(self, model: Llama) -> Iterator[Step | None]:
        """What the engine takes one step of at each turn."""
        return decode(model, self.request, lambda: self.closed)

    def _begin(self) -> bool:
        """Begin to be served; returns False if the stream was closed meanwhile."""
        with self._changed:
            self._begun = not self._over
            return self._begun

    def _put(self, step: Step) -> None:
        now = time.monotonic()
        with self._changed:
            if self.first_token_seconds is None:
                self.first_token_seconds = now - self._submitted
                self._first = now
                self._changed.notify_all()
            self.seconds = now - (self._submitted if self.request.drafts > 1 else self._first)
            self._arrived.append(step)

    def _finish(self, reason: FinishReason | None, error: DemoError | None = None) -> None:
        with self._changed:
            self.finish_reason, self._error = reason, error
            self._changed.notify_all()


class _Work(Stream):
    """A computation other than decoding, which takes one turn and gives no steps."""

    def __init__(self, work: Callable[[Llama], Any], engine: Engine) -> None:
        super().__init__(Request(prompt=()), engine)
        self._work = work
        self.result: Any = None

    def steps(self, model: Llama) -> Iterator[Step | None]:
        self.result = self._work(model)
        yield from ()


class _Serving:
    """A stream that is being served, and the state of its decoding."""

    def __init__(self, stream: Stream, model: Llama) -> None:
        self.stream = stream
        self._steps = stream.steps(model)
        self._device = model.embedding.weight.device

    def advance(self) -> bool:
        """Decode one token; returns whether more can come. A failure ends this stream alone."""
        try:
            with device_errors(self._device):
                return self._take()
        except DemoError as error:
            self.stream._finish(None, error)
            return False

    def _take(self) -> bool:
        for step in self._steps:
            if step is None:
                return True
            if step.id in self.stream.request.stop_ids:
                self.stream._finish(FinishReason.END)
                return False
            self.stream._put(step)
            return True
        self.stream._finish(FinishReason.STOPPED if self.stream.closed else FinishReason.LENGTH)
        return False


Queued = TypeVar("Queued", bound=Stream)


class Engine:
    """Runs one model.

    Args:
        model: in evaluation mode, on its device.
        context: tokens, prompt and continuation together, that fit; the model's own limit unless given.
        at_once: requests that are served concurrently; each has a cache of its own. As many again are
            admitted for clients of whom none is served yet.
    """

    def __init__(self, model: Llama, *, context: int | None = None, at_once: int = 4) -> None:
        self.model = model
        self.context = context or model.config.max_position_embeddings
        self._at_once = at_once
        self._waiting: list[Stream] = []
        self._serving: list[_Serving] = []
        self._ahead: dict[Stream, int] = {}
        self._rounds: dict[Client, int] = {}
        self._closed = False
        self._changed = threading.Condition(threading.RLock())
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> Stream:
        """Queue a request of the current client; in a closed engine it is stopped at once.

        Raises:
            InputError: the prompt is empty, or fills the context so that nothing can follow.
        """
        size = len(request.prompt)
        if not size:
            raise InputError("prompt_empty")
        if size >= self.context:
            raise InputError("prompt_too_long", tokens=size, limit=self.context - 1)
        in_range("max_new_tokens", request.max_new_tokens, 1, self.context - size)
        return self._queue(Stream(request, self))

    def run(self, work: Callable[[Llama], Result]) -> Result:
        """Let ``work`` compute with the model when the current client's turn comes; returns its result.

        Raises:
            InputError: ``stopped``; the engine was closed before.
            DeviceError: there was not enough memory.
        """
        queued = self._queue(_Work(work, self))
        for _ in queued:
            pass
        if queued.finish_reason is FinishReason.STOPPED:
            raise InputError("stopped")
        result: Result = queued.result
        return result

    def _queue(self, stream: Queued) -> Queued:
        with self._changed:
            if self._closed:
                stream.close()
            else:
                self._waiting.append(stream)
                self._update()
        return stream

    def ahead_of(self, stream: Stream) -> int:
        """Number of requests that have to end before ``stream`` is served."""
        with self._changed:
            return self._ahead.get(stream, 0)

    def leave(self, stream: Stream) -> None:
        """Take a closed stream out of the queue; one that is served ends by itself."""
        with self._changed:
            if stream in self._waiting:
                self._waiting.remove(stream)
                self._update()

    def close(self) -> None:
        """Stop every request and end the thread."""
        with self._changed:
            self._closed = True
            for stream in [*self._waiting, *(one.stream for one in self._serving)]:
                stream.close()
            self._changed.notify_all()
        self._thread.join()

    def _serve(self) -> None:
        while self._admit():
            for one in self._round():
                if not one.advance():
                    with self._changed:
                        self._serving.remove(one)
                        self._update()
        for one in self._serving:
            one.stream._finish(FinishReason.STOPPED)

    def _admit(self) -> bool:
        """Admit queued streams, waiting only if none is served; returns False when the engine is closed."""
        with self._changed:
            while not self._closed:
                served = [one.stream.client for one in self._serving]
                ready = [one for one in self._waiting if len(served) < self._room(one.client, served)]
                if ready:
                    stream = _first(ready, served)
                    self._waiting.remove(stream)
                    if stream._begin():
                        self._serving.append(_Serving(stream, self.model))
                    self._update()
                elif served:
                    return True
                else:
                    self._changed.wait()
        return False

    def _round(self) -> list[_Serving]:
        """The requests that get a token next: one for each address, or for each client where it is unknown.

        Within an address that of the client who waited longest, and of a client that which waited longest.
        """
        with self._changed:
            turns: dict[str | Client, _Serving] = {}
            for one in self._serving:
                client = one.stream.client
                chosen = turns.setdefault(client.address or client, one)
                if self._rounds.get(client, 0) < self._rounds.get(chosen.stream.client, 0):
                    turns[client.address] = one
            clients = {one.stream.client for one in self._serving}
            self._rounds = {client: count for client, count in self._rounds.items() if client in clients}
            latest = max(self._rounds.values(), default=0) + 1
            self._rounds |= {one.stream.client: latest for one in turns.values()}
            chosen_now = list(turns.values())
            self._serving.sort(key=lambda one: one in chosen_now)  # behind the requests that wait longer
            return chosen_now

    def _update(self) -> None:
        """Count anew how many requests are ahead of each that waits, and wake the thread."""
        served, waiting = [one.stream.client for one in self._serving], list(self._waiting)
        self._ahead = {}
        while waiting:
            stream = _first(waiting, served)
            waiting.remove(stream)
            self._ahead[stream] = max(0, len(served) + 1 - self._room(stream.client, served))
            served.append(stream.client)
        self._changed.notify_all()

    def _room(self, client: Client, served: list[Client]) -> int:
        """How many requests may be served once one of ``client`` is among them."""
        return self._at_once if client in served else 2 * self._at_once


def _first(waiting: list[Stream], served: list[Client]) -> Stream:
    """The stream whose address, then whose client, has fewest requests served; of several the earliest."""
    counts: Counter[str | Client] = Counter(served)
    counts.update(client.address for client in served)
    return min(waiting, key=lambda one: (counts[one.client.address], counts[one.client]))
