"""What every decoder family must fulfil, as functions that each family's tests call with their variants."""

from __future__ import annotations

import torch
from torch import Tensor

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.engine import Engine
from llama_demo.engine.request import Request, Sampling
from llama_demo.model.llama import Llama, TokenBlock
from tests.model.random_decoders import Reference

CPU = torch.device("cpu")


def load(reference: Reference) -> Llama:
    """Our network with the reference's weights."""
    return load_model(reference.folder, Llama, device=CPU, dtype=torch.float32).model


@torch.inference_mode()
def same_logits(reference: Reference) -> None:
    """Logits of every position are within 1e-4 of the reference's."""
    assert (load(reference)(reference.ids) - reference.output.logits).abs().max() < 1e-4


def same_continuation(reference: Reference) -> None:
    """64 greedy tokens through the engine, cache and chunks included, are the reference's.

    Each one is the token that the reference finds likeliest behind those before it, so by induction the
    whole text is what the reference would have written.
    """
    prompt = reference.ids[0, :23].tolist()
    engine = Engine(load(reference))
    request = Request(tuple(prompt), Sampling(temperature=0.0), max_new_tokens=64)
    made = [step.id for step in engine.submit(request)]
    engine.close()
    assert len(made) == 64
    assert made == reference.likeliest(prompt + made)[len(prompt) - 1 : -1]


@torch.inference_mode()
def cached_equals_uncached(reference: Reference) -> None:
    """Token by token, in chunks of any size, or all at once: the same logits."""
    model, ids = load(reference), reference.ids
    whole = model(ids)
    for chunks in ([1] * 40, [7, 1, 12, 1, 1, 18], [39, 1], [40]):
        cache = model.new_cache(40, batch=2)
        parts = [model(chunk, cache) for chunk in torch.split(ids, chunks, dim=1)]
        assert (torch.cat(parts, dim=1) - whole).abs().max() < 1e-4
        assert cache.length == 40


@torch.inference_mode()
def one_token_is_read_alike(reference: Reference) -> None:
    """A single token takes a shorter way, which gives the same logits to the last bit."""
    model, ids = load(reference), reference.ids[:1]
    whole, short = model.new_cache(40), model.new_cache(40)
    for cache in (whole, short):
        model(ids[:, :20], cache)
    for token in ids[0, 20:]:
        expected = model(token.view(1, 1), whole)[:, -1]
        (logits,) = model.forward_packed([TokenBlock(token.view(1, 1), short)])
        assert torch.equal(logits, expected)


@torch.inference_mode()
def taps_show_what_happens(reference: Reference) -> None:
    """Attention rows and hidden states are the reference's, rows sum to 1, and watching changes nothing."""
    model, ids = load(reference), reference.ids
    seen: dict[str, Tensor] = {}

    def record(name: str, tensor: Tensor) -> Tensor:
        seen[name] = tensor
        return tensor

    logits = model(ids, taps=record)
    assert (logits - model(ids)).abs().max() < 1e-4
    x = seen["embedding"]
    for index, layer in enumerate(model.layers):
        rows = seen[f"layers.{index}.attention.rows"]
        assert (rows - reference.output.attentions[index]).abs().max() < 1e-5
        assert (rows.sum(-1) - 1).abs().max() < 1e-5
        # The layer's output follows from the heads that were handed out.
        heads = seen[f"layers.{index}.attention.heads"]  # (B, H, T, D)
        x = layer.add(
            x, lambda _, own=layer.attention, heads=heads: own.out(heads.transpose(1, 2).flatten(2))
        )
        assert (x - seen[f"layers.{index}.hidden"]).abs().max() < 1e-5
        if index < len(model.layers) - 1:  # the reference reports its last one behind the norm
            assert (x - reference.output.hidden_states[index + 1]).abs().max() < 1e-4
        x = seen[f"layers.{index}.hidden"]
    assert (seen["norm"] - reference.output.hidden_states[-1]).abs().max() < 1e-4


@torch.inference_mode()
def rows_are_right_behind_a_cache(reference: Reference) -> None:
    """A late token's attention rows, with everything before it cached, are those of a full pass."""
    model, ids = load(reference), reference.ids[:1]
    cache = model.new_cache(40)
    model(ids[:, :39], cache)
    rows: dict[str, Tensor] = {}

    def record(name: str, tensor: Tensor) -> Tensor:
        rows[name] = tensor
        return tensor

    model(ids[:, 39:], cache, taps=record)
    for index, full in enumerate(reference.output.attentions):
        late = rows[f"layers.{index}.attention.rows"][0, :, 0]  # (H, the tokens still kept)
        assert (late - full[0, :, 39, -late.size(-1) :]).abs().max() < 1e-5


@torch.inference_mode()
def packed_equals_single(reference: Reference) -> None:
    """Texts of different lengths that are read in shared passes get the logits that each gets alone."""
    model, ids = load(reference), reference.ids
    texts = [ids[:1, :40], ids[1:, :17], ids[:, 5:30], ids[:1, 3:4]]
    caches = [model.new_cache(40, batch=len(text)) for text in texts]
    read = [0] * len(texts)
    for pieces in ([11, 17, 1, 1], [1, 0, 23, 0], [27, 0, 1, 0], [1, 0, 0, 0]):
        reading = [i for i, piece in enumerate(pieces) if piece]
        blocks = [TokenBlock(texts[i][:, read[i] : read[i] + pieces[i]], caches[i]) for i in reading]
        for i, logits in zip(reading, model.forward_packed(blocks), strict=True):
            read[i] += pieces[i]
            alone = model(texts[i][:, : read[i]], model.new_cache(40, batch=len(texts[i])))
            assert (logits - alone[:, -1]).abs().max() < 1e-4
    assert read == [text.size(1) for text in texts]


CHECKS = (
    same_logits,
    same_continuation,
    cached_equals_uncached,
    taps_show_what_happens,
    rows_are_right_behind_a_cache,
    packed_equals_single,
    one_token_is_read_alike,
)
