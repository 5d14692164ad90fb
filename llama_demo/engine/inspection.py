"""What happens inside one forward pass, as arrays: attention, heads, hidden states, what follows.

Each function computes with a model that an engine hands out by its ``run``, so that it takes the turns of
the current client. Shapes: ``T`` tokens, ``S`` tokens that are looked at, ``H`` heads, ``D`` head size, ``C``
width, ``V`` vocabulary, ``L`` layers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from llama_demo.engine.beam_search import BeamCandidate, Hypothesis, Search, Stopped, search
from llama_demo.engine.reading import Window
from llama_demo.engine.request import Sampling
from llama_demo.engine.sampling import Sampler, truncate
from llama_demo.model.bert import Bert, BertConfig
from llama_demo.model.embedding_table import EmbeddingTable
from llama_demo.model.linear import Linear
from llama_demo.model.llama import Llama
from llama_demo.model.spans import SpanModel
from llama_demo.model.static import StaticEmbedding
from llama_demo.model.transformer import PositionalEncoding, Transformer, TransformerConfig

Floats = NDArray[np.float32]

ACTIVATIONS = {"relu": "ReLU", "gelu": "GELU", "gelu_new": "GELU", "silu": "SiLU", "swish": "SiLU"}
"""What activations are called outside of configurations."""

# What is kept of a pass, by the last part of its tap's name.
KEPT = frozenset(("rows", "heads", "hidden", "embedding", "norm"))


@dataclass(frozen=True)
class SilencedHead:
    """A head whose result is set to zero.

    Attributes:
        place: of its attention, as the taps name it: ``layers.2.attention``.
    """

    place: str
    head: int


@dataclass(frozen=True)
class ForwardTrace:
    """One forward pass of one text.

    Attributes:
        tensors: what the taps handed out, by name, without the dimension of the batch.
        logits: of the next token (V); for a reader those of each token (T, 2).
    """

    tensors: Mapping[str, Floats]
    logits: Floats

    def layers(self, place: str, what: str) -> list[Floats]:
        """A tensor of every layer, such as ``rows`` of ``decoder.layers.{i}.cross``; ``place`` has ``{}``."""
        found: list[Floats] = []
        while (name := f"{place.format(len(found))}.{what}") in self.tensors:
            found.append(self.tensors[name])
        return found

    @property
    def bytes(self) -> int:
        """Memory that it takes."""
        return self.logits.nbytes + sum(tensor.nbytes for tensor in self.tensors.values())


class Recorder:
    """Taps that keep tensors and silence heads."""

    def __init__(self, silenced: Collection[SilencedHead] = ()) -> None:
        self._silenced = silenced
        self._kept: dict[str, Tensor] = {}

    def __call__(self, name: str, tensor: Tensor) -> Tensor:
        place, _, what = name.rpartition(".")
        heads = [one.head for one in self._silenced if one.place == place] if what == "heads" else []
        if heads:
            tensor = tensor.clone()
            tensor[:, heads] = 0.0
        if what in KEPT:
            self._kept[name] = tensor
        return tensor

    def trace(self, logits: Tensor) -> ForwardTrace:
        """All that was kept of a pass with a batch of one."""
        return ForwardTrace({name: as_array(one[0]) for name, one in self._kept.items()}, as_array(logits))


def as_array(tensor: Tensor) -> Floats:
    """A tensor in float32 on the CPU."""
    result: Floats = tensor.float().cpu().numpy()
    return result


@torch.inference_mode()
def trace_decoder(model: Llama, ids: Sequence[int], silenced: Collection[SilencedHead] = ()) -> ForwardTrace:
    """A pass over ``ids`` (T); tap names as of :meth:`Llama.forward`."""
    recorder = Recorder(silenced)
    states = model.hidden(_batch(ids, model.embedding), taps=recorder)  # (1, T, C)
    return recorder.trace(model.head(states[0, -1]))


@torch.inference_mode()
def trace_translator(
    model: Transformer,
    source: Sequence[int],
    target: Sequence[int],
    silenced: Collection[SilencedHead] = (),
) -> ForwardTrace:
    """A pass over a source (S) and a target (T) that begins with the start mark.

    Tap names as of :meth:`Transformer.forward`.
    """
    recorder = Recorder(silenced)
    memory = model.encode(_batch(source, model.embedding), taps=recorder)
    logits = model.decode(_batch(target, model.target_embedding), memory, last_only=True, taps=recorder)
    return recorder.trace(logits[0, -1])


@torch.inference_mode()
def trace_reader(model: SpanModel, window: Window, silenced: Collection[SilencedHead] = ()) -> ForwardTrace:
    """A pass over a question with its passage; tap names as of :meth:`Bert.forward`."""
    recorder = Recorder(silenced)
    device = model.head.weight.device
    ids, types = (torch.tensor([row], device=device) for row in (window.ids, window.types))
    logits = model(ids, None, types, taps=recorder)
    return recorder.trace(logits[0])


@torch.inference_mode()
def trace_encoder(model: Bert, ids: Sequence[int], silenced: Collection[SilencedHead] = ()) -> ForwardTrace:
    """A pass of a sentence encoder over ``ids`` (T); it predicts nothing, so there are no logits."""
    recorder = Recorder(silenced)
    model(_batch(ids, model.embedding), taps=recorder)
    return recorder.trace(torch.zeros(0))


@torch.inference_mode()
def layer_logits(model: Llama | Transformer, hidden: Sequence[Floats]) -> list[Floats]:
    """The prediction as if each layer were the last ("logit lens", nostalgebraist 2020).

    Args:
        hidden: of each layer, (positions, C): what is handed out as ``hidden``.

    Returns:
        For each layer log-probabilities (positions, V).
    """
    norm = model.norm if isinstance(model, Llama) else model.decoder.norm
    head = model.head
    found = []
    for states in hidden:
        logits = head(norm(torch.from_numpy(states).to(head.device, head.dtype)))
        if isinstance(model, Transformer) and model.config.logits_bias:
            logits = logits + model.logits_bias
        found.append(as_array(logits.float().log_softmax(dim=-1)))
    return found


@torch.inference_mode()
def layer_span_logits(model: SpanModel, hidden: Sequence[Floats]) -> list[Floats]:
    """The reader's logits (T, 2) as if each layer, of states (T, C), were the last."""
    weight = model.head.weight
    states = (torch.from_numpy(one).to(weight.device, weight.dtype) for one in hidden)
    return [as_array(model.head(one)) for one in states]


