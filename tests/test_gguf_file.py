"""Headers of GGUF files, which may be damaged or lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import parts_of, read_gguf
from llama_demo.hub.local import in_folder
from llama_demo.model.families import family_of
from llama_demo.model_config import read_config
from llama_demo.services.model_folders import describe
from llama_demo.tasks.language_model import load_language_model
from tests.conftest import GENERATOR
from tests.gguf_files import write_gguf

NUMBERS: dict[str, Any] = {
    "block_count": 1,
    "context_length": 64,
    "embedding_length": 32,
    "feed_forward_length": 32,
    "attention.head_count": 4,
    "attention.head_count_kv": 2,
    "attention.layer_norm_rms_epsilon": 1e-5,
}


def small_file(path: Path, *, architecture: str = "llama", kind: str = "F32", **entries: Any) -> Path:
    """A header with some of every kind of value, and two tensors."""
    writer = gguf.GGUFWriter(path, architecture)
    for key, value in {**NUMBERS, **entries}.items():
        key = key if "." in key and key.startswith(("split", "general")) else f"{architecture}.{key}"
        adders = {
            bool: writer.add_bool,
            int: writer.add_uint32,
            float: writer.add_float32,
            str: writer.add_string,
        }
        adders[type(value)](key, value)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(["<unk>", "<s>", "</s>", "▁a"])
    writer.add_token_scores([0.0, 0.0, 0.0, -1.0])
    packing = gguf.GGMLQuantizationType[kind]
    rows = np.zeros((4, 32), np.float32)
    try:
        writer.add_tensor("token_embd.weight", gguf.quantize(rows, packing), raw_dtype=packing)
    except (NotImplementedError, gguf.QuantError):
        row = np.zeros((4, gguf.GGML_QUANT_SIZES[packing][1]), np.uint8)
        writer.add_tensor("token_embd.weight", row, raw_dtype=packing)
    writer.add_tensor("output_norm.weight", np.ones(32, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def refused(path: Path) -> str:
    """The key of the error, or nothing if the file is read."""
    try:
        family_of(read_config(path)).config(read_config(path))
    except CheckpointError as error:
        return error.key
    return ""


def test_what_the_header_says_is_read(tmp_path: Path) -> None:
    """Shapes have rows first, and long lists are read when they are asked for."""
    file = read_gguf(small_file(tmp_path / "model.gguf"))
    assert file.architecture == "llama"
    assert file.array("tokenizer.ggml.tokens") == ["<unk>", "<s>", "</s>", "▁a"]
    assert file.array("tokenizer.ggml.scores") == [0.0, 0.0, 0.0, -1.0]
    assert file.tensors["token_embd.weight"].shape == (4, 32)
    config = read_config(file.path)
    assert (config["vocab_size"], config["tie_word_embeddings"]) == (4, True)


def test_a_file_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    """Wherever a download broke off, in the header or in the weights."""
    path = small_file(tmp_path / "model.gguf")
    whole = path.read_bytes()
    for end in (*range(0, 900, 7), len(whole) - 40):
        path = tmp_path / f"{end}.gguf"
        path.write_bytes(whole[:end])
        assert refused(path) == "file_broken", end


@pytest.mark.parametrize("lie", [2**64 - 1, 2**40, 10**6, 0])
def test_counts_lengths_and_places_that_lie_do_no_harm(tmp_path: Path, lie: int) -> None:
    """Whatever number stands wherever: a message for people, or a file that says something else."""
    path = small_file(tmp_path / "model.gguf")
    whole = bytearray(path.read_bytes())
    header = whole.index(b"output_norm.weight") + 60
    for place in range(4, header, 7):
        lying = whole.copy()
        lying[place : place + 8] = lie.to_bytes(8, "little")
        path.write_bytes(lying)
        os.utime(path, ns=(place, place))  # or it would be taken for the file that was read before
        refused(path)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "too early"),
        (b"PK\x03\x04 and more of a zip archive", "not a GGUF"),
        (b"GGUF" + (1).to_bytes(4, "little") + bytes(64), "version"),
        (b"GGUF" + (3).to_bytes(4, "big") + bytes(64), "version"),
        (b"GGUF" + (3).to_bytes(4, "little") + b"\xff" * 16, "tensors"),
    ],
)
def test_another_file_is_told(tmp_path: Path, content: bytes, detail: str) -> None:
    """An ending does not make a file a model."""
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(CheckpointError) as caught:
        read_gguf(path)
    assert caught.value.key == "file_broken"
    assert detail in str(caught.value.values["detail"])


@pytest.mark.parametrize(
    ("options", "key"),
    [
        ({"architecture": "mamba"}, "family_unknown"),
        ({"kind": "TQ1_0"}, "gguf_packing"),
        ({"kind": "IQ1_S"}, "gguf_packing"),
        ({"expert_count": 8}, "config_unsupported"),
        ({"attention.causal": False}, "config_unsupported"),
        ({"rope.scaling.type": "spiral"}, "config_unsupported"),
        ({"attention.head_count": 0}, "config_value"),
        ({"embedding_length": "wide"}, "config_broken"),
        ({"block_count": 2**31}, "config_value"),
        ({"split.count": 3}, "gguf_split"),
    ],
    ids=str,
)
def test_what_is_not_supported_is_named(tmp_path: Path, options: dict[str, Any], key: str) -> None:
    """The answer comes from the header, before a weight is read."""
    assert refused(small_file(tmp_path / "model.gguf", **options)) == key


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Reading one may never end."""
    os.mkfifo(tmp_path / "model.gguf")
    with pytest.raises(CheckpointError):
        read_config(tmp_path / "model.gguf")


def test_a_split_model_is_read_by_its_first_part(tmp_path: Path) -> None:
    """It has the tensors and the text of the same model in one file; a part that is missing is named."""
    whole = write_gguf(GENERATOR, tmp_path / "whole.gguf", packing="Q8_0")
    first = write_gguf(GENERATOR, tmp_path / "Mine.gguf", packing="Q8_0", tensors_a_part=20)
    parts = parts_of(first)
    assert len(parts) > 2
    assert all(part.exists() for part in parts)
    found, expected = read_gguf(first), read_gguf(whole)
    assert {t.name: (t.shape, t.kind) for t in found.tensors.values()} == {
        t.name: (t.shape, t.kind) for t in expected.tensors.values()
    }
    entry = describe(first, bundled=False)
    assert (entry.name, entry.parameters) == ("Mine", describe(whole, bundled=False).parameters)
    assert entry.bytes == sum(part.stat().st_size for part in parts)
    ours, theirs = (load_language_model(path, device="cpu") for path in (first, whole))
    for (name, own), (_, other) in zip(
        ours.engine.model.named_parameters(), theirs.engine.model.named_parameters(), strict=True
    ):
        assert own.equal(other), name
    assert [one.folder for one in in_folder(tmp_path)] == [first, whole]
    assert refused(parts[1]) == "gguf_split"
    parts[2].write_bytes(parts[2].read_bytes()[:-1])
    assert refused(first) == "file_broken"
    parts[2].write_bytes(parts[1].read_bytes())
    assert refused(first) == "file_broken"
    parts[2].unlink()
    assert refused(first) == "file_missing"
