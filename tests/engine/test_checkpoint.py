"""Loading model folders: strictly, in every precision, with a clear word for each thing that is wrong."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model
from llama_demo.engine.export import export_model
from llama_demo.errors import CheckpointError
from llama_demo.model.families import FAMILIES
from llama_demo.model.llama import Llama, checkpoint_parts
from llama_demo.model.llama_config import LlamaConfig
from llama_demo.model.rope_scaling import RopeScaling
from tests.model.random_decoders import Reference, Variant

CPU = torch.device("cpu")
WEIGHTS, CONFIG, INDEX = "model.safetensors", "config.json", "model.safetensors.index.json"
STRETCH = {
    "factor": 8.0,
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 64,
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    return Reference(Variant("LlamaForCausalLM", {}), tmp_path_factory.mktemp("whole"))


@pytest.fixture
def folder(whole: Reference, tmp_path: Path) -> Path:
    """A sound folder, to be damaged."""
    return Path(shutil.copytree(whole.folder, tmp_path / "model"))


def load(folder: Path, dtype: torch.dtype = torch.float32) -> Llama:
    return load_model(folder, Llama, device=CPU, dtype=dtype).model


def refusal(folder: Path, **options: Any) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        load(folder, **options)
    return caught.value


def configure(folder: Path, **changes: Any) -> None:
    config = json.loads((folder / CONFIG).read_text())
    config = {name: value for name, value in {**config, **changes}.items() if value is not ...}
    (folder / CONFIG).write_text(json.dumps(config))


def rewrite(folder: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS)


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """A download that was broken off lacks a file: the message says which."""
    (folder / name).unlink()
    error = refusal(folder)
    assert (error.key, error.values["file"]) == ("file_missing", name)


@pytest.mark.parametrize("keep", [0, 5, 200, 0.5, -1])
def test_a_file_that_was_cut_off_is_refused(folder: Path, keep: float) -> None:
    """Half a weight file must never be filled up with what happens to be in memory."""
    content = (folder / WEIGHTS).read_bytes()
    size = int(len(content) * keep) if isinstance(keep, float) else keep
    (folder / WEIGHTS).write_bytes(content[:size])
    error = refusal(folder)
    assert (error.key, error.values["file"]) == ("file_broken", WEIGHTS)


@pytest.mark.parametrize("text", ["", "{", "[1]", '"llama"', "[" * 100_000])
def test_a_configuration_that_is_none_is_refused(folder: Path, text: str) -> None:
    """A damaged config.json is refused by name, however it is damaged."""
    (folder / CONFIG).write_text(text)
    error = refusal(folder)
    assert (error.key, error.values["file"]) == ("file_broken", CONFIG)


def test_all_misfits_come_in_one_message(folder: Path) -> None:
    """Whoever repairs a folder wants to know everything that is wrong, not the first thing."""

    def damage(tensors: dict[str, Tensor]) -> None:
        del tensors["model.layers.1.mlp.up_proj.weight"]
        tensors["model.norm.weight"] = torch.ones(7)
        tensors["model.layers.0.self_attn.q_proj.bias"] = torch.ones(48)
        tensors["lm_head.weight"] = torch.ones(131, 48, dtype=torch.int8)

    rewrite(folder, damage)
    error = refusal(folder)
    assert (error.key, error.values["count"]) == ("weights_misfit", 4)
    told = str(error.values["misfits"])
    assert "model.layers.1.mlp.up_proj.weight: missing" in told
    assert "model.norm.weight: shape [7], should be [48]" in told
    assert "model.layers.0.self_attn.q_proj.bias: not expected" in told
    assert "lm_head.weight: not stored as floating-point numbers" in told


@pytest.mark.parametrize("suffix", ["pytorch_model.bin", "consolidated.00.pth", "model.pt"])
def test_pickled_weights_are_refused_with_the_reason(folder: Path, suffix: str) -> None:
    """A pickle file can run code when it is opened, so it is not opened."""
    (folder / WEIGHTS).rename(folder / suffix)
    assert refusal(folder).key == "weights_pickled"


@pytest.mark.parametrize(
    "name", ["../other/model.safetensors", "/etc/passwd", "sub/model.safetensors", "x.bin", 7]
)
def test_an_index_names_weight_files_of_its_own_folder_only(folder: Path, name: object) -> None:
    """An index written by a stranger must not reach other files of this machine."""
    (folder / INDEX).write_text(json.dumps({"weight_map": {"lm_head.weight": name}}))
    error = refusal(folder)
    assert (error.key, error.values["file"]) == ("file_broken", INDEX)


def test_an_index_whose_file_is_missing_is_refused(folder: Path) -> None:
    """One of many files did not arrive: the message names it."""
    name = "model-00002-of-00002.safetensors"
    (folder / INDEX).write_text(json.dumps({"weight_map": {"a": WEIGHTS, "b": name}}))
    error = refusal(folder)
    assert (error.key, error.values["file"]) == ("file_missing", name)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"hidden_size": 2**40}, "config_value"),
        ({"hidden_size": -48}, "config_value"),
        ({"hidden_size": "48"}, "config_value"),
        ({"num_hidden_layers": 10**9}, "config_value"),
        ({"vocab_size": 10**12}, "config_value"),
        ({"vocab_size": ...}, "config_missing"),
        ({"num_attention_heads": 0}, "config_value"),
        ({"num_attention_heads": None}, "config_broken"),
        ({"num_key_value_heads": 3}, "config_heads"),
        ({"head_dim": 7}, "config_value"),
        ({"vocab_size": 1_000_000, "hidden_size": 65_536, "head_dim": 16}, "weights_misfit"),
        ({"hidden_act": "gelu"}, "config_unsupported"),
        ({"attention_bias": True}, "weights_misfit"),
        ({"rope_parameters": {"rope_type": "proportional", "factor": 4.0}}, "config_unsupported"),
        ({"rope_parameters": {"rope_type": "yarn", "factor": -4.0}}, "config_value"),
        ({"rope_parameters": {"rope_type": "linear"}}, "config_missing"),
        (
            {"rope_parameters": {"rope_type": "longrope", "short_factor": [1], "long_factor": []}},
            "config_broken",
        ),
        ({"partial_rotary_factor": 0.01}, "config_value"),
        ({"rope_parameters": {"rope_type": "llama3", "factor": 4.0}}, "config_missing"),
        ({"rope_parameters": "fast"}, "config_broken"),
        ({"rms_norm_eps": "small"}, "config_broken"),
        ({"rms_norm_eps": float("nan")}, "config_value"),
        ({"rope_parameters": {"rope_theta": 0}}, "config_value"),
        ({"rope_parameters": {**STRETCH, "rope_type": "llama3", "factor": 0}}, "config_value"),
        ({"rope_parameters": {**STRETCH, "rope_type": "llama3", "high_freq_factor": 1}}, "config_value"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantized_unsupported"),
        ({"quantization_config": {"load_in_4bit": True}}, "quantized_unsupported"),
        ({"compression_config": {"quant_method": "compressed-tensors"}}, "quantized_unsupported"),
    ],
)
def test_an_absurd_configuration_is_refused_before_anything_is_allocated(
    folder: Path, changes: dict[str, Any], key: str
) -> None:
    """A hostile config.json must not be able to ask for more memory than there is."""
    configure(folder, **changes)
    assert refusal(folder).key == key


@pytest.mark.parametrize("value", ["gpt_oss", None, 7, ...])
def test_an_unknown_family_is_told_which_are_known(folder: Path, value: object) -> None:
    """Whoever brings another kind of model is told what would work."""
    configure(folder, model_type=value)
    error = refusal(folder)
    assert error.key == "family_unknown"
    assert all(name in str(error.values["supported"]) for name in FAMILIES)


def test_a_network_for_another_use_is_refused(folder: Path) -> None:
    """A task that needs an encoder must not be handed a decoder."""
    with pytest.raises(CheckpointError) as caught:
        load_model(folder, nn.Embedding, device=CPU, dtype=torch.float32)
    assert caught.value.key == "family_other_use"


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16], ids=str)
def test_weights_that_are_no_numbers_are_refused(folder: Path, number: float, dtype: torch.dtype) -> None:
    """One NaN makes every answer nonsense without any error, so it is looked for."""
    name = "model.layers.1.self_attn.k_proj.weight"
    rewrite(folder, lambda tensors: tensors[name].view(-1)[100:101].fill_(number))
    error = refusal(folder, dtype=dtype)
    assert (error.key, error.values["name"]) == ("weights_not_finite", name)


def test_weights_beyond_float16_are_refused_there_and_nowhere_else(folder: Path) -> None:
    """In float16 a weight of 100,000 would silently become infinite."""
    rewrite(folder, lambda tensors: tensors["model.norm.weight"][3:4].fill_(100_000.0))
    assert refusal(folder, dtype=torch.float16).key == "weights_overflow"
    load(folder, torch.bfloat16)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize(
    "stored", [torch.float32, torch.bfloat16, torch.float16, torch.float64, torch.float8_e4m3fn], ids=str
)
@torch.inference_mode()
def test_every_precision_loads_in_every_other(
    whole: Reference, folder: Path, stored: torch.dtype, dtype: torch.dtype
) -> None:
    """What a file stores and what the model computes in are two choices."""
    rewrite(folder, lambda tensors: tensors.update({name: t.to(stored) for name, t in tensors.items()}))
    model = load(folder, dtype)
    assert {parameter.dtype for parameter in model.parameters()} == {dtype}
    exact = {stored, dtype} <= {torch.float32, torch.float64}
    error = (model(whole.ids).float() - whole.output.logits).abs().max() / whole.output.logits.abs().max()
    assert error < (1e-5 if exact else 0.3 if stored.itemsize == 1 else 0.06)


def test_half_precision_computes_what_the_reference_computes_in_it(whole: Reference, folder: Path) -> None:
    """In bfloat16 the results are as near to the exact ones as the reference's own."""
    theirs = type(whole.model).from_pretrained(folder, dtype=torch.bfloat16)
    with torch.inference_mode():
        exact = whole.output.logits
        ours = (load(folder, torch.bfloat16)(whole.ids).float() - exact).abs().mean()
        assert ours < 1.5 * (theirs(whole.ids).logits.float() - exact).abs().mean()


