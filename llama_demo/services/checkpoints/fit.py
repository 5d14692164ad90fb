"""What a model needs of a machine: memory by precision, and how fast it would write.

Memory is that of the weights, of the keys and values of the tokens in use, and of a workspace: the largest
tensors that exist for a moment while a model is loaded or reads a prompt. A test compares the estimates with
what models really take.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Literal

from llama_demo.engine.scheduler import BatchLimits
from llama_demo.engine.throughput import WEIGHT_BYTES, Throughput
from llama_demo.model.bert import BertConfig
from llama_demo.model.families import family_of
from llama_demo.model.layers import StackConfig
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.mistral import MistralConfig
from llama_demo.model.transformer import TransformerConfig

Verdict = Literal["fits", "tight", "too_large"]

Precision = Literal["float32", "bfloat16", "float16", "int8", "int4"]

# Bytes of a number of hidden states, keys and values: those of weights, but for quantized ones.
_STATE_BYTES: Mapping[str, int] = {"float32": 4, "bfloat16": 2, "float16": 2, "int8": 4, "int4": 4}

COMFORT = 0.8
"""Share of the free memory up to which a model fits; beyond it, up to all of it, it is tight."""


@dataclass(frozen=True)
class ModelShape:
    """The numbers of an architecture that memory and speed depend on.

    Attributes:
        parameters: all of them.
        read: parameters that are read to decode a token: all but the embedding that only looks up a row.
        layers, key_heads, head_size: of the attention whose keys and values are kept; no layers for an
            encoder.
        query_heads: of the same attention.
        width, inner: of hidden states and of the feed-forward layers.
        vocabulary: rows of the head; 0 without one.
        loading: for each parameter tensor, in the order of loading, its size and that of its largest part.
        window: tokens that a layer with a sliding window sees; 0 for all.
    """

    parameters: int
    read: int
    layers: int
    key_heads: int
    head_size: int
    query_heads: int
    width: int
    inner: int
    vocabulary: int
    loading: tuple[tuple[int, int], ...] = ()
    window: int = 0


@dataclass(frozen=True)
class MemoryRequest:
    """What the calculator is asked.

    Attributes:
        parameters: of the model.
        heads: key and value heads of a layer.
        vocabulary: tokens of its vocabulary.
        precision: a key of :data:`WEIGHT_BYTES`.
        context: tokens of each request, continuation included.
        people: requests at once.
    """

    parameters: int
    layers: int
    heads: int
    head_size: int
    width: int
    vocabulary: int
    precision: str = "float32"
    context: int = 4_096
    people: int = 1

    @property
    def shape(self) -> ModelShape:
        """The shape of such a decoder; its feed-forward layers are taken to be four times as wide."""
        table = self.vocabulary * self.width
        return ModelShape(
            parameters=self.parameters,
            read=self.parameters - table,
            layers=self.layers,
            key_heads=self.heads,
            head_size=self.head_size,
            query_heads=max(self.heads, self.width // max(1, self.head_size)),
            width=self.width,
            inner=4 * self.width,
            vocabulary=self.vocabulary,
            loading=((table, table), (self.parameters - table, 0)),
        )


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes that a model takes.

    Attributes:
        weights: its parameters.
        cache: keys and values of the tokens in use.
        workspace: the largest tensors that exist for a moment.
    """

    weights: int
    cache: int
    workspace: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.workspace


@dataclass(frozen=True)
class Fit:
    """How a model fits a machine in one precision.

    Attributes:
        verdict: ``fits``, ``tight`` or ``too_large`` for the memory that is free.
        tokens_per_second: estimated, for one request; 0 if the model is no decoder or nothing is measured.
    """

    precision: str
    estimate: MemoryEstimate
    verdict: Verdict
    tokens_per_second: float


def shape_of(config: Mapping[str, Any]) -> ModelShape:
    """The shape of the network that a ``config.json`` describes.

    Raises:
        CheckpointError: it is broken, or not supported.
    """
    family = family_of(config)
    read = family.config(config)
    sizes = [[prod(part.shape) for part in parts] for parts in family.parts(read).values()]
    parameters = sum(map(sum, sizes))
    loading = tuple((sum(parts), max(parts)) for parts in sizes)
    blank = ModelShape(parameters, parameters, 0, 0, 0, 0, 0, 0, 0, loading)
    if isinstance(read, LlamaConfig):
        return _decoder(blank, read)
    if isinstance(read, TransformerConfig):
        # Twice the layers: keys and values are kept of the target and of the source.
        return replace(
            _attention(blank, read.decoder), layers=2 * read.decoder.layers, vocabulary=read.vocab_size
        )
    return _attention(blank, read.encoder) if isinstance(read, BertConfig) else blank


