"""Extractive reading: questions with passages in, span logits of each token out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from llama_demo.engine.batching import batches, encoder_tokens, pad
from llama_demo.engine.checkpoint import Progress, load_model, no_progress
from llama_demo.engine.devices import device_errors
from llama_demo.engine.fair_share import FairLock
from llama_demo.engine.precedence import REQUESTS
from llama_demo.engine.worker_threads import releasing_workers
from llama_demo.errors import InputError
from llama_demo.model.spans import SpanModel

Result = TypeVar("Result")

# Tokens of a batch, padding included. Between batches threads alternate, and stops are checked.
BATCH_TOKENS = 2_048


@dataclass(frozen=True)
class Window:
    """Ids of a question and a part of a passage, with the kind of text of each token."""

    ids: tuple[int, ...]
    types: tuple[int, ...]


@dataclass(frozen=True)
class SpanLogits:
    """Logits (T) of an answer's first and last token, for each token of a window."""

    starts: NDArray[np.float32]
    ends: NDArray[np.float32]


def load_reading_engine(
    folder: Path, *, device: torch.device, dtype: torch.dtype, progress: Progress = no_progress
) -> ReadingEngine:
    """Load the folder of an encoder with a span head.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    return ReadingEngine(load_model(folder, SpanModel, device=device, dtype=dtype, progress=progress).model)


class ReadingEngine:
    """Runs one reader. Thread-safe; clients alternate after each batch."""

    def __init__(self, model: SpanModel) -> None:
        self._model = model
        self._turn = FairLock()

    @property
    def longest(self) -> int:
        """Most tokens of a window."""
        return self._model.config.max_position_embeddings

    @property
    def rows(self) -> int:
        """Size of the model's vocabulary."""
        return self._model.config.vocab_size

    def read(
        self, windows: Sequence[Window], *, stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, SpanLogits]]:
        """The index and logits of each window, batch by batch.

        Args:
            stopped: called before each batch; once it returns true, nothing more is yielded.

        Raises:
            InputError: a window is empty, or has more than :attr:`longest` tokens.
            DeviceError: there was not enough memory.
        """
        lengths = [len(window.ids) for window in windows]
        if lengths and not 1 <= min(lengths) <= max(lengths) <= self.longest:
            raise InputError("sentence_too_long", tokens=max(lengths), limit=self.longest)
        device = self._model.head.weight.device
        for batch in batches(lengths, tokens=encoder_tokens(BATCH_TOKENS, device)):
            if stopped():
                return
            with self._turn, REQUESTS.computing(), releasing_workers(), device_errors(device):
                logits = self._run([windows[place] for place in batch])
            yield from zip(batch, logits, strict=True)

    def run(self, work: Callable[[SpanModel], Result]) -> Result:
        """Let ``work`` compute with the model when the current client's turn comes; returns its result."""
        device = self._model.head.weight.device
        with self._turn, REQUESTS.computing(), releasing_workers(), device_errors(device):
            return work(self._model)

    @torch.inference_mode()
    def _run(self, windows: Sequence[Window]) -> list[SpanLogits]:
        device = self._model.head.weight.device
        ids, mask = pad([window.ids for window in windows], self._model.config.pad_id, device)
        types, _ = pad([window.types for window in windows], 0, device)
        logits = self._model(ids, mask, types).float().cpu().numpy()  # (B, T, 2)
        return [
            SpanLogits(rows[: len(window.ids), 0], rows[: len(window.ids), 1])
            for rows, window in zip(logits, windows, strict=True)
        ]
