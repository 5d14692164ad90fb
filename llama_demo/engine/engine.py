"""The engine: requests in, streams of steps out, on a thread of its own.

One thread owns the model, because PyTorch's worker threads and inference mode belong to the thread that
uses them, while a web page is served by many. A few requests are served at once, a token for each owner in
turn, so that a short text does not wait for a long one, nor one person for the many texts of another; the
others are queued.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import torch

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.decoding import decode
from llama_demo.engine.devices import device_errors
from llama_demo.engine.fair_share import Owner, owner
from llama_demo.engine.request import FinishReason, Request, Step, in_range
from llama_demo.errors import DemoError, InputError
from llama_demo.model.llama import Llama


def load_engine(folder: Path, *, device: torch.device, dtype: torch.dtype) -> Engine:
    """Load a decoder's folder.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    return Engine(load_model(folder, Llama, device=device, dtype=dtype).model)


class Stream:
    """The steps of one request, as they come. Thread-safe.

    Attributes:
        owner: whose text it is.
        finish_reason: why it ended; ``None`` until it has.
        first_token_seconds: from submission to the first step; ``None`` before.
        seconds: from the first step to the newest.
    """

    def __init__(self, request: Request, engine: Engine) -> None:
        self.request = request
        self.owner = owner()
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
            self.seconds = now - self._first
            self._arrived.append(step)

    def _finish(self, reason: FinishReason | None, error: DemoError | None = None) -> None:
        with self._changed:
            self.finish_reason, self._error = reason, error
            self._changed.notify_all()


class _Serving:
    """A stream that is being served, and the state of its decoding."""

    def __init__(self, stream: Stream, model: Llama) -> None:
        self.stream = stream
        self._steps = decode(model, stream.request, lambda: stream.closed)
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


class Engine:
    """Runs one model.

    Args:
        model: in evaluation mode, on its device.
        context: tokens, prompt and continuation together, that fit; the model's own limit unless given.
        at_once: requests that are served concurrently; each has a cache of its own. As many again are
            admitted for owners of whom none is served yet.
    """

    def __init__(self, model: Llama, *, context: int | None = None, at_once: int = 4) -> None:
        self.model = model
        self.context = context or model.config.max_position_embeddings
        self._at_once = at_once
        self._line: list[Stream] = []  # both who is served and who waits, in order of arrival
        self._serving: list[_Serving] = []
        self._closed = False
        self._changed = threading.Condition(threading.Lock())
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> Stream:
        """Queue a request of the thread's :func:`~llama_demo.engine.fair_share.owner`.

        Raises:
            InputError: the prompt is empty, or fills the context so that nothing can follow.
        """
        size = len(request.prompt)
        if not size:
            raise InputError("prompt_empty")
        if size >= self.context:
            raise InputError("prompt_too_long", tokens=size, limit=self.context - 1)
        in_range("max_new_tokens", request.max_new_tokens, 1, self.context - size)
        stream = Stream(request, self)
        with self._changed:
            self._line.append(stream)
            self._changed.notify_all()
        return stream

    def ahead_of(self, stream: Stream) -> int:
        """How many requests have to end before the turn of ``stream`` comes."""
        with self._changed:
            order = self._order(but=stream)
            if stream not in order:
                return 0
            served = [one.stream for one in self._serving if not one.stream.closed]
            place = order.index(stream)
            later = [other.owner for other in (*served, *order[:place])]
            room = self._room(stream.owner, later)
            return max(0, len(served) + place + 1 - room)

    def close(self) -> None:
        """Stop every request and end the thread."""
        with self._changed:
            self._closed = True
            for stream in self._line:
                stream.close()
            self._changed.notify_all()
        self._thread.join()

    def _serve(self) -> None:
        while self._admit():
            for one in self._round():
                if not one.advance():
                    with self._changed:
                        self._serving.remove(one)
                        self._line.remove(one.stream)
        for one in self._serving:
            one.stream._finish(FinishReason.STOPPED)

    def _round(self) -> list[_Serving]:
        """One request of each owner: the one whose last token is oldest."""
        turn: dict[Owner, _Serving] = {}
        for one in self._serving:
            turn.setdefault(one.stream.owner, one)
        with self._changed:
            self._serving.sort(key=lambda one: turn[one.stream.owner] is one)  # behind the requests that wait
        return list(turn.values())

    def _admit(self) -> bool:
        """Let in who fits, waiting only if nobody is being served; returns whether to go on."""
        with self._changed:
            while not self._closed:
                stream = next(iter(self._order()), None)
                if stream is None:
                    if self._serving:
                        return True
                    self._changed.wait()
                elif len(self._serving) >= self._room(
                    stream.owner, [one.stream.owner for one in self._serving]
                ):
                    return True
                elif stream._begin():
                    self._serving.append(_Serving(stream, self.model))
                else:
                    self._line.remove(stream)
        return False

    def _order(self, *, but: Stream | None = None) -> list[Stream]:
        """Who waits, in the order in which they are let in: owners with fewer requests served come first.

        Args:
            but: counts even if it was closed; other closed ones are let in, and out again, at once.
        """
        served = {one.stream for one in self._serving}
        counts: Counter[str | Owner] = Counter()
        for one in served:
            counts.update((one.owner, one.owner.address))
        waiting = [
            one for one in self._line if one not in served and (but is None or one is but or not one.closed)
        ]
        order = []
        while waiting:
            first = min(waiting, key=lambda one: (counts[one.owner.address], counts[one.owner]))
            waiting.remove(first)
            order.append(first)
            counts.update((first.owner, first.owner.address))
        return order

    def _room(self, owner: Owner, served: list[Owner]) -> int:
        """How many may be served beside each other once one of ``owner`` is among them."""
        return self._at_once if owner in served else 2 * self._at_once
