"""Checkpoints of all ages load under the names that their tensors have, and compute what they should."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from llama_demo.engine.checkpoint import load_model, stored_bytes
from llama_demo.errors import CheckpointError
from tests.model.random_decoders import Reference, Variant
from tests.model.random_encoders import Checkpoint, encoder, m2m100, marian, padded

WEIGHTS = "model.safetensors"
Change = Callable[[dict[str, Tensor]], dict[str, Tensor]]


def old(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """As TensorFlow called them."""
    names = {"LayerNorm.weight": "LayerNorm.gamma", "LayerNorm.bias": "LayerNorm.beta"}
    return {renamed(name, names): tensor for name, tensor in tensors.items()}


def renamed(name: str, names: dict[str, str]) -> str:
    for before, after in names.items():
        name = name.replace(before, after)
    return name


def bare(*prefixes: str) -> Change:
    """Without the name of the network below the head."""

    def change(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        return {renamed(name, dict.fromkeys(prefixes, "")): tensor for name, tensor in tensors.items()}

    return change


def with_tables(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """With what was once saved along."""
    prefix = next(iter(tensors)).partition("embeddings.")[0]
    return tensors | {f"{prefix}embeddings.position_ids": torch.arange(66)[None]}


def without(*names: str) -> Change:
    return lambda tensors: {name: tensor for name, tensor in tensors.items() if name not in names}


def moved(source: str, *targets: str, kept: bool = False) -> Change:
    """One matrix under other names, and under its own if it is kept."""

    def change(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        copies = {name: tensors[source].clone() for name in targets}
        return copies | {name: tensor for name, tensor in tensors.items() if kept or name != source}

    return change


def both(first: Change, second: Change) -> Change:
    return lambda tensors: second(first(tensors))


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Path, Change], Path]:
    def write(folder: Path, change: Change) -> Path:
        copy = Path(shutil.copytree(folder, tmp_path / "model"))
        tensors = change(load_file(copy / WEIGHTS))
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, copy / WEIGHTS)
        return copy

    return write


def load(folder: Path) -> Any:
    return load_model(folder, nn.Module, device=torch.device("cpu"), dtype=torch.float32).model


@pytest.mark.parametrize("change", [old, both(old, with_tables), both(old, bare("bert.", "roberta."))])
@pytest.mark.parametrize(
    "architecture", ["BertModel", "XLMRobertaModel", "BertForMaskedLM", "BertForQuestionAnswering"]
)
@torch.inference_mode()
def test_encoders_of_old_names(
    architecture: str, change: Change, changed: Callable[[Path, Change], Path]
) -> None:
    """Norms called gamma and beta are the same norms; a prefix and a table of positions decide nothing."""
    checkpoint = encoder(architecture)
    folder = changed(checkpoint.folder, change)
    ids, mask = padded((17, 9, 12), checkpoint.reference.config.pad_token_id)
    ours = load(folder)(ids, mask)[mask]
    reference = getattr(transformers, architecture.replace("ForMaskedLM", "Model"))
    theirs = reference.from_pretrained(folder).eval()(input_ids=ids, attention_mask=mask.long())
    if architecture.endswith("Answering"):
        expected = torch.stack((theirs.start_logits, theirs.end_logits), -1)[mask]
    else:
        expected = theirs.last_hidden_state[mask]
    assert torch.allclose(ours, expected, atol=1e-4)


SHARED, HEAD = "model.shared.weight", "lm_head.weight"
INPUT, OUTPUT = "model.encoder.embed_tokens.weight", "model.decoder.embed_tokens.weight"
TRANSLATORS = {
    "the matrix under all names": moved(SHARED, INPUT, OUTPUT, HEAD, kept=True),
    "the matrix of the head alone": moved(SHARED, HEAD),
    "the matrix of both embeddings": moved(SHARED, INPUT, OUTPUT),
    "without the network's name": bare("model."),
    "a version": lambda tensors: tensors | {"model.encoder.version": torch.ones(1)},
}


@pytest.mark.parametrize("change", TRANSLATORS.values(), ids=TRANSLATORS)
@pytest.mark.parametrize("family", [marian, m2m100])
@torch.inference_mode()
def test_translators_of_other_names(
    family: Callable[[], Checkpoint], change: Change, changed: Callable[[Path, Change], Path]
) -> None:
    """A matrix that three parts share is stored once under any of their names, or several times."""
    checkpoint = family()
    folder = changed(checkpoint.folder, change)
    source, mask = padded((9, 5), checkpoint.reference.config.pad_token_id)
    target = padded((4, 4), checkpoint.reference.config.pad_token_id)[0]
    theirs = checkpoint.reference(input_ids=source, attention_mask=mask.long(), decoder_input_ids=target)
    assert torch.allclose(load(folder)(source, target, mask), theirs.logits, atol=1e-4)


@torch.inference_mode()
def test_a_bias_that_is_missing_is_zero(changed: Callable[[Path, Change], Path]) -> None:
    """The reference takes Marian's bias of the logits as zero where a folder lacks it."""
    folder = changed(marian().folder, without("final_logits_bias"))
    source, mask = padded((9, 5), 198)
    theirs = transformers.MarianMTModel.from_pretrained(folder).eval()
    expected = theirs(input_ids=source, attention_mask=mask.long(), decoder_input_ids=source).logits
    assert torch.allclose(load(folder)(source, source, mask), expected, atol=1e-4)


@pytest.mark.parametrize("tied", [True, False])
@torch.inference_mode()
def test_decoders_of_other_names(
    tmp_path: Path, changed: Callable[[Path, Change], Path], *, tied: bool
) -> None:
    """Without the network's name before its layers; with the tied matrix under the name of the head."""
    made = Reference(Variant("LlamaForCausalLM", {"tie_word_embeddings": tied}), tmp_path / "made")
    change = moved("model.embed_tokens.weight", HEAD) if tied else bare("model.")
    assert torch.allclose(load(changed(made.folder, change))(made.ids), made.output.logits, atol=1e-4)


def test_two_tensors_of_one_name_are_refused(changed: Callable[[Path, Change], Path]) -> None:
    """A folder that holds both spellings of a norm with different numbers is no checkpoint of either."""
    name = "encoder.layer.0.output.LayerNorm."
    extra = {f"{name}gamma": torch.full((48,), 7.0), f"{name}delta": torch.ones(48)}
    folder = changed(encoder("BertModel").folder, lambda tensors: tensors | extra)
    with pytest.raises(CheckpointError) as caught:
        load(folder)
    told = str(caught.value.values["misfits"])
    assert caught.value.values["count"] == 2
    assert (
        f"{name}gamma: differs from {name}weight" in told or f"{name}weight: differs from {name}gamma" in told
    )
    assert f"{name}delta: not expected" in told


def test_only_the_bytes_that_the_index_names_count(tmp_path: Path) -> None:
    """A folder may hold the same weights twice, whole and in parts; what is loaded is what counts."""
    folder = Path(shutil.copytree(encoder("BertModel").folder, tmp_path / "model"))
    size = (folder / WEIGHTS).stat().st_size
    assert stored_bytes(folder) == size
    shutil.copy(folder / WEIGHTS, folder / "model-00001-of-00001.safetensors")
    assert stored_bytes(folder) == size
    names = dict.fromkeys(load_file(folder / WEIGHTS), "model-00001-of-00001.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes() + b"0" * 100)
    assert stored_bytes(folder) == size
    assert load_model(folder, nn.Module, device=torch.device("cpu"), dtype=torch.float32).bytes == size
