"""The weights of a GGUF file under the names, and in the order of rows, that a Hugging Face folder has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf.constants import GGML_QUANT_SIZES, MODEL_ARCH_NAMES
from gguf.quants import dequantize
from gguf.tensor_mapping import get_tensor_name_map
from torch import Tensor

from llama_demo.engine.weights import StoredTensor, check_numbers
from llama_demo.gguf_file import GgufFile, GgufTensor, read_gguf

# Architectures whose converter puts the rows of query and key heads into the order of the turned pairs:
# 0, D/2, 1, D/2 + 1 ...
_PAIRED = frozenset(("llama",))
# Read by other means, see the configuration.
_READ = ("rope_freqs.weight",)
_BLOCK = 2**20  # numbers that are unpacked at a time


@dataclass(frozen=True)
class GgufWeight:
    """A tensor in an open file.

    Attributes:
        pairs: heads whose rows stand in the order of pairs; 0 if the rows stand in their own order.
    """

    name: str
    shape: tuple[int, ...]
    stored: GgufTensor
    file: BufferedReader
    pairs: int = 0
    dtype: torch.dtype = torch.float32

    def read_into(self, place: Tensor) -> None:
        for rows, block in self.rows():
            check_numbers(block, place.dtype, self.name)
            place[rows] = block.to(place.device, place.dtype)

    def rows(self) -> Iterator[tuple[Tensor, Tensor]]:
        places = self._places(self.shape[0])
        start = 0
        for block in self._blocks():
            check_numbers(block, block.dtype, self.name)
            end = start + block.size(0)
            yield places[start:end], block
            start = end

    def equals(self, other: StoredTensor) -> bool:
        return isinstance(other, GgufWeight) and self.stored == other.stored

    def _places(self, count: int) -> Tensor:
        """For each row as it is stored where it belongs."""
        rows = torch.arange(count)
        if not self.pairs:
            return rows
        return rows.view(self.pairs, 2, -1).transpose(1, 2).reshape(-1)  # (heads, 2, D / 2) to pairs

    def _blocks(self) -> Iterator[Tensor]:
        """A few rows at a time, or numbers of a vector, in float32."""
        width = self.shape[-1] if len(self.shape) > 1 else GGML_QUANT_SIZES[self.stored.kind][0]
        row = self.stored.bytes * width // self.stored.count
        step = max(1, _BLOCK // width) * row
        self.file.seek(self.stored.offset)
        for start in range(0, self.stored.bytes, step):
            packed = self.file.read(min(step, self.stored.bytes - start))
            numbers = dequantize(np.frombuffer(packed, np.uint8).reshape(-1, row), self.stored.kind)
            tensor = torch.from_numpy(np.require(numbers, requirements="W"))
            yield tensor if len(self.shape) > 1 else tensor.view(-1)


def open_gguf_weights(
    path: Path, config: Mapping[str, Any], wanted: Iterable[str], files: ExitStack
) -> dict[str, StoredTensor]:
    """Every tensor of a file by the name that a folder has for it, or its own if a folder has none.

    Args:
        config: as :func:`~llama_demo.model_config.read_config` gives it.
        wanted: names of a folder.

    Raises:
        CheckpointError: the file is broken.
    """
    header = read_gguf(path)
    names = _names(header, wanted)
    parts = dict.fromkeys((path, *(tensor.path for tensor in header.tensors.values())))
    opened_parts = {part: files.enter_context(part.open("rb")) for part in parts}
    heads = {"q_proj": config["num_attention_heads"], "k_proj": config.get("num_key_value_heads")}
    opened: dict[str, StoredTensor] = {}
    for stored in header.tensors.values():
        if stored.name not in _READ:
            name = names.get(stored.name, stored.name)
            layer = name.split(".")[-2] if "." in name else ""
            pairs = heads.get(layer) or config["num_attention_heads"] if layer in heads else 0
            pairs = pairs if header.architecture in _PAIRED else 0
            opened[name] = GgufWeight(name, stored.shape, stored, opened_parts[stored.path], pairs)
    return opened


def _names(header: GgufFile, wanted: Iterable[str]) -> dict[str, str]:
    """The names of a folder by those of the file."""
    architecture = next(key for key, name in MODEL_ARCH_NAMES.items() if name == header.architecture)
    blocks = header.metadata.get(f"{header.architecture}.block_count")
    table = get_tensor_name_map(architecture, blocks if isinstance(blocks, int) else 0)
    pairs = ((table.get_name(name, try_suffixes=(".weight", ".bias")), name) for name in wanted)
    return {theirs: name for theirs, name in pairs if theirs is not None}
