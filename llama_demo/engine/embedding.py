"""Sentence embedding: batches of texts in, a vector for each out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from itertools import accumulate
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from llama_demo.engine.batching import batches, encoder_tokens, pad
from llama_demo.engine.checkpoint import Progress, load_model, no_progress
from llama_demo.engine.devices import device_errors
from llama_demo.engine.fair_share import FairLock
from llama_demo.engine.pooling import POOLINGS
from llama_demo.engine.precedence import REQUESTS
from llama_demo.engine.worker_threads import releasing_workers
from llama_demo.errors import CheckpointError, InputError
from llama_demo.model.bert import Bert
from llama_demo.model.llama import Llama
from llama_demo.model.static import StaticEmbedding

Result = TypeVar("Result")

# Tokens of a batch, padding included.
BATCH_TOKENS = 8_192


class SentenceNetwork(Protocol):
    """A network that embeds texts."""

    @property
    def model(self) -> nn.Module:
        """The network without pooling."""

    @property
    def longest(self) -> int:
        """Most tokens of a text."""

    @property
    def width(self) -> int:
        """Numbers in a vector."""

    @property
    def rows(self) -> int:
        """Size of its vocabulary."""

    @property
    def device(self) -> torch.device:
        """Device of its weights."""

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        """Vectors (B, C) of texts with at least one token each."""


class PooledBert:
    """An encoder whose token vectors are pooled; ``pooling`` is a key of ``POOLINGS``."""

    def __init__(self, model: Bert, pooling: str) -> None:
        self.model, self._pool = model, POOLINGS[pooling]
        self.longest, self.width = model.config.max_position_embeddings, model.config.width
        self.rows = model.config.vocab_size

    @property
    def device(self) -> torch.device:
        return self.model.embedding.device

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        ids, mask = pad(texts, self.model.config.pad_id, self.device)
        return self._pool(self.model(ids, mask), mask)


class PooledDecoder:
    """A decoder that was trained to embed a text in its last token, such as Qwen3-Embedding."""

    def __init__(self, model: Llama, pooling: str) -> None:
        self.model, self._pool = model, POOLINGS[pooling]
        self.longest, self.width = model.config.max_position_embeddings, model.config.hidden_size
        self.rows = model.config.vocab_size

    @property
    def device(self) -> torch.device:
        return self.model.embedding.device

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        # Padding is on the right, where no token sees it.
        ids, mask = pad(texts, 0, self.device)
        return self._pool(self.model.hidden(ids), mask)


class AveragedTokens:
    """A table of token vectors, which are averaged."""

    def __init__(self, model: StaticEmbedding) -> None:
        self.model = model
        self.longest, self.width = model.config.max_position_embeddings, model.config.width
        self.rows = model.config.vocab_size

    @property
    def device(self) -> torch.device:
        return self.model.embedding.device

    def embed(self, texts: Sequence[Sequence[int]]) -> Tensor:
        ids = torch.tensor([i for text in texts for i in text], dtype=torch.long)
        starts = torch.tensor([0, *accumulate(map(len, texts[:-1]))])
        vectors: Tensor = self.model(ids.to(self.device), starts.to(self.device))
        return vectors


_NETWORKS: tuple[tuple[type[nn.Module], Callable[[Any, str], SentenceNetwork]], ...] = (
    (Bert, PooledBert),
    (Llama, PooledDecoder),
    (StaticEmbedding, lambda model, _: AveragedTokens(model)),
)


def load_sentence_network(
    folder: Path, pooling: str, *, device: torch.device, dtype: torch.dtype, progress: Progress = no_progress
) -> SentenceNetwork:
    """Load the network of a folder for sentence embedding.

    Raises:
        CheckpointError: the folder cannot be loaded, or holds another kind of model.
    """
    loaded = load_model(folder, nn.Module, device=device, dtype=dtype, progress=progress)
    for kind, wrap in _NETWORKS:
        if isinstance(loaded.model, kind):
            return wrap(loaded.model, pooling)
    raise CheckpointError("family_other_use", family=loaded.family)


class EmbeddingEngine:
    """Runs one sentence encoder. Thread-safe; clients alternate after each batch.

    Args:
        normalise: whether vectors are scaled to length 1.
    """

    def __init__(self, network: SentenceNetwork, *, normalise: bool = True) -> None:
        self._network = network
        self._normalise = normalise
        self._turn = FairLock()

    @property
    def longest(self) -> int:
        """Most tokens of a text, special tokens included."""
        return self._network.longest

    @property
    def width(self) -> int:
        """Numbers in a vector."""
        return self._network.width

    @property
    def device(self) -> torch.device:
        """Device of the network."""
        return self._network.device

    def embed(self, texts: Sequence[Sequence[int]], *, urgent: bool = True) -> NDArray[np.float32]:
        """Vectors (texts, C) in the order of the texts; zeros for one without tokens.

        Args:
            urgent: whether a request waits for them, to which long work gives way.

        Raises:
            InputError: a text has more than :attr:`longest` tokens.
            DeviceError: there was not enough memory.
        """
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for places, rows in self.embed_batches(texts, urgent=urgent):
            vectors[places] = rows
        return vectors

    def embed_batches(
        self, texts: Sequence[Sequence[int]], *, urgent: bool = True
    ) -> Iterator[tuple[list[int], NDArray[np.float32]]]:
        """The same batch by batch: indices of texts and their vectors."""
        table = isinstance(self._network, AveragedTokens)
        tokens = BATCH_TOKENS if table else encoder_tokens(BATCH_TOKENS, self.device)
        lengths = [len(text) for text in texts]
        if lengths and max(lengths) > self.longest:
            raise InputError("sentence_too_long", tokens=max(lengths), limit=self.longest)
        filled = [place for place, length in enumerate(lengths) if length]
        for batch in batches([lengths[place] for place in filled], tokens=tokens):
            places = [filled[i] for i in batch]
            request = REQUESTS.computing() if urgent else nullcontext()
            with self._turn, request, releasing_workers(), device_errors(self._network.device):
                rows = self._run([texts[place] for place in places])
            yield places, rows

    def run(self, work: Callable[[nn.Module], Result]) -> Result:
        """Let ``work`` compute with the network when the current client's turn comes; returns its result."""
        with self._turn, REQUESTS.computing(), releasing_workers(), device_errors(self._network.device):
            return work(self._network.model)

    @torch.inference_mode()
    def _run(self, texts: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        vectors = self._network.embed(texts).float()
        if self._normalise:
            vectors = F.normalize(vectors, dim=-1)
        result: NDArray[np.float32] = vectors.cpu().numpy()
        return result