@torch.inference_mode()
def head_outputs(model: Llama | Transformer | SpanModel, place: str, heads: Floats) -> Floats:
    """What each head adds to the layer's sum: its result times its own rows of ``W^O``.

    The sum over the heads is ``Concat(head_1, ..., head_H) W^O``, without the bias.

    Args:
        place: of the attention, as the taps name it.
        heads: results of the heads at one position (H, D).

    Returns:
        (H, C)
    """
    root = model.get_submodule("bert") if isinstance(model, SpanModel) else model
    out = root.get_submodule(place).get_submodule("out")
    assert isinstance(out, Linear)
    results = torch.from_numpy(heads).to(out.device, out.dtype)
    H, D = results.shape
    return as_array(torch.einsum("hd,chd->hc", results, out.dense().view(-1, H, D)))


@torch.inference_mode()
def nearest_rows(model: nn.Module, row: int, count: int) -> list[tuple[int, float]]:
    """Ids of the embedding's rows closest to ``row`` by cosine, itself left out, with their cosines."""
    embedding = model.get_submodule("bert.embedding" if isinstance(model, SpanModel) else "embedding")
    assert isinstance(embedding, EmbeddingTable)
    rows = F.normalize(embedding.dense().float(), dim=-1)
    cosines = rows @ rows[row]
    cosines[row] = -1.0
    values, ids = cosines.topk(min(count, len(cosines) - 1))
    return list(zip(ids.tolist(), values.tolist(), strict=True))


@dataclass(frozen=True)
class PositionTable:
    """How a model tells positions apart.

    Attributes:
        kind: ``sinusoidal``, ``rotary``, ``learned`` or ``none``.
        vectors: of each position (T, C): what is added to the embedding; for ``rotary`` the cosines of the
            angles by which pairs of components are turned (T, D / 2).
        frequencies: radians a position, of each sine and cosine or each turned pair; empty for others.
    """

    kind: str
    vectors: Floats
    frequencies: Floats


@torch.inference_mode()
def position_table(model: nn.Module, count: int) -> PositionTable:
    """The first ``count`` positions of a model."""
    nothing = np.zeros((0,), np.float32)
    if isinstance(model, SpanModel):
        model = model.get_submodule("bert")
    if isinstance(model, Llama):
        frequencies = as_array(model.positions.frequencies)
        angles = np.arange(count, dtype=np.float32)[:, None] * frequencies
        return PositionTable("rotary", np.cos(angles), frequencies)
    if isinstance(model, Transformer):
        return sinusoidal_table(model.positions, count)
    if isinstance(model, Bert):
        first = model.config.first_position
        return PositionTable("learned", as_array(model.positions.weight[first : first + count]), nothing)
    return PositionTable("none", np.zeros((count, 0), np.float32), nothing)


def sinusoidal_table(positions: PositionalEncoding, count: int) -> PositionTable:
    """The first ``count`` positions of the encoder-decoder Transformer."""
    vectors = positions.at(0, count, torch.device("cpu"), torch.float32)
    return PositionTable("sinusoidal", as_array(vectors), as_array(positions.frequencies))


@dataclass(frozen=True)
class SampledToken:
    """A token under given sampling.

    Attributes:
        model: its probability under the model's own distribution.
        sampling: its probability of being drawn; 0 if it is cut away.
    """

    id: int
    model: float
    sampling: float


