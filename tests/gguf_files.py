"""GGUF files, written from checkpoint folders with the package's writer as llama.cpp's converter writes them.

Rows of LLaMA's queries and keys go into the order of pairs, Llama 3.1's stretched wavelengths become a tensor
of divisors, vectors stay in float32, and the rest is packed as asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import gguf
import sentencepiece
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from llama_demo.model.rope_scaling import Llama3Scaling, plain_frequencies, read_scaling

ARCHITECTURES = {"llama": "llama", "mistral": "llama", "qwen2": "qwen2", "qwen3": "qwen3"}
Kind = gguf.GGMLQuantizationType


def write_gguf(
    folder: Path,
    path: Path,
    *,
    packing: str = "F32",
    pack: Callable[[str, NDArray[Any]], NDArray[Any]] | None = None,
    vocabulary: Callable[[gguf.GGUFWriter], None] | None = None,
    tensors_a_part: int = 0,
) -> Path:
    """Write ``path`` from the checkpoint in ``folder``.

    Args:
        packing: of the matrices.
        pack: packs a matrix of a name; the package does, if it can, unless given.
        vocabulary: adds the entries of the vocabulary; that of the folder's ``tokenizer.model`` unless given.
        tensors_a_part: of a split model, of whose parts the first is returned; 0 for one file.
    """
    config = json.loads((folder / "config.json").read_text())
    architecture = ARCHITECTURES[config["model_type"]]
    writer = gguf.GGUFWriter(path, architecture, split_max_tensors=tensors_a_part)
    _add_numbers(writer, config)
    (vocabulary or (lambda writer: add_sentencepiece(writer, folder)))(writer)
    table = gguf.get_tensor_name_map(
        next(key for key, name in gguf.MODEL_ARCH_NAMES.items() if name == architecture),
        config["num_hidden_layers"],
    )
    tensors = [item for file in sorted(folder.glob("*.safetensors")) for item in load_file(file).items()]
    for name, tensor in tensors:
        if architecture == "llama" and ".q_proj." in name:
            tensor = in_pairs(tensor, config["num_attention_heads"])
        if architecture == "llama" and ".k_proj." in name:
            tensor = in_pairs(tensor, config["num_key_value_heads"])
        theirs = table.get_name(name, try_suffixes=(".weight", ".bias"))
        assert theirs is not None
        numbers, kind = tensor.float().contiguous().numpy(), Kind[packing if tensor.ndim > 1 else "F32"]
        packed = pack(theirs, numbers) if pack and tensor.ndim > 1 else gguf.quantize(numbers, kind)
        writer.add_tensor(theirs, packed, raw_dtype=kind)
    _finish(writer)
    return path if not tensors_a_part else min(path.parent.glob(f"{path.stem}-*-of-*.gguf"))


def in_pairs(tensor: torch.Tensor, heads: int) -> torch.Tensor:
    """The rows of each head in the order 0, D/2, 1, D/2 + 1 ..."""
    rows = tensor.reshape(heads, 2, tensor.shape[0] // heads // 2, *tensor.shape[1:])
    return rows.swapaxes(1, 2).reshape(tensor.shape)


def add_sentencepiece(writer: gguf.GGUFWriter, folder: Path) -> None:
    """The pieces of a ``tokenizer.model``, and what stands beside it."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    ids = range(pieces.get_piece_size())
    kinds = [
        gguf.TokenType.UNKNOWN
        if pieces.is_unknown(i)
        else gguf.TokenType.CONTROL
        if pieces.is_control(i)
        else gguf.TokenType.BYTE
        if pieces.is_byte(i)
        else gguf.TokenType.NORMAL
        for i in ids
    ]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([pieces.id_to_piece(i) for i in ids])
    writer.add_token_scores([pieces.get_score(i) for i in ids])
    writer.add_token_types(kinds)
    writer.add_bos_token_id(pieces.bos_id())
    writer.add_eos_token_id(pieces.eos_id())
    writer.add_unk_token_id(pieces.unk_id())


def add_byte_level(writer: gguf.GGUFWriter, folder: Path, pre: str) -> None:
    """The tokens and merges of a ``tokenizer.json``, and what stands beside it."""
    content = json.loads((folder / "tokenizer.json").read_text())
    added = {token["id"]: token for token in content["added_tokens"]}
    texts = {i: text for text, i in content["model"]["vocab"].items()}
    texts |= {i: token["content"] for i, token in added.items()}
    ids = range(max(texts) + 1)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list([texts.get(i, f"[PAD{i}]") for i in ids])
    writer.add_token_types([_kind(i, added, texts) for i in ids])
    merges = content["model"]["merges"]
    writer.add_token_merges([merge if isinstance(merge, str) else " ".join(merge) for merge in merges])


def _kind(i: int, added: Mapping[int, Mapping[str, Any]], texts: Mapping[int, str]) -> gguf.TokenType:
    if i not in added:
        return gguf.TokenType.NORMAL if i in texts else gguf.TokenType.UNUSED
    return gguf.TokenType.CONTROL if added[i]["special"] else gguf.TokenType.USER_DEFINED


def _add_numbers(writer: gguf.GGUFWriter, config: Mapping[str, Any]) -> None:
    heads = config["num_attention_heads"]
    size = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_key_length(size)
    writer.add_value_length(size)
    writer.add_rope_dimension_count(size)
    rope = config.get("rope_parameters") or {}
    writer.add_rope_freq_base(rope.get("rope_theta", 10_000.0))
    kind = rope.get("rope_type")
    if kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(rope["factor"])
    if kind == "yarn":
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    if kind == "llama3":
        scaling = read_scaling(rope, context=1, pairs=size // 2)
        assert isinstance(scaling, Llama3Scaling)
        plain = plain_frequencies(rope["rope_theta"], size)
        divisors = plain / scaling.frequencies(rope["rope_theta"], size, 1)
        writer.add_tensor("rope_freqs.weight", divisors.numpy())


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
