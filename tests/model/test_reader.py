"""The bundled reader's network: what it is told of shared words, padding, distances, and its folder."""

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
from llama_demo.model.reader import FEATURES, REACHES, OverlapReader, ReaderConfig, overlap_features

CPU = torch.device("cpu")
CONFIG = ReaderConfig(
    vocab_size=50,
    encoder=StackConfig(layers=2, width=32, heads=4, mlp_width=48, activation="gelu"),
    max_position_embeddings=40,
)
# A mark, the question 7 8 9, a mark, the passage, a mark.
IDS = torch.tensor([[2, 7, 8, 9, 3, 10, 7, 8, 11, 12, 9, 3]])
TYPES = torch.tensor([[0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]])
RARITY = torch.tensor([0.0, 0.0, 0.0, 0.0] + [0.5] * 46)


@pytest.fixture(scope="module")
def model() -> OverlapReader:
    torch.manual_seed(3)
    model = OverlapReader(CONFIG).eval()
    with torch.no_grad():
        model.rarity.copy_(RARITY)
        model.overlap.weight.normal_(std=0.5)
    return model


def features() -> dict[str, torch.Tensor]:
    vectors = torch.nn.functional.one_hot(IDS, 50).float()
    found = overlap_features(IDS, TYPES, RARITY[IDS], vectors)
    assert found.shape == (1, 12, FEATURES)
    names = ["shared", "rare", "paired", "cosine", "rarity", *(f"near {reach}" for reach in REACHES)]
    return dict(zip(names, found[0].T, strict=True))


def test_words_that_both_texts_have_are_told() -> None:
    """Marks share nothing, though both texts have them; pairs are words beside the same neighbour."""
    found = features()
    assert found["shared"].tolist() == [0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 0]
    assert found["paired"].tolist() == [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    assert torch.equal(found["rare"], found["shared"] * 0.5)
    assert torch.allclose(found["cosine"], found["shared"])  # these vectors are alike only if equal
    assert found["rarity"][0] == found["rarity"][4] == 0


def test_nearness_is_the_share_of_the_question_around_a_token() -> None:
    """All of the question occurs within four tokens of place 8, two thirds of it within four of place 5."""
    near = features()[f"near {REACHES[0]}"]
    assert near[8].item() == pytest.approx(1.0)
    assert near[5].item() == pytest.approx(2 / 3)
    assert near[:5].abs().max() == 0


@torch.inference_mode()
def test_padding_changes_nothing(model: OverlapReader) -> None:
    """A short question beside a long one gets the logits that it gets alone."""
    alone = model(IDS, None, TYPES)
    ids, types = (torch.cat((each, torch.zeros(1, 6, dtype=torch.long)), dim=1) for each in (IDS, TYPES))
    mask = torch.arange(18)[None] < 12
    long = torch.randint(4, 50, (1, 18))
    batch = model(
        torch.cat((ids, long)),
        torch.cat((mask, torch.ones_like(mask))),
        torch.cat((types, (torch.arange(18)[None] > 5).long())),
    )
    assert torch.allclose(batch[:1, :12], alone, atol=1e-5)


@torch.inference_mode()
def test_order_matters(model: OverlapReader) -> None:
    """Rotary positions tell a passage from the same words in another order."""
    ids = IDS.clone()
    ids[0, 8], ids[0, 9] = IDS[0, 9], IDS[0, 8]
    assert not torch.allclose(model(ids, None, TYPES)[0, 5], model(IDS, None, TYPES)[0, 5], atol=1e-4)


@torch.inference_mode()
def test_the_bias_moves_the_score_of_no_answer_alone(model: OverlapReader) -> None:
    """What was measured after training is part of the folder's configuration."""
    other = OverlapReader(replace(CONFIG, no_answer_bias=3.0)).eval()
    other.load_state_dict(model.state_dict())
    difference = other(IDS, None, TYPES) - model(IDS, None, TYPES)
    assert difference[0, 0].sum().item() == pytest.approx(3.0, abs=1e-4)
    assert difference[0, 1:].abs().max() < 1e-5


@torch.inference_mode()
def test_taps_see_the_rows_of_attention(model: OverlapReader) -> None:
    """Looking inside changes nothing that comes out."""
    seen: dict[str, torch.Tensor] = {}

    def look(name: str, tensor: torch.Tensor) -> torch.Tensor:
        seen[name] = tensor
        return tensor

    assert torch.allclose(model(IDS, None, TYPES, taps=look), model(IDS, None, TYPES), atol=1e-5)
    assert seen["overlap"].shape == (1, 12, FEATURES)
    assert seen["layers.1.attention.rows"].shape == (1, 4, 12, 12)
    assert torch.allclose(seen["layers.0.attention.rows"].sum(-1), torch.ones(1, 4, 12))


def test_a_folder_is_loaded_strictly(tmp_path: Path, model: OverlapReader) -> None:
    """Every tensor is needed and no other is taken; configuration and logits come back."""
    tensors = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    config = replace(CONFIG, no_answer_bias=-0.5)
    (tmp_path / "config.json").write_text(json.dumps(config.to_json()))
    save_file(tensors, tmp_path / "model.safetensors")
    loaded = load_model(tmp_path, OverlapReader, device=CPU, dtype=torch.float32).model
    assert loaded.config == config
    with torch.inference_mode():
        expected = model(IDS, None, TYPES)
        assert torch.allclose(loaded(IDS, None, TYPES)[0, 1:], expected[0, 1:], atol=1e-6)
    for changed in (
        {name: tensor for name, tensor in tensors.items() if name != "rarity"},
        {**tensors, "extra": torch.zeros(1)},
        {**tensors, "overlap.weight": torch.zeros(32, FEATURES + 1)},
    ):
        save_file(changed, tmp_path / "model.safetensors")
        with pytest.raises(CheckpointError) as caught:
            load_model(tmp_path, OverlapReader, device=CPU, dtype=torch.float32)
        assert caught.value.key == "weights_misfit"


@pytest.mark.parametrize("change", [{"hidden_size": 33}, {"vocab_size": None}, {"no_answer_bias": "much"}])
def test_damaged_configurations_are_refused(change: dict[str, object]) -> None:
    """An error that names the entry, before anything is allocated."""
    with pytest.raises(CheckpointError):
        ReaderConfig.from_json({**CONFIG.to_json(), **change})


def test_gradients_reach_everything_but_the_rarities(model: OverlapReader) -> None:
    """It is trained as it is run."""
    fresh = OverlapReader(CONFIG)
    fresh(IDS, None, TYPES).square().sum().backward()
    without = [name for name, parameter in fresh.named_parameters() if parameter.grad is None]
    assert without == ["rarity"]
