"""Mistral against the reference, with windows shorter and longer than the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from llama_demo.errors import CheckpointError
from llama_demo.model.mistral import Mistral, MistralConfig
from tests.model.decoders import CHECKS, load
from tests.model.random_decoders import SIZES, Reference, Variant

VARIANTS = {
    "Mistral 0.1, a window shorter than the text": Variant("MistralForCausalLM", {"sliding_window": 9}),
    "Mistral 0.2 and 0.3, no window": Variant("MistralForCausalLM", {"sliding_window": None}),
    "a window longer than the text": Variant("MistralForCausalLM", {"sliding_window": 300}),
}


@pytest.fixture(scope="module", params=VARIANTS)
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(VARIANTS[request.param], tmp_path_factory.mktemp("mistral"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_computes_what_the_reference_computes(
    reference: Reference, check: Callable[[Reference], None]
) -> None:
    """The window must cut where the reference cuts, in a whole pass, behind a cache and in chunks."""
    check(reference)


@torch.inference_mode()
def test_the_window_limits_what_is_kept(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A long text must not cost a short window more memory than two windows."""
    made = Reference(VARIANTS["Mistral 0.1, a window shorter than the text"], tmp_path_factory.mktemp("m"))
    model = load(made)
    cache = model.new_cache(500)
    assert all(layer.keys.size(2) == 18 for layer in cache.layers)
    ids = torch.randint(0, SIZES["vocab_size"], (1, 500))
    parts = [model(chunk, cache) for chunk in torch.split(ids, [1, 17, 9, 8, 300, 1, 1, 100, 63], dim=1)]
    assert (torch.cat(parts, dim=1) - model(ids)).abs().max() < 1e-4
    assert cache.length == 500


def test_a_window_of_one_token_sees_itself_alone() -> None:
    """The narrowest window leaves nothing to keep, which must not be read as keeping everything."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 31, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 8}
    config = MistralConfig(**sizes, **heads, max_position_embeddings=32, sliding_window=1)  # type: ignore[arg-type]
    model = Mistral(config).eval()
    cache = model.new_cache(8)
    with torch.inference_mode():
        model(torch.tensor([[1, 2, 3]]), cache)
        behind = model(torch.tensor([[7]]), cache)
        alone = model(torch.tensor([[7]]))
    assert torch.allclose(behind, alone, atol=1e-5)


@pytest.mark.parametrize("window", [0, -4, "wide", 2**30])
def test_an_absurd_window_is_refused(window: object) -> None:
    """A damaged config.json is refused by name and value."""
    with pytest.raises(CheckpointError) as caught:
        MistralConfig.from_json({**SIZES, "head_dim": 12, "sliding_window": window})
    assert caught.value.values["name"] == "sliding_window"
