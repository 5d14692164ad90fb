"""Translation of batches: sources in, targets with scores and cross-attention out.

Batches that are requested at the same time share the passes of the decoder, whoever asks for them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from llama_demo.engine.batch_runner import BatchRunner
from llama_demo.engine.batching import batches
from llama_demo.engine.beam_search import Search, Stopped
from llama_demo.engine.checkpoint import Progress, load_model, no_progress
from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.translation_job import (
    TranslationHypotheses,
    TranslationJob,
    TranslationOptions,
    attention_rows,
)
from llama_demo.errors import InputError
from llama_demo.model.transformer import Transformer

__all__ = ["LIMITS", "TranslationEngine", "TranslationHypotheses", "load_translation_engine"]

Result = TypeVar("Result")

# Tokens of a batch, padding and beams included: beyond them a processor's caches gain little, and whoever
# comes meanwhile waits for longer. A pass can encode one batch while others are decoded.
BATCH_TOKENS = 1_024
LIMITS = BatchLimits(tokens=BATCH_TOKENS + 256)
# Batches of one translation that are under way at once.
_AT_ONCE = 4
# Seconds between two looks whether a batch that is waited for is to be stopped.
_TICK = 0.1


def load_translation_engine(
    folder: Path,
    *,
    device: torch.device,
    dtype: torch.dtype,
    limits: BatchLimits = LIMITS,
    progress: Progress = no_progress,
) -> TranslationEngine:
    """Load an encoder-decoder's folder.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    model = load_model(folder, Transformer, device=device, dtype=dtype, progress=progress).model
    return TranslationEngine(model, limits=limits)


class TranslationEngine:
    """Runs one encoder-decoder. Thread-safe.

    Args:
        model: in evaluation mode, on its device.
        limits: what is translated at once.
    """

    def __init__(self, model: Transformer, *, limits: BatchLimits = LIMITS) -> None:
        self.model = model
        self._runner: BatchRunner[TranslationJob] = BatchRunner(
            self._forward, limits, model.head.device, name="translation"
        )

    @property
    def longest_source(self) -> int:
        """Most tokens of a source, special tokens included."""
        return self.model.config.max_position_embeddings

    @property
    def batches(self) -> int:
        """Number of batches that wait or are translated."""
        return self._runner.jobs

    def translate(
        self,
        sources: Sequence[Sequence[int]],
        how: Search | None = None,
        *,
        prefix: tuple[int, ...] = (),
        attention: bool = False,
        early: bool = True,
        stopped: Stopped = lambda: False,
    ) -> Iterator[tuple[int, TranslationHypotheses]]:
        """Translate sources, in batches of similar length.

        Args:
            sources: ids with the special tokens that the model needs, at least one each.
            prefix: what every target begins with, such as a language's token; no part of the results.
            attention: return cross-attention too.
            early: translate the first sources first, in small batches; else all are sorted by length.
            stopped: called after every token, on any thread, so it must not block; once it returns true,
                nothing more is yielded or computed.

        Yields:
            Each source's index and translation.

        Raises:
            InputError: a source is empty or longer than :attr:`longest_source`; raised before anything runs.
            DeviceError: there was not enough memory for a batch; what was yielded before is valid.
        """
        options = TranslationOptions(how or Search(), prefix, attention)
        self._check(sources)
        places = batches(
            [len(source) for source in sources], tokens=BATCH_TOKENS // options.how.beams, early=early
        )
        left = threading.Event()

        def ended() -> bool:
            return left.is_set() or stopped()

        under_way: deque[tuple[list[int], TranslationJob]] = deque()
        try:
            for batch in places:
                if ended():
                    return
                job = TranslationJob(self.model, [sources[i] for i in batch], options, ended)
                self._runner.submit(job)
                under_way.append((batch, job))
                while len(under_way) == _AT_ONCE:
                    yield from self._finished(*under_way.popleft())
            while under_way and not ended():
                yield from self._finished(*under_way.popleft())
        finally:
            left.set()
            for _, job in under_way:
                self._runner.leave(job)

    def _finished(
        self, batch: Sequence[int], job: TranslationJob
    ) -> Iterator[tuple[int, TranslationHypotheses]]:
        """The results of a batch once it is over; none once it is stopped."""
        while not job.over.wait(_TICK):
            if job.stopped:
                self._runner.leave(job)
                return
        if job.error is not None:
            raise job.error
        for result in zip(batch, job.results or (), strict=False):
            if job.stopped:
                return
            yield result

    def _check(self, sources: Sequence[Sequence[int]]) -> None:
        for source in sources:
            if not source:
                raise InputError("prompt_empty")
            if len(source) > self.longest_source:
                raise InputError("sentence_too_long", tokens=len(source), limit=self.longest_source)

    def run(self, work: Callable[[Transformer], Result]) -> Result:
        """Let ``work`` compute with the model when the current client's turn comes; returns its result."""
        return self._runner.run(lambda: work(self.model))

    def attend(
        self, source: Sequence[int], target: Sequence[int], *, prefix: tuple[int, ...] = ()
    ) -> NDArray[np.float32]:
        """The attention of a forced ``target``, as in :attr:`TranslationHypotheses.attention`.

        Raises:
            InputError: a side is empty or longer than the model can read.
            DeviceError: there was not enough memory.
        """
        self._check([source, [*prefix, *target]])
        return self.run(lambda model: attention_rows(model, [source], [target], prefix)[0])

    def _forward(self, jobs: Sequence[TranslationJob], _: int) -> list[TranslationJob]:
        """Encode the batches that are new, add a token to the targets of all; return those that are over."""
        fresh = [job for job in jobs if not job.encoded]
        if fresh:
            memories = self.model.encode_packed([job.padded for job in fresh])
            for job, memory in zip(fresh, memories, strict=True):
                job.start(memory)
        logits = self.model.decode_packed([job.block for job in jobs])
        return [job for job, own in zip(jobs, logits, strict=True) if not job.advance(own)]
