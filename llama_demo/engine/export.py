"""Writing a model folder in Hugging Face format, so that others can read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from llama_demo.engine.weights import INDEX
from llama_demo.model.parts import CheckpointTensor

# Files beside the weights, some in a folder of their own: bytes as they are, other values as JSON.
Files = Mapping[str, Mapping[str, Any] | Sequence[Any] | bytes]
# A Space takes files up to 10 MB without large-file storage.
SHARD_BYTES = 9_500_000


def export_model(
    model: nn.Module,
    parts: Mapping[str, tuple[CheckpointTensor, ...]],
    folder: Path,
    files: Files,
    *,
    matrices: torch.dtype = torch.bfloat16,
) -> None:
    """Write bfloat16 weights (int8 where their part says so) in small files, and ``files`` beside them.

    Args:
        parts: which tensors of the folder each parameter is taken apart into; those of its family.
        matrices: precision of what has rows and columns. ``torch.float8_e4m3fn`` halves a folder: it has no
            scales to multiply by, so every program that converts to its own precision reads it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.safetensors"):
        old.unlink()
    for name, content in exported_files(model, parts, files, matrices=matrices):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def exported_files(
    model: nn.Module,
    parts: Mapping[str, tuple[CheckpointTensor, ...]],
    files: Files,
    *,
    matrices: torch.dtype = torch.bfloat16,
) -> Iterator[tuple[str, bytes]]:
    """The names and contents of the files that :func:`export_model` writes; one is in memory at a time."""
    tensors = dict(_split(model, parts, matrices))
    shards = list(_pack(tensors))
    index = {}
    for number, shard in enumerate(shards, start=1):
        name = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        yield name, save(shard, metadata={"format": "pt"})
        index.update(dict.fromkeys(shard, name))
    total = sum(tensor.nbytes for tensor in tensors.values())
    yield INDEX, _encoded({"metadata": {"total_size": total}, "weight_map": index})
    yield from ((name, _encoded(content)) for name, content in files.items())


def _split(
    model: nn.Module, parts: Mapping[str, tuple[CheckpointTensor, ...]], matrices: torch.dtype
) -> Iterator[tuple[str, Tensor]]:
    parameters = dict(model.named_parameters())
    for name, group in parts.items():
        parameter = parameters[name].detach().cpu()
        if group[0].whole:
            stacked = parameter.to(torch.int8)  # whole numbers stay exact; a parameter of them is one part
        else:
            stacked = parameter.to(matrices if parameter.ndim > 1 else torch.bfloat16)
        pieces = torch.split(stacked, [part.shape[0] for part in group])
        yield from ((part.name, piece.clone()) for part, piece in zip(group, pieces, strict=True))


def _pack(tensors: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    shard: dict[str, Tensor] = {}
    size = 0
    for name, tensor in tensors.items():
        if shard and size + tensor.nbytes > SHARD_BYTES:
            yield shard
            shard, size = {}, 0
        shard[name] = tensor
        size += tensor.nbytes
    yield shard


def _encoded(content: Mapping[str, Any] | Sequence[Any] | bytes) -> bytes:
    if isinstance(content, bytes):
        return content
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
