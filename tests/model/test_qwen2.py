"""Qwen2 and Qwen2.5 against the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llama_demo.errors import CheckpointError
from llama_demo.model.qwen2 import QwenConfig
from tests.model.decoders import CHECKS
from tests.model.random_decoders import SIZES, Reference, Variant

VARIANTS = {
    "Qwen2 and 2.5, from 7B on": Variant("Qwen2ForCausalLM", {}),
    "Qwen2 and 2.5, up to 3B, tied": Variant("Qwen2ForCausalLM", {"tie_word_embeddings": True}),
    "windows in the upper layers": Variant(
        "Qwen2ForCausalLM", {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1}
    ),
}


@pytest.fixture(scope="module", params=VARIANTS)
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(VARIANTS[request.param], tmp_path_factory.mktemp("qwen2"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_computes_what_the_reference_computes(
    reference: Reference, check: Callable[[Reference], None]
) -> None:
    """Biases and windows must be where the reference has them."""
    check(reference)


def test_windows_are_read_in_both_spellings() -> None:
    """Older files name the first layer with a window, newer ones list the kind of every layer."""
    old = {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 2}
    new = {**old, "max_window_layers": None}
    new["layer_types"] = ["full_attention", "full_attention", "sliding_attention"]  # type: ignore[assignment]
    expected = (None, None, 9)
    assert QwenConfig.from_json({**SIZES, **old, "num_hidden_layers": 3}).windows == expected
    assert QwenConfig.from_json({**SIZES, **new, "num_hidden_layers": 3}).windows == expected


def test_a_window_that_is_switched_off_is_none() -> None:
    """Released checkpoints name a window and say that it is not used."""
    config = {**SIZES, "use_sliding_window": False, "sliding_window": 9, "max_window_layers": 0}
    assert QwenConfig.from_json(config).windows == (None, None)


@pytest.mark.parametrize("kinds", [["full_attention"], ["linear_attention"] * 2])
def test_other_kinds_of_layers_are_refused(kinds: list[str]) -> None:
    """A layer that is not built here must not be taken for one that is."""
    with pytest.raises(CheckpointError) as caught:
        QwenConfig.from_json({**SIZES, "layer_types": kinds})
    assert caught.value.key == "config_unsupported"
