"""LLaMA against the reference, in every shape that released checkpoints have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F

from llama_demo.engine.checkpoint import load_model
from llama_demo.model import linear
from llama_demo.model.int4 import INT4
from llama_demo.model.llama import Llama, TokenBlock
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.rms_norm import RMSNorm
from tests.model.decoders import CHECKS, load
from tests.model.random_decoders import Reference, Variant

LLAMA3_ROPE = {
    "rope_type": "llama3",
    "rope_theta": 500_000.0,
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
DIVISORS = {
    "short_factor": [1.0, 1.1, 1.3, 1.4, 1.8, 2.5],
    "long_factor": [1.0, 1.5, 2.0, 4.0, 7.0, 9.0],
    "original_max_position_embeddings": 32,
}
VARIANTS = {
    "LLaMA 1 and 2, a key head for each query head": Variant("LlamaForCausalLM", {"num_key_value_heads": 4}),
    "LLaMA 2 70B and TinyLlama, grouped heads": Variant("LlamaForCausalLM", {}),
    "LLaMA 3, a larger rotary base": Variant(
        "LlamaForCausalLM", {"rope_parameters": {"rope_type": "default", "rope_theta": 500_000.0}}
    ),
    "LLaMA 3.1, stretched wavelengths": Variant("LlamaForCausalLM", {"rope_parameters": LLAMA3_ROPE}),
    "LLaMA 3.2, stretched and tied": Variant(
        "LlamaForCausalLM",
        {"rope_parameters": {**LLAMA3_ROPE, "factor": 32.0}, "tie_word_embeddings": True, "head_dim": 16},
    ),
    "SmolLM2, tied, three groups": Variant(
        "LlamaForCausalLM",
        {
            "tie_word_embeddings": True,
            "num_attention_heads": 9,
            "num_key_value_heads": 3,
            "hidden_size": 72,
            "rope_parameters": {"rope_type": "default", "rope_theta": 100_000.0},
        },
    ),
    "one key head for all, heads wider than the layer": Variant(
        "LlamaForCausalLM", {"num_key_value_heads": 1, "head_dim": 32}
    ),
    "biases in attention and feed-forward layers": Variant(
        "LlamaForCausalLM", {"attention_bias": True, "mlp_bias": True}
    ),
    "linear scaling": Variant(
        "LlamaForCausalLM", {"rope_parameters": {"rope_type": "linear", "factor": 4.0}}
    ),
    "dynamic scaling, beyond its context": Variant(
        "LlamaForCausalLM",
        {"rope_parameters": {"rope_type": "dynamic", "factor": 4.0}, "max_position_embeddings": 24},
    ),
    "YaRN": Variant(
        "LlamaForCausalLM",
        {"rope_parameters": {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}},
    ),
    "YaRN, every number given": Variant(
        "LlamaForCausalLM",
        {
            "rope_parameters": {
                "rope_type": "yarn",
                "factor": 16.0,
                "original_max_position_embeddings": 32,
                "beta_fast": 8.0,
                "beta_slow": 0.5,
                "mscale": 1.2,
                "mscale_all_dim": 0.7,
                "truncate": False,
                "rope_theta": 500_000.0,
            }
        },
    ),
    "LongRoPE, beyond its first context": Variant(
        "LlamaForCausalLM", {"rope_parameters": {"rope_type": "longrope", **DIVISORS}}
    ),
    "LongRoPE, within its first context": Variant(
        "LlamaForCausalLM",
        {"rope_parameters": {"rope_type": "longrope", **DIVISORS, "original_max_position_embeddings": 400}},
    ),
    "in many files": Variant("LlamaForCausalLM", {}, shard="40KB"),
}


@pytest.fixture(scope="module", params=VARIANTS)
def reference(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(VARIANTS[request.param], tmp_path_factory.mktemp("llama"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_computes_what_the_reference_computes(
    reference: Reference, check: Callable[[Reference], None]
) -> None:
    """The model core is exact: no variant may differ from the reference in logits, tokens or rows."""
    check(reference)


def test_the_sharded_variant_is_sharded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The variant with many files would prove nothing if it were one."""
    made = Reference(VARIANTS["in many files"], tmp_path_factory.mktemp("sharded"))
    assert len(list(made.folder.glob("*.safetensors"))) > 3


@torch.inference_mode()
@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16, torch.int8, INT4])
def test_a_token_by_itself_takes_the_short_way(reference: Reference, precision: torch.dtype) -> None:
    """Every LLaMA has it: the same logits to the last bit, in each precision, also at a text's beginning."""
    model = load_model(reference.folder, Llama, device=torch.device("cpu"), dtype=precision).model
    assert model._direct_layers is not None
    for read in (0, 20):
        caches = [model.new_cache(24) for _ in range(2)]
        if read:
            for cache in caches:
                model(reference.ids[:1, :read], cache)
        token = reference.ids[:1, read : read + 1]
        (short,) = model.forward_packed([TokenBlock(token, caches[0])])
        assert torch.equal(short, model(token, caches[1])[:, -1])


def test_a_norm_has_the_gradients_of_pytorchs_own() -> None:
    """Its in-place operators disturb no training, not even at zero."""
    torch.manual_seed(0)
    values = torch.randn(3, 5, 16)
    values[1, 2] = 0.0
    norm = RMSNorm(16, 1e-5)
    torch.nn.init.normal_(norm.weight)
    gradients = []
    for compute in (norm, lambda x: F.rms_norm(x, (16,), norm.weight, 1e-5)):
        x = values.clone().requires_grad_()
        compute(x).square().sum().backward()
        assert x.grad is not None
        assert norm.weight.grad is not None
        gradients.append((x.grad, norm.weight.grad))
        norm.weight.grad = None
    for ours, theirs in zip(*gradients, strict=True):
        assert torch.allclose(ours, theirs, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("turned", [range(0), range(2, 49)])
@pytest.mark.parametrize("bias", [False, True])
def test_few_rows_are_multiplied_alike_in_both_ways(
    monkeypatch: pytest.MonkeyPatch, turned: range, bias: bool
) -> None:
    """Which way is faster depends on the processor, the product does not."""
    torch.manual_seed(0)
    monkeypatch.setattr(linear, "turned_rows", lambda: turned)
    layer = linear.Linear(40, 24, bias=bias)
    x = torch.randn(2, 3, 40)
    assert torch.allclose(layer(x), F.linear(x, layer.weight, layer.bias), atol=1e-5)


@torch.inference_mode()
def test_the_last_position_alone_is_the_same(reference: Reference) -> None:
    """Generation asks for one row of logits: it is the last one of all."""
    model = load(reference)
    assert torch.allclose(model(reference.ids, last_only=True)[:, 0], model(reference.ids)[:, -1], atol=1e-5)


@torch.inference_mode()
def test_a_tap_can_edit() -> None:
    """Silencing one head changes what follows it and nothing before it."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 31, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8}
    model = Llama(LlamaConfig(**sizes, **heads, max_position_embeddings=32)).eval()
    ids = torch.arange(6)[None]
    seen: dict[str, torch.Tensor] = {}

    def silence(name: str, tensor: torch.Tensor) -> torch.Tensor:
        seen[name] = tensor
        return torch.zeros_like(tensor) if name == "layers.1.attention.heads" else tensor

    plain: dict[str, torch.Tensor] = {}
    logits = model(ids, taps=lambda name, tensor: plain.setdefault(name, tensor))
    assert not torch.allclose(model(ids, taps=silence), logits)
    assert torch.equal(seen["layers.0.hidden"], plain["layers.0.hidden"])
