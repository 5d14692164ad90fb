"""M2M100 checkpoints compute what the reference computes."""

from __future__ import annotations

import torch
from torch import Tensor

from tests.model.random_encoders import m2m100, padded, recorder

LENGTHS = (17, 9, 12, 3, 16)


@torch.inference_mode()
def test_logits_and_hidden_states_are_the_references() -> None:
    """Pre-norm layers, the norm behind them, and positions that count from 2 agree."""
    checkpoint = m2m100()
    model = checkpoint.load()
    source, mask = padded(LENGTHS, 1)
    target = torch.cat((torch.full((5, 1), 2), padded((11,) * 5, 1)[0]), dim=1)
    theirs = checkpoint.reference(
        input_ids=source, attention_mask=mask.long(), decoder_input_ids=target, output_hidden_states=True
    )
    found: dict[str, Tensor] = {}
    assert torch.allclose(model(source, target, mask, taps=recorder(found)), theirs.logits, atol=1e-4)
    for side, hidden in (
        ("encoder", theirs.encoder_hidden_states),
        ("decoder", theirs.decoder_hidden_states),
    ):
        seen = mask if side == "encoder" else torch.ones_like(target, dtype=torch.bool)
        assert torch.allclose(found[f"{side}.layers.0.hidden"][seen], hidden[1][seen], atol=1e-4)
        assert torch.allclose(found[f"{side}.norm"][seen], hidden[-1][seen], atol=1e-4)


def test_positions_are_fairseqs() -> None:
    """The first position is 2, and the slowest component turns 10,000 times as slowly as the first."""
    model = m2m100().load()
    vectors = model.positions.at(0, 2, torch.device("cpu"), torch.float32)
    assert torch.allclose(vectors[0, 0], torch.tensor(2.0).sin())
    assert torch.allclose(vectors[1, 15], torch.tensor(3.0 / 10_000).sin())