def old_spelling(folder: Path, **rope: object) -> None:
    configure(folder, rope_parameters=..., rope_theta=500_000.0, rope_scaling=rope or None)


@pytest.mark.parametrize("kind", ["rope_type", "type"])
def test_old_and_new_spelling_mean_the_same(folder: Path, kind: str) -> None:
    """Files written before and after the reference changed its names give one configuration."""
    configure(
        folder, rope_parameters={"rope_theta": 500_000.0, "rope_type": "llama3", **STRETCH}, rope_theta=...
    )
    new = load(folder).config
    old_spelling(folder, **{kind: "llama3"}, **STRETCH)
    assert load(folder).config == new
    old_spelling(folder)
    plain = load(folder).config
    assert (plain.rope_theta, plain.rope_scaling) == (500_000.0, RopeScaling())


def test_a_head_stored_beside_its_tied_embedding_must_equal_it(tmp_path: Path) -> None:
    """Some exports store a tied head as well; one that differs belongs to another configuration."""
    made = Reference(Variant("LlamaForCausalLM", {"tie_word_embeddings": True}), tmp_path)

    def copy_head(tensors: dict[str, Tensor]) -> None:
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()

    rewrite(made.folder, copy_head)
    model = load(made.folder)
    assert model.head.weight is model.embedding.weight
    rewrite(made.folder, lambda tensors: tensors["lm_head.weight"][1, 1:2].add_(1.0))
    assert "lm_head.weight: differs" in str(refusal(made.folder).values["misfits"])


