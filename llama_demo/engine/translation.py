"""Translation of batches: sources in, targets with scores and cross-attention out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from llama_demo.engine.batching import batches, pad
from llama_demo.engine.beam_search import Hypothesis, Search, Stopped, search
from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.devices import device_errors
from llama_demo.engine.fair_share import FairLock
from llama_demo.errors import InputError
from llama_demo.model.transformer import Transformer

Result = TypeVar("Result")

# Tokens of a batch, padding and beams included: beyond it a processor's caches gain nothing more.
BATCH_TOKENS = 4_096


@dataclass(frozen=True)
class TranslationHypotheses:
    """The best targets of one source.

    Attributes:
        hypotheses: best first.
        attention: if requested, the attention of each token of the best hypothesis to each token of the
            source: (decoder layer, head, target token, source token), rows
            sum to 1.
    """

    hypotheses: tuple[Hypothesis, ...]
    attention: NDArray[np.float32] | None = None


def load_translation_engine(folder: Path, *, device: torch.device, dtype: torch.dtype) -> TranslationEngine:
    """Load an encoder-decoder's folder.

    Raises:
        CheckpointError: it cannot be loaded, or holds another kind of model.
    """
    return TranslationEngine(load_model(folder, Transformer, device=device, dtype=dtype).model)


class TranslationEngine:
    """Runs one encoder-decoder. Thread-safe; clients alternate after each batch.

    Args:
        model: in evaluation mode, on its device.
    """

    def __init__(self, model: Transformer) -> None:
        self.model = model
        self._turn = FairLock()

    @property
    def longest_source(self) -> int:
        """Most tokens of a source, special tokens included."""
        return self.model.config.max_position_embeddings

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
            stopped: called after every token; once it returns true, nothing more is yielded.

        Yields:
            Each source's index and translation.

        Raises:
            InputError: a source is empty or longer than :attr:`longest_source`; raised before anything runs.
            DeviceError: there was not enough memory for a batch; what was yielded before is valid.
        """
        how = how or Search()
        self._check(sources)
        for batch in batches([len(s) for s in sources], tokens=BATCH_TOKENS // how.beams, early=early):
            if stopped():
                return
            with self._turn, device_errors(self.model.head.weight.device):
                results = self._batch([sources[i] for i in batch], how, prefix, attention, stopped)
            if results is None:
                return
            yield from zip(batch, results, strict=True)

    def _check(self, sources: Sequence[Sequence[int]]) -> None:
        for source in sources:
            if not source:
                raise InputError("prompt_empty")
            if len(source) > self.longest_source:
                raise InputError("sentence_too_long", tokens=len(source), limit=self.longest_source)

    @torch.inference_mode()
    def _batch(
        self,
        sources: Sequence[Sequence[int]],
        how: Search,
        prefix: tuple[int, ...],
        attention: bool,
        stopped: Stopped,
    ) -> list[TranslationHypotheses] | None:
        ids, mask = pad(sources, self.model.config.pad_id, self.model.head.weight.device)
        memory = self.model.encode(ids, mask)
        found = search(self.model, memory, how, self._limits(sources, how), prefix, stopped)
        if found is None:
            return None
        if not attention:
            return [TranslationHypotheses(tuple(hypotheses)) for hypotheses in found]
        targets = [each[0].ids for each in found]
        rows = self._attention(targets, prefix, sources, ids, mask)
        return [TranslationHypotheses(tuple(each), seen) for each, seen in zip(found, rows, strict=True)]

    def _limits(self, sources: Sequence[Sequence[int]], how: Search) -> Tensor:
        # A target is rarely more than three times as long as its source; a model that repeats itself
        # would otherwise go on to the end of its positions.
        wanted = [how.max_new_tokens or 3 * len(source) + 16 for source in sources]
        return torch.tensor(wanted).clamp(max=self.model.config.max_position_embeddings)

    def run(self, work: Callable[[Transformer], Result]) -> Result:
        """Let ``work`` compute with the model when the current client's turn comes; returns its result."""
        with self._turn, device_errors(self.model.head.weight.device):
            return work(self.model)

    @torch.inference_mode()
    def attend(
        self, source: Sequence[int], target: Sequence[int], *, prefix: tuple[int, ...] = ()
    ) -> NDArray[np.float32]:
        """The attention of a forced ``target``, as in :attr:`TranslationHypotheses.attention`.

        Raises:
            InputError: a side is empty or longer than the model can read.
            DeviceError: there was not enough memory.
        """
        self._check([source, [*prefix, *target]])
        with self._turn, device_errors(self.model.head.weight.device):
            ids, mask = pad([source], self.model.config.pad_id, self.model.head.weight.device)
            return self._attention([target], prefix, [source], ids, mask)[0]

    def _attention(
        self,
        found: Sequence[Sequence[int]],
        prefix: tuple[int, ...],
        sources: Sequence[Sequence[int]],
        ids: Tensor,
        mask: Tensor | None,
    ) -> list[NDArray[np.float32]]:
        """Read the targets again, all tokens at once; the attention is the same as in decoding."""
        config = self.model.config
        layers: list[Tensor] = []

        def record(name: str, tensor: Tensor) -> Tensor:
            if name.endswith("cross.rows"):
                layers.append(tensor)
            return tensor

        targets = [[config.start_id, *prefix, *target] for target in found]
        written, _ = pad(targets, config.pad_id, ids.device)
        self.model.decode(written, self.model.encode(ids, mask), taps=record)
        rows = torch.stack(layers, dim=1).float().cpu().numpy()  # (B, layers, H, T, S)
        begin = len(prefix)  # the row of the last token before the first one that was chosen
        return [
            np.ascontiguousarray(rows[i, :, :, begin : len(targets[i]) - 1, : len(sources[i])])
            for i in range(len(found))
        ]
