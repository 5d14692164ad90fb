"""The configuration of a folder or a GGUF file, in the words of a Hugging Face ``config.json``."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gguf.constants import GGMLQuantizationType

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import GgufArray, GgufFile, is_gguf, read_gguf
from llama_demo.model_file import read_json

ARCHITECTURES: Mapping[str, str] = MappingProxyType({"llama": "llama", "qwen2": "qwen2", "qwen3": "qwen3"})
"""The ``model_type`` of each architecture of GGUF that is read. Mistral's files say ``llama``."""

PACKINGS = frozenset(
    GGMLQuantizationType[name]
    for name in (
        *("F32", "F16", "BF16", "Q8_0", "Q5_0", "Q5_1", "Q4_0", "Q4_1"),
        *("Q6_K", "Q5_K", "Q4_K", "Q3_K", "Q2_K"),
        *("IQ4_NL", "IQ4_XS", "IQ3_S", "IQ3_XXS", "IQ2_S", "IQ2_XS", "IQ2_XXS"),
    )
)
"""How numbers may be packed in a GGUF file."""

# Methods of quantization as their authors spell them, and files of older exports that tell the method.
_METHODS = {
    "gptq": "GPTQ",
    "awq": "AWQ",
    "fp8": "FP8",
    "fbgemm_fp8": "FP8",
    "mxfp4": "MXFP4",
    "hqq": "HQQ",
    "aqlm": "AQLM",
}
_OLDER_FILES = {"quantize_config.json": "GPTQ", "quant_config.json": "AWQ"}
# By the entry of config.json that of the metadata, behind the architecture.
_ENTRIES = {
    "hidden_size": "embedding_length",
    "intermediate_size": "feed_forward_length",
    "num_hidden_layers": "block_count",
    "num_attention_heads": "attention.head_count",
    "num_key_value_heads": "attention.head_count_kv",
    "head_dim": "attention.key_length",
    "max_position_embeddings": "context_length",
    "rms_norm_eps": "attention.layer_norm_rms_epsilon",
    "rope_theta": "rope.freq_base",
}
# Entries that would make another network of it, with the values that do not.
_PLAIN = {
    "expert_count": 0,
    "attention.causal": True,
    "attention.scale": 0.0,
    "pooling_type": 0,
    "logit_scale": 0.0,
    "embedding_scale": 0.0,
    "residual_scale": 0.0,
    "attn_logit_softcapping": 0.0,
    "final_logit_softcapping": 0.0,
}
_YARN = {
    "factor": "factor",
    "original_max_position_embeddings": "original_context_length",
    "attention_factor": "attn_factor",
    "beta_fast": "yarn_beta_fast",
    "beta_slow": "yarn_beta_slow",
}


def read_config(path: Path) -> dict[str, Any]:
    """The configuration of a model folder, or what a ``config.json`` would say of a GGUF file.

    Raises:
        CheckpointError: it is missing or broken, the folder's weights are quantized, or the file holds what
            is not supported.
    """
    if is_gguf(path):
        return _gguf_config(read_gguf(path))
    config = read_json(path / "config.json")
    refuse_quantized(config)
    for file, method in _OLDER_FILES.items():
        if (path / file).exists():
            raise CheckpointError("quantized_unsupported", method=method)
    return config


def refuse_quantized(config: Mapping[str, Any]) -> None:
    """Refuse a ``config.json`` of quantized weights. Raises ``quantized_unsupported``, with the method."""
    quantized = config.get("quantization_config") or config.get("compression_config")
    if not quantized:
        return
    entries = quantized if isinstance(quantized, dict) else {}
    method = str(entries.get("quant_method", "bitsandbytes" if "load_in_4bit" in entries else "?"))
    raise CheckpointError("quantized_unsupported", method=_METHODS.get(method, method[:40]))


def _gguf_config(file: GgufFile) -> dict[str, Any]:
    if file.architecture not in ARCHITECTURES:
        raise CheckpointError(
            "family_unknown", value=file.architecture[:80], supported=", ".join(ARCHITECTURES)
        )
    _refuse_packings(file)
    values = _scalars(file)
    for name, plain in _PLAIN.items():
        if values.get(name, plain) != plain:
            raise CheckpointError("config_unsupported", name=name, value=values[name])
    config = {name: values[theirs] for name, theirs in _ENTRIES.items() if theirs in values}
    config["model_type"] = ARCHITECTURES[file.architecture]
    if file.architecture == "llama" and values.get("attention.sliding_window"):
        config |= {"model_type": "mistral", "sliding_window": values["attention.sliding_window"]}
    if "token_embd.weight" not in file.tensors:
        raise CheckpointError("weights_misfit", count=1, misfits="token_embd.weight: missing")
    config["vocab_size"] = file.tensors["token_embd.weight"].shape[0]
    config["tie_word_embeddings"] = "output.weight" not in file.tensors
    config["attention_bias"] = "blk.0.attn_output.bias" in file.tensors
    config["mlp_bias"] = "blk.0.ffn_down.bias" in file.tensors
    config["rope_scaling"] = _rope_scaling(file, values)
    turned, whole = values.get("rope.dimension_count"), values.get("attention.key_length")
    if isinstance(turned, int) and isinstance(whole, int) and 0 < turned < whole:
        config["partial_rotary_factor"] = turned / whole
    return config


def _refuse_packings(file: GgufFile) -> None:
    """Refuse tensors whose numbers are packed in a way that is not read. Raises ``gguf_packing``."""
    others = sorted({tensor.kind.name for tensor in file.tensors.values()} - {kind.name for kind in PACKINGS})
    if others:
        known = ", ".join(kind.name for kind in sorted(PACKINGS))
        raise CheckpointError("gguf_packing", file=file.path.name, packing=", ".join(others), supported=known)


def _scalars(file: GgufFile) -> dict[str, Any]:
    """The metadata of the architecture itself, without its name in front."""
    prefix = f"{file.architecture}."
    values = {
        key.removeprefix(prefix): value for key, value in file.metadata.items() if key.startswith(prefix)
    }
    return {name: str(value) if isinstance(value, GgufArray) else value for name, value in values.items()}


def _rope_scaling(file: GgufFile, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Llama 3.1 has divisors of its frequencies, in a tensor; the others have numbers."""
    if "rope_freqs.weight" in file.tensors:
        return {"rope_type": "divisors", "divisors": _floats(file, "rope_freqs.weight")}
    kind = values.get("rope.scaling.type", "none")
    if kind == "none":
        return None
    scaling = {name: values.get(f"rope.scaling.{theirs}") for name, theirs in _YARN.items()}
    return {"rope_type": kind} | {name: value for name, value in scaling.items() if value is not None}


def _floats(file: GgufFile, name: str) -> list[float]:
    """A short tensor of float32. Raises ``file_broken`` for another one."""
    tensor = file.tensors[name]
    if tensor.kind != GGMLQuantizationType.F32 or tensor.bytes > 4_096:
        raise CheckpointError(
            "file_broken", file=file.path.name, detail=f"{name} is no short list of numbers"
        )
    with tensor.path.open("rb") as opened:
        opened.seek(tensor.offset)
        return list(struct.unpack(f"<{tensor.bytes // 4}f", opened.read(tensor.bytes)))
