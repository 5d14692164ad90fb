"""Our own encoder-decoder: what training needs, and that writing step by step equals reading at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError
from llama_demo.model.layers import StackConfig
from llama_demo.model.transformer import (
    PositionalEncoding,
    Transformer,
    TransformerConfig,
    checkpoint_parts,
)
from tests.model.random_encoders import padded

STACK = StackConfig(layers=2, width=32, heads=4, mlp_width=64)
CONFIG = TransformerConfig(
    vocab_size=120,
    source_vocab_size=120,
    encoder=STACK,
    decoder=replace(STACK, layers=3),
    max_position_embeddings=64,
    embedding_scale=32**0.5,
    pad_id=3,
    start_id=1,
    end_id=2,
)
LENGTHS = (9, 4, 7)


@pytest.fixture(params=["pre", "post"])
def model(request: pytest.FixtureRequest) -> Transformer:
    """Both orders of norm and sum, with freshly drawn weights."""
    torch.manual_seed(0)
    sides = {side: replace(getattr(CONFIG, side), norm=request.param) for side in ("encoder", "decoder")}
    model = Transformer(replace(CONFIG, **sides)).eval()
    model.initialise()
    return model


@torch.inference_mode()
def test_writing_step_by_step_equals_reading_at_once(model: Transformer) -> None:
    """The cache is a speed-up, never a change, also when rows are dropped or doubled on the way."""
    source, mask = padded(LENGTHS, 3, high=119)
    target = padded((8, 8, 8), 3, high=119)[0]
    whole = model(source, target, mask)
    memory, cache = model.encode(source, mask), model.new_cache(3, 8)
    steps = [model.decode(target[:, :2], memory, cache), model.decode(target[:, 2:3], memory, cache)]
    assert torch.allclose(torch.cat(steps, 1), whole[:, :3], atol=1e-5)
    kept = torch.tensor([2, 0])
    memory = memory.select(kept)
    cache.select(kept)
    rest = model.decode(target[kept, 3:], memory, cache)
    assert torch.allclose(rest, whole[kept, 3:], atol=1e-5)


@torch.inference_mode()
def test_beams_share_their_source(model: Transformer) -> None:
    """Two targets of each source, side by side, get what each would get alone."""
    source, mask = padded(LENGTHS, 3, high=119)
    targets = padded((5,) * 6, 3, high=119)[0]
    together = model.decode(targets, model.encode(source, mask))
    apart = model(source.repeat_interleave(2, 0), targets, mask.repeat_interleave(2, 0))
    assert torch.allclose(together, apart, atol=1e-5)


@torch.inference_mode()
def test_a_target_does_not_see_its_future_nor_any_padding(model: Transformer) -> None:
    """Later target tokens, and whatever stands at padding, change nothing."""
    source, mask = padded(LENGTHS, 3, high=119)
    target = padded((8, 8, 8), 3, high=119)[0]
    logits = model(source, target, mask)
    other = target.clone()
    other[:, 5:] = 50
    assert torch.allclose(model(source, other, mask)[:, :5], logits[:, :5], atol=1e-5)
    assert torch.allclose(model(source.where(mask, 77), target, mask), logits, atol=1e-5)
    assert torch.allclose(model(source[1:2, :4], target[1:2]), logits[1:2], atol=1e-5)


def test_it_learns(model: Transformer) -> None:
    """Gradients reach every weight, and a few steps on one batch lower the loss."""
    source, mask = padded(LENGTHS, 3, high=119)
    target = padded((8, 8, 8), 3, high=119)[0]
    model.train()
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(12):
        logits = model(source, target[:, :-1], mask)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target[:, 1:].flatten())
        optimiser.zero_grad()
        loss.backward()
        assert all(p.grad is not None and p.grad.abs().max() > 0 for n, p in model.named_parameters())
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] < 8
    assert losses[-1] < losses[0] - 0.5


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    """Configuration and weights of our own folders survive; tied matrices stay one."""
    torch.manual_seed(0)
    model = Transformer(CONFIG).eval()
    model.initialise()
    (tmp_path / "config.json").write_text(json.dumps(CONFIG.to_json()))
    save_file({name: p.detach() for name, p in model.named_parameters()}, tmp_path / "model.safetensors")
    loaded = load_model(tmp_path, Transformer, device=torch.device("cpu"), dtype=torch.float32).model
    assert loaded.config == CONFIG
    assert loaded.head.weight is loaded.embedding.weight
    assert checkpoint_parts(CONFIG).keys() == dict(model.named_parameters()).keys()
    source, mask = padded(LENGTHS, 3, high=119)
    with torch.inference_mode():
        assert torch.equal(loaded(source, source, mask), model(source, source, mask))


def test_positions_are_the_papers() -> None:
    """Each component turns at its own speed, and any start of a text is a part of the whole."""
    encoding = PositionalEncoding(16)
    table = encoding.at(0, 10, torch.device("cpu"), torch.float32)
    for position in (0, 1, 9):
        for i in range(8):
            angle = torch.tensor(position / 10_000 ** (2 * i / 16))
            assert torch.allclose(table[position, i], angle.sin(), atol=1e-6)
            assert torch.allclose(table[position, 8 + i], angle.cos(), atol=1e-6)
    assert torch.equal(encoding.at(4, 3, torch.device("cpu"), torch.float32), table[4:7])


def test_heads_must_divide_the_width() -> None:
    """A shape that cannot be built is refused where it is read."""
    with pytest.raises(CheckpointError) as caught:
        StackConfig(layers=1, width=30, heads=4, mlp_width=8)
    assert caught.value.key == "config_width"
