"""The steps of one request, on their way from the engine's thread to whoever reads them."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Self

from torch import Tensor

from llama_demo.engine.batch_runner import BatchJob
from llama_demo.engine.decoding import Decoding, memory_of
from llama_demo.engine.devices import device_errors
from llama_demo.engine.prefix_store import PrefixStore
from llama_demo.engine.request import FinishReason, Request, Step
from llama_demo.errors import DemoError
from llama_demo.model.llama import Llama


class Stream(BatchJob):
    """The steps of one request, as they come. Thread-safe.

    Args:
        prefixes: what was read before.
        ahead: number of requests that are served before a stream.
        leave: takes a closed stream out of the queue.

    Attributes:
        client: that submitted it.
        finish_reason: why it ended; ``None`` until it has.
        first_token_seconds: from submission to the first step; ``None`` before.
        seconds: from the first step to the newest; from submission for drafts, whose steps come at once.
    """

    def __init__(
        self,
        request: Request,
        model: Llama,
        prefixes: PrefixStore,
        *,
        ahead: Callable[[Stream], int],
        leave: Callable[[Stream], None],
    ) -> None:
        super().__init__()
        self.request = request
        self.finish_reason: FinishReason | None = None
        self.first_token_seconds: float | None = None
        self.seconds = 0.0
        self._model, self._prefixes = model, prefixes
        self._memory = memory_of(model, request)
        self._ahead, self._leave = ahead, leave
        self._submitted = time.monotonic()
        self._arrived: deque[Step] = deque()
        self._changed = threading.Condition(threading.Lock())
        self._closed = threading.Event()
        self._error: DemoError | None = None
        self._decoding: Decoding | None = None

    @property
    def waiting(self) -> int:
        """How many requests have to end before this one is served."""
        return self._ahead(self)

    def close(self) -> None:
        """Stop within one token. Steps made before can still be taken."""
        self._closed.set()
        self._leave(self)

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
    def stopped(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed.is_set()

    @property
    def memory(self) -> int:
        return self._memory

    @property
    def remaining(self) -> int:
        return self.decoding.remaining

    def cost(self, chunk: int, /) -> int:
        return self.decoding.rows * min(self.decoding.unread, chunk)

    @property
    def decoding(self) -> Decoding:
        """The state of a stream that is served."""
        assert self._decoding is not None
        return self._decoding

    def begin(self) -> None:
        if self._decoding is None:
            self._decoding = Decoding(self._model, self.request)
            self._decoding.reuse(self._prefixes, self.client)
        else:
            self._decoding.begin()

    def advance(self, logits: Tensor) -> bool:
        """Go on behind a block with these logits (B, V); returns whether more can come.

        A failure, of a filter for instance, ends this stream alone.
        """
        try:
            with device_errors(logits.device):
                steps, ended = self.decoding.advance(logits), self.decoding.ended
                complete = ended and self.decoding.complete
        except DemoError as error:
            self._finish(None, error)
            return False
        self._put(steps)
        if ended:
            self._finish(FinishReason.END if complete else FinishReason.LENGTH)
        return not ended

    def end(self, error: DemoError | None = None) -> None:
        decoding, self._decoding = self._decoding, None
        if decoding is not None and error is None and not self._over:
            self._put(decoding.best())
        self._finish(FinishReason.STOPPED if error is None else None, error)
        if decoding is not None and self._error is None:
            decoding.keep(self._prefixes, self.client, begun=self._submitted)

    def _put(self, steps: Sequence[Step]) -> None:
        """Hand on steps, but for the one that ends the text."""
        steps = [step for step in steps if step.id not in self.request.stop_ids]
        if not steps:
            return
        now = time.monotonic()
        with self._changed:
            if self.first_token_seconds is None:
                self.first_token_seconds = now - self._submitted
                self._first = now
            self.seconds = now - (self._submitted if self.request.drafts > 1 else self._first)
            self._arrived += steps

    def _finish(self, reason: FinishReason | None, error: DemoError | None = None) -> None:
        with self._changed:
            if not self._over:
                self.finish_reason, self._error = reason, error
            self._changed.notify_all()