def test_tables_of_older_exports_are_passed_over(folder: Path) -> None:
    """LLaMA 1 and 2 exports hold rotary tables, which are no weights."""
    table = {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(6)}
    rewrite(folder, lambda tensors: tensors.update(table))
    load(folder)


def test_what_is_saved_loads_again_and_in_the_reference(tmp_path: Path) -> None:
    """The folder that training writes is one that everybody can read."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
    config = LlamaConfig(**sizes, **heads, max_position_embeddings=64, tie_word_embeddings=True)
    model = Llama(config).to(torch.bfloat16).eval()
    export_model(model, checkpoint_parts(config), tmp_path, {"config.json": config.to_json()})
    loaded = load_model(tmp_path, Llama, device=CPU, dtype=torch.bfloat16)
    assert loaded.parameters == sum(parameter.numel() for parameter in model.parameters())
    for name, parameter in loaded.model.named_parameters():
        assert torch.equal(parameter, dict(model.named_parameters())[name])


def test_matrices_of_8_bits_lose_little(tmp_path: Path) -> None:
    """Four bits of a number's size are kept, so none is off by more than a sixteenth of itself."""
    torch.manual_seed(0)
    sizes = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 1}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8}
    config = LlamaConfig(**sizes, **heads, max_position_embeddings=64, tie_word_embeddings=True)
    model = Llama(config)
    files = {"config.json": config.to_json()}
    export_model(model, checkpoint_parts(config), tmp_path, files, matrices=torch.float8_e4m3fn)
    loaded = dict(load(tmp_path).named_parameters())
    smallest = 2.0**-9  # steps get no finer than that
    for name, parameter in model.named_parameters():
        off = (parameter - loaded[name]).abs()
        assert (off <= parameter.abs() / 16 + smallest / 2).all(), name