def _decoder(blank: ModelShape, read: LlamaConfig) -> ModelShape:
    looked_up = 0 if read.tie_word_embeddings else read.vocab_size * read.hidden_size
    return replace(
        blank,
        read=blank.parameters - looked_up,
        layers=read.num_hidden_layers,
        key_heads=read.num_key_value_heads,
        head_size=read.head_dim,
        query_heads=read.num_attention_heads,
        width=read.hidden_size,
        inner=read.intermediate_size,
        vocabulary=read.vocab_size,
        window=read.sliding_window or 0 if isinstance(read, MistralConfig) else 0,
    )


def _attention(blank: ModelShape, stack: StackConfig) -> ModelShape:
    return replace(
        blank,
        key_heads=stack.heads,
        head_size=stack.width // stack.heads,
        query_heads=stack.heads,
        width=stack.width,
        inner=stack.mlp_width,
    )


def weight_memory(parameters: int, precision: str) -> int:
    """Bytes of the weights of a loaded model."""
    return round(parameters * WEIGHT_BYTES[precision])


def estimate(
    shape: ModelShape, precision: str, *, context: int, people: int = 1, stored: int = 4
) -> MemoryEstimate:
    """The memory of a model for ``people`` requests of ``context`` tokens each.

    Args:
        stored: bytes of a number in the weight files.
    """
    item, state = WEIGHT_BYTES[precision], _STATE_BYTES[precision]
    tokens = min(context, 2 * shape.window) if shape.window else context
    weights = weight_memory(shape.parameters, precision)
    cache = 2 * shape.layers * shape.key_heads * shape.head_size * tokens * people * state
    loading = _loading(shape, item, stored) - weights - cache
    return MemoryEstimate(weights, cache, workspace=max(loading, _reading(shape, state, context)))


def fit(
    shape: ModelShape,
    precision: str,
    *,
    free: int,
    context: int,
    people: int = 1,
    stored: int = 4,
    throughput: Throughput | None = None,
    decodes: bool = True,
) -> Fit:
    """How a model fits into ``free`` bytes, and how fast it is there; the rest as in :func:`estimate`."""
    needed = estimate(shape, precision, context=context, people=people, stored=stored)
    verdict: Verdict = "too_large"
    if needed.total <= free:
        verdict = "fits" if needed.total <= COMFORT * free else "tight"
    speed = tokens_per_second(shape, precision, throughput) if decodes and throughput else 0.0
    return Fit(precision, needed, verdict, speed)


def tokens_per_second(shape: ModelShape, precision: str, throughput: Throughput) -> float:
    """Tokens that a decoder would write in a second: its weights are read once for each.

    Each layer's calls cost a fixed time beside that, which limits small models.
    """
    known = {one.precision: one for one in throughput.precisions}
    if precision not in known or not shape.layers:
        return 0.0
    reading = shape.read * WEIGHT_BYTES[precision] / known[precision].bandwidth
    return 1.0 / (reading + shape.layers * throughput.layer_seconds)


def _loading(shape: ModelShape, item: float, stored: int) -> int:
    """The peak of loading: what is in its place, and a part as it is stored and as it is converted."""
    peak = loaded = 0.0
    for size, part in shape.loading:
        loaded += size * item
        peak = max(peak, loaded + (part * (stored + item) if stored != item else 0))
    return round(peak)


def _reading(shape: ModelShape, item: int, context: int) -> int:
    """What the reading of a part of a prompt allocates in a layer, and the logits behind the last one."""
    rows = min(BatchLimits().chunk_alone, context)
    heads = shape.query_heads * shape.head_size
    states = rows * (4 * shape.width + 3 * heads + 4 * shape.inner) * item
    repeated = 2 * heads * context * item if shape.query_heads != shape.key_heads else 0
    return states + repeated + 3 * 4 * shape.vocabulary
