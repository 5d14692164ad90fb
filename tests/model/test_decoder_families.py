"""The families that differ from LLaMA in a layer, a factor or a norm, against the reference."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from llama_demo.engine.checkpoint import count_parameters
from tests.model.decoders import CHECKS
from tests.model.random_decoders import Reference, Variant
from tests.model.test_llama import DIVISORS

VARIANTS = {
    "Phi-3-mini-4k, a window": Variant("Phi3ForCausalLM", {"sliding_window": 9}),
    "Phi-4-mini, a part of each head turned, LongRoPE": Variant(
        "Phi3ForCausalLM",
        {
            "tie_word_embeddings": True,
            "hidden_size": 64,
            "original_max_position_embeddings": 32,
            "rope_parameters": {
                "rope_type": "longrope",
                "rope_theta": 10_000.0,
                "partial_rotary_factor": 0.75,
                "short_factor": DIVISORS["short_factor"],
                "long_factor": DIVISORS["long_factor"],
            },
        },
    ),
    "OLMo 2": Variant("Olmo2ForCausalLM", {}),
    "SmolLM3, layers without positions": Variant("SmolLM3ForCausalLM", {"no_rope_layers": [0, 1]}),
    "Granite": Variant(
        "GraniteForCausalLM",
        {
            "embedding_multiplier": 12.0,
            "attention_multiplier": 0.05,
            "residual_multiplier": 0.22,
            "logits_scaling": 8.0,
        },
    ),
    "Gemma 2, bounded scores": Variant(
        "Gemma2ForCausalLM",
        {
            "head_dim": 16,
            "sliding_window": 9,
            "query_pre_attn_scalar": 24,
            "attn_logit_softcapping": 3.0,
            "final_logit_softcapping": 2.0,
        },
    ),
    "Gemma 3, two rotations": Variant(
        "Gemma3ForCausalLM",
        {
            "head_dim": 16,
            "sliding_window": 9,
            "query_pre_attn_scalar": 24,
            "num_hidden_layers": 3,
            "layer_types": ["sliding_attention", "full_attention", "sliding_attention"],
            "rope_parameters": {
                "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1_000_000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 10_000.0},
            },
        },
    ),
}


@pytest.fixture(scope="module", params=VARIANTS)
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(VARIANTS[request.param], tmp_path_factory.mktemp("family"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_computes_what_the_reference_computes(
    reference: Reference, check: Callable[[Reference], None]
) -> None:
    """Each family's own norms, factors and positions must be where the reference has them."""
    check(reference)


def test_parameters_are_counted_from_the_configuration(reference: Reference) -> None:
    """The fit of a model is told before it is downloaded."""
    assert count_parameters(reference.folder) == reference.model.num_parameters()
