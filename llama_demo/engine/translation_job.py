"""A batch of sources on its way through shared passes: encoded in one, then decoded a token at a time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from llama_demo.engine.batch_runner import BatchJob
from llama_demo.engine.batching import pad
from llama_demo.engine.beam_search import Hypothesis, Search, SearchRun, Stopped, begin_search, check_limits
from llama_demo.engine.devices import device_errors
from llama_demo.errors import DemoError
from llama_demo.model.layers import Memory
from llama_demo.model.transformer import TargetBlock, Transformer


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


@dataclass(frozen=True)
class TranslationOptions:
    """How sources are translated; see :meth:`TranslationEngine.translate`."""

    how: Search
    prefix: tuple[int, ...] = ()
    attention: bool = False


class TranslationJob(BatchJob):
    """Sources that are translated together.

    Args:
        stopped: whether the translation is to end; called after every token.

    Attributes:
        over: set when it has ended.
        results: of each source; ``None`` if it was stopped or failed.
        error: that ended it.
    """

    def __init__(
        self,
        model: Transformer,
        sources: Sequence[Sequence[int]],
        options: TranslationOptions,
        stopped: Stopped,
    ) -> None:
        super().__init__()
        self.over = threading.Event()
        self.results: list[TranslationHypotheses] | None = None
        self.error: DemoError | None = None
        self._model, self._sources, self._options = model, sources, options
        self._stopped = stopped
        self._limits = _limits(model, sources, options.how)  # (B)
        self._most = int(self._limits.max())
        self._longest = max(map(len, sources))
        self._run: SearchRun | None = None
        check_limits(self._limits, options.prefix)

    @property
    def stopped(self) -> bool:
        return self._stopped()

    @property
    def memory(self) -> int:
        config = self._model.config.decoder
        tokens = self._options.how.beams * self._most + self._longest
        size = self._model.head.dtype.itemsize
        return 2 * config.layers * config.width * len(self._sources) * tokens * size

    @property
    def remaining(self) -> int:
        return self._most if self._run is None else self._run.remaining

    def cost(self, _chunk: int, /) -> int:
        if self._run is None:
            return len(self._sources) * self._longest
        return len(self._run.newest)

    def begin(self) -> None:
        self._run = None

    def end(self, error: DemoError | None = None) -> None:
        self._run = None
        self.error = self.error or error
        self.over.set()

    @property
    def encoded(self) -> bool:
        """Whether the sources were read."""
        return self._run is not None

    @property
    def padded(self) -> tuple[Tensor, Tensor | None]:
        """The sources and their mask, (B, S) each."""
        return pad(self._sources, self._model.config.pad_id, self._model.head.device)

    def start(self, memory: Memory) -> None:
        """Begin to write the targets of sources that were read."""
        options = self._options
        self._run = begin_search(self._model, memory, options.how, self._limits, options.prefix)

    @property
    def block(self) -> TargetBlock:
        """What is read next of the targets."""
        assert self._run is not None
        return self._run.block

    def advance(self, logits: Tensor) -> bool:
        """Add a token to every target, given the logits (N, V) behind :attr:`block`.

        Returns whether more follow. A failure ends this batch alone.
        """
        assert self._run is not None
        try:
            with device_errors(logits.device):
                self._run.step(logits)
                if self._run.open:
                    return True
                self.results = self._collect(self._run.found)
        except DemoError as error:
            self.error = error
        return False

    def _collect(self, found: Sequence[Sequence[Hypothesis]]) -> list[TranslationHypotheses]:
        if not self._options.attention:
            return [TranslationHypotheses(tuple(each)) for each in found]
        targets = [each[0].ids for each in found]
        rows = attention_rows(self._model, self._sources, targets, self._options.prefix)
        return [TranslationHypotheses(tuple(each), seen) for each, seen in zip(found, rows, strict=True)]


def _limits(model: Transformer, sources: Sequence[Sequence[int]], how: Search) -> Tensor:
    # A target is rarely more than three times as long as its source; a model that repeats itself
    # would otherwise go on to the end of its positions.
    wanted = [how.max_new_tokens or 3 * len(source) + 16 for source in sources]
    return torch.tensor(wanted).clamp(max=model.config.max_position_embeddings)


@torch.inference_mode()
def attention_rows(
    model: Transformer,
    sources: Sequence[Sequence[int]],
    found: Sequence[Sequence[int]],
    prefix: tuple[int, ...],
) -> list[NDArray[np.float32]]:
    """Read the targets again, all tokens at once; the attention is the same as in decoding."""
    config = model.config
    layers: list[Tensor] = []

    def record(name: str, tensor: Tensor) -> Tensor:
        if name.endswith("cross.rows"):
            layers.append(tensor)
        return tensor

    ids, mask = pad(sources, config.pad_id, model.head.device)
    targets = [[config.start_id, *prefix, *target] for target in found]
    written, _ = pad(targets, config.pad_id, ids.device)
    model.decode(written, model.encode(ids, mask), taps=record)
    rows = torch.stack(layers, dim=1).float().cpu().numpy()  # (B, layers, H, T, S)
    begin = len(prefix)  # the row of the last token before the first one that was chosen
    return [
        np.ascontiguousarray(rows[i, :, :, begin : len(targets[i]) - 1, : len(sources[i])])
        for i in range(len(found))
    ]