def next_tokens(logits: Floats, sampling: Sampling, count: int) -> list[SampledToken]:
    """The likeliest ``count`` tokens, and how likely the sampler draws each."""
    own = torch.from_numpy(logits).log_softmax(dim=-1)  # (V)
    values, ids = own.topk(min(count, own.numel()))
    drawn = draw_probabilities(logits, sampling)
    return [
        SampledToken(token, float(np.exp(value)), drawn.get(token, 0.0))
        for token, value in zip(ids.tolist(), values.tolist(), strict=True)
    ]


def draw_probabilities(logits: Floats, sampling: Sampling) -> dict[int, float]:
    """The probability of being drawn of every token that can be."""
    wide = torch.from_numpy(logits)
    if sampling.temperature == 0.0:
        return {int(wide.argmax()): 1.0}
    values, ids = truncate(wide / sampling.temperature, sampling)
    return dict(zip(ids.tolist(), values.softmax(dim=-1).tolist(), strict=True))


def draw(logits: Floats, sampling: Sampling, count: int) -> list[int]:
    """Tokens that the sampler draws for the same place, one after the other."""
    sampler = Sampler(sampling, ())
    wide = torch.from_numpy(logits)
    return [sampler.draw(wide).id for _ in range(count)]


@dataclass(frozen=True)
class SearchTrace:
    """A beam search for one source: what was found, best first, and the candidates of each step."""

    found: tuple[Hypothesis, ...]
    steps: tuple[tuple[BeamCandidate, ...], ...]


@torch.inference_mode()
def trace_search(
    model: Transformer,
    source: Sequence[int],
    how: Search,
    *,
    prefix: tuple[int, ...],
    limit: int,
    stopped: Stopped,
) -> SearchTrace | None:
    """Search the targets of a source of at most ``limit`` tokens; ``None`` if it was stopped."""
    steps: list[tuple[BeamCandidate, ...]] = []
    memory = model.encode(_batch(source, model.embedding))
    found = search(model, memory, how, torch.tensor([limit]), prefix, stopped, steps.append)
    return None if found is None else SearchTrace(tuple(found[0]), tuple(steps))


def _batch(ids: Sequence[int], embedding: EmbeddingTable) -> Tensor:
    """One text (1, T)."""
    return torch.tensor([list(ids)], device=embedding.device)


@dataclass(frozen=True)
class Architecture:
    """The shape of a network.

    Attributes:
        kind: ``decoder``, ``encoder-decoder``, ``encoder`` or ``static``.
        encoder_layers, decoder_layers: 0 for a side that it lacks.
        key_heads: of keys and values; fewer than ``heads`` if query heads share them.
        context: tokens that it reads at once.
        norm: ``RMSNorm`` or ``LayerNorm``; empty for none.
        norm_place: ``pre`` or ``post``, before or after each sublayer.
        positions: kind of :class:`PositionTable`.
    """

    kind: str
    vocabulary: int
    width: int
    context: int
    encoder_layers: int = 0
    decoder_layers: int = 0
    heads: int = 0
    key_heads: int = 0
    mlp_width: int = 0
    activation: str = ""
    norm: str = ""
    norm_place: str = ""
    positions: str = "none"


def architecture(model: nn.Module) -> Architecture:
    """The shape of a loaded network."""
    if isinstance(model, Llama):
        config = model.config
        return Architecture(
            kind="decoder",
            vocabulary=config.vocab_size,
            width=config.hidden_size,
            context=config.max_position_embeddings,
            decoder_layers=config.num_hidden_layers,
            heads=config.num_attention_heads,
            key_heads=config.num_key_value_heads,
            mlp_width=config.intermediate_size,
            activation=model.activation,
            norm="RMSNorm",
            norm_place=model.norm_place,
            positions="rotary",
        )
    if isinstance(model, Transformer):
        return _encoder_decoder(model.config)
    if isinstance(model, SpanModel):
        model = model.get_submodule("bert")
    if isinstance(model, Bert):
        return _encoder(model.config)
    assert isinstance(model, StaticEmbedding)
    return Architecture(
        "static", model.config.vocab_size, model.config.width, model.config.max_position_embeddings
    )


def _encoder_decoder(config: TransformerConfig) -> Architecture:
    return Architecture(
        kind="encoder-decoder",
        vocabulary=config.vocab_size,
        width=config.width,
        context=config.max_position_embeddings,
        encoder_layers=config.encoder.layers,
        decoder_layers=config.decoder.layers,
        heads=config.decoder.heads,
        key_heads=config.decoder.heads,
        mlp_width=config.decoder.mlp_width,
        activation=ACTIVATIONS.get(config.decoder.activation, config.decoder.activation),
        norm="LayerNorm",
        norm_place=config.decoder.norm,
        positions="sinusoidal",
    )


def _encoder(config: BertConfig) -> Architecture:
    return Architecture(
        kind="encoder",
        vocabulary=config.vocab_size,
        width=config.width,
        context=config.max_position_embeddings,
        encoder_layers=config.encoder.layers,
        heads=config.encoder.heads,
        key_heads=config.encoder.heads,
        mlp_width=config.encoder.mlp_width,
        activation=ACTIVATIONS.get(config.encoder.activation, config.encoder.activation),
        norm="LayerNorm",
        norm_place="post",
        positions="learned",
    )
