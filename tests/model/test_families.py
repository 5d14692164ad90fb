"""The registry of families, and configurations that are damaged in every entry."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from llama_demo.errors import CheckpointError
from llama_demo.model.families import FAMILIES, family_of
from tests.model.random_decoders import SIZES

SCALING = {
    "rope_type": "llama3",
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}
SCALINGS: tuple[dict[str, Any], ...] = (
    SCALING,
    {"rope_type": "linear", "factor": 4.0},
    {"rope_type": "dynamic", "factor": 4.0},
    {
        "rope_type": "yarn",
        "factor": 4.0,
        "beta_fast": 32,
        "mscale": 1.0,
        "mscale_all_dim": 0.5,
        "truncate": True,
    },
    {"rope_type": "longrope", "short_factor": [1.0] * 6, "long_factor": [2.0] * 6, "attention_factor": 1.1},
)
DECODERS: dict[str, dict[str, Any]] = {
    "llama": {
        "hidden_act": "silu",
        "rope_theta": 10_000.0,
        "rope_scaling": SCALING,
        "rms_norm_eps": 1e-5,
        "head_dim": 12,
    },
    "mistral": {"sliding_window": 9, "rope_parameters": {"rope_theta": 1e6, "rope_type": "default"}},
    "qwen2": {"use_sliding_window": True, "sliding_window": 9, "max_window_layers": 1, "layer_types": None},
    "qwen3": {"head_dim": 16, "use_sliding_window": True, "sliding_window": 9, "layer_types": None},
    "phi3": {"sliding_window": 9, "partial_rotary_factor": 0.5, "original_max_position_embeddings": 64},
    "olmo2": {"attention_bias": False},
    "smollm3": {"no_rope_layers": [1, 0], "no_rope_layer_interval": 4, "use_sliding_window": True},
    "granite": {"embedding_multiplier": 12.0, "residual_multiplier": 0.2, "logits_scaling": 8},
    "gemma2": {"head_dim": 16, "query_pre_attn_scalar": 24, "attn_logit_softcapping": 50.0},
    "gemma3_text": {
        "head_dim": 16,
        "sliding_window_pattern": 2,
        "rope_local_base_freq": 10_000.0,
        "rope_parameters": {"full_attention": {"rope_theta": 1e6}, "sliding_attention": {"rope_theta": 1e4}},
    },
}
GARBAGE = (None, True, -1, 0, 1, 3.5, 2**70, float("nan"), float("inf"), "", "x", [], [1], {}, {"a": 1}, [[]])


def read(config: dict[str, Any]) -> Any:
    """The configuration, or ``None`` if it was refused with a message."""
    try:
        return family_of(config).config(config)
    except CheckpointError:
        return None


def check_parts(name: str, shape: Any) -> None:
    """Every parameter has its tensors and every tensor its parameter."""
    with torch.device("meta"):
        made = {key for key, _ in FAMILIES[name].build(shape).named_parameters()}
    assert made == FAMILIES[name].parts(shape).keys()


@pytest.mark.parametrize("name", DECODERS)
def test_no_entry_can_break_more_than_itself(name: str) -> None:
    """Whatever stands in a config.json, it gives a network that can be built or a message for people."""
    sound = {**SIZES, **DECODERS[name], "model_type": name}
    check_parts(name, read(sound))
    shapes = [read({**sound, entry: value}) for entry in sound if entry != "model_type" for value in GARBAGE]
    assert None in shapes
    for shape in shapes:
        if shape is not None and shape.num_hidden_layers < 10:
            check_parts(name, shape)


@pytest.mark.parametrize("scaling", SCALINGS, ids=lambda scaling: scaling["rope_type"])
def test_damage_within_an_entry_is_told(scaling: dict[str, Any]) -> None:
    """The rotary entries are objects of their own, with numbers that can be damaged one by one."""
    sound = {**SIZES, **DECODERS["llama"], "model_type": "llama"}
    assert read({**sound, "rope_scaling": scaling}) is not None
    for entry in scaling:
        for value in GARBAGE:
            shape = read({**sound, "rope_scaling": {**scaling, entry: value}})
            if shape is not None:
                check_parts("llama", shape)


def test_the_message_for_an_unknown_family_lists_the_known() -> None:
    """Whoever brings another kind of model is told what would work."""
    with pytest.raises(CheckpointError) as caught:
        family_of({"model_type": "mamba"})
    assert all(name in str(caught.value.values["supported"]) for name in DECODERS)
