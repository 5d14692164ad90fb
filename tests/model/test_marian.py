"""Marian checkpoints compute what the reference computes, and their habits are kept."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch
from torch import Tensor

from llama_demo.engine.checkpoint import load_model
from llama_demo.errors import CheckpointError
from llama_demo.model.transformer import Transformer
from tests.model.random_encoders import Checkpoint, marian, padded, recorder

PAD = 198
LENGTHS = (17, 9, 12, 3, 16)


@pytest.fixture(scope="module")
def checkpoint() -> Checkpoint:
    return marian()


@pytest.fixture(scope="module")
def model(checkpoint: Checkpoint) -> Transformer:
    model = checkpoint.load()
    assert isinstance(model, Transformer)
    return model


def targets() -> Tensor:
    return torch.cat((torch.full((5, 1), PAD), padded((11,) * 5, PAD)[0]), dim=1)


@torch.inference_mode()
def test_logits_and_hidden_states_are_the_references(checkpoint: Checkpoint, model: Transformer) -> None:
    """Every layer of encoder and decoder agrees, padding included in the batch."""
    source, mask = padded(LENGTHS, PAD)
    theirs = checkpoint.reference(
        input_ids=source, attention_mask=mask.long(), decoder_input_ids=targets(), output_hidden_states=True
    )
    found: dict[str, Tensor] = {}
    ours = model(source, targets(), mask, taps=recorder(found))
    assert torch.allclose(ours, theirs.logits, atol=1e-4)
    for i, hidden in enumerate(theirs.encoder_hidden_states[1:]):
        assert torch.allclose(found[f"encoder.layers.{i}.hidden"][mask], hidden[mask], atol=1e-4)
    for i, hidden in enumerate(theirs.decoder_hidden_states[1:]):
        assert torch.allclose(found[f"decoder.layers.{i}.hidden"], hidden, atol=1e-4)


@torch.inference_mode()
def test_attention_rows_are_the_references(checkpoint: Checkpoint, model: Transformer) -> None:
    """What the taps hand out is what was computed: rows sum to 1 and equal the reference's."""
    source, mask = padded(LENGTHS, PAD)
    theirs = checkpoint.reference(
        input_ids=source, attention_mask=mask.long(), decoder_input_ids=targets(), output_attentions=True
    )
    found: dict[str, Tensor] = {}
    model(source, targets(), mask, taps=recorder(found))
    for kind, place in (
        ("encoder_attentions", "encoder.layers.{}.attention"),
        ("decoder_attentions", "decoder.layers.{}.attention"),
        ("cross_attentions", "decoder.layers.{}.cross"),
    ):
        for i, rows in enumerate(getattr(theirs, kind)):
            ours = found[place.format(i) + ".rows"]
            assert torch.allclose(ours.sum(-1), torch.ones(()), atol=1e-5)
            # Rows of padding are nobody's: the reference has them at some value of its own.
            real = mask[:, None, :, None] if kind == "encoder_attentions" else torch.ones(())
            # Sums in another order: shares of large scores then differ in their fifth digit.
            assert torch.allclose(ours * real, rows * real, atol=1e-4)


@torch.inference_mode()
def test_rows_and_heads_reproduce_the_output(model: Transformer) -> None:
    """Rows times values are the heads, and the heads through the output matrix what attention returns."""
    source, mask = padded(LENGTHS, PAD)
    memory = model.encode(source, mask)
    keys, values = memory.layers[1]
    cross = model.decoder.layers[1].cross
    x = torch.randn(5, 11, 32, generator=torch.Generator().manual_seed(0))
    found: dict[str, Tensor] = {}
    tapped = cross(x, keys, values, memory.visible, recorder(found))
    assert torch.allclose(found["rows"] @ values, found["heads"], atol=1e-5)
    for output in (cross.out(found["heads"].transpose(1, 2).flatten(2)), tapped):
        assert torch.allclose(output, cross(x, keys, values, memory.visible, None), atol=1e-5)


@torch.inference_mode()
def test_a_tap_can_change_what_it_sees(model: Transformer) -> None:
    """An editor that silences one head changes the logits, and only then."""
    source, mask = padded(LENGTHS, PAD)

    def silence(name: str, tensor: Tensor) -> Tensor:
        if name == "decoder.layers.1.cross.heads":
            tensor = tensor.clone()
            tensor[:, 2] = 0.0
        return tensor

    plain = model(source, targets(), mask)
    assert not torch.allclose(model(source, targets(), mask, taps=silence), plain, atol=1e-4)
    assert torch.allclose(model(source, targets(), mask, taps=lambda _, tensor: tensor), plain, atol=1e-4)


def test_habits(model: Transformer) -> None:
    """Embeddings are scaled, sines stand before cosines, padding is zero, the bias has been read."""
    assert model.config.embedding_scale == pytest.approx(32**0.5)
    vectors = model.positions.at(0, 4, torch.device("cpu"), torch.float32)
    assert torch.allclose(vectors[1, 0], torch.tensor(1.0).sin())
    assert torch.allclose(vectors[1, 16], torch.tensor(1.0).cos())
    assert torch.allclose(vectors[3, 15], torch.tensor(3.0 * 10_000 ** (-15 / 16)).sin())
    assert model.embedding.weight[PAD].abs().max() == 0
    assert model.logits_bias.abs().max() > 0.1
    assert model.config.start_id == model.config.pad_id == PAD
    assert model.head.weight is model.embedding.weight


@torch.inference_mode()
def test_embeddings_of_their_own_for_each_side() -> None:
    """Checkpoints with two vocabularies load too; the head is the target's matrix."""
    checkpoint = marian(share_encoder_decoder_embeddings=False, decoder_vocab_size=219)
    model = checkpoint.load()
    source, mask = padded(LENGTHS, PAD)
    theirs = checkpoint.reference(
        input_ids=source, attention_mask=mask.long(), decoder_input_ids=targets()
    ).logits
    assert torch.allclose(model(source, targets(), mask), theirs, atol=1e-4)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"d_model": 33}, "config_width"),
        ({"activation_function": "tanh_of_mine"}, "config_unsupported"),
        ({"normalize_before": True}, "config_unsupported"),
        ({"vocab_size": 0}, "config_value"),
        ({"vocab_size": True}, "config_value"),
        ({"decoder_start_token_id": 199}, "config_value"),
        ({"encoder_layers": None}, "config_missing"),
        ({"encoder_layers": 3}, "weights_misfit"),
    ],
)
def test_a_bad_configuration_is_named(
    checkpoint: Checkpoint, tmp_path: Path, change: dict[str, object], key: str
) -> None:
    """Each absurd number is refused by name, before anything is allocated."""
    shutil.copytree(checkpoint.folder, tmp_path, dirs_exist_ok=True)
    config = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(config | change))
    with pytest.raises(CheckpointError) as caught:
        load_model(tmp_path, Transformer, device=torch.device("cpu"), dtype=torch.float32)
    assert caught.value.key == key
