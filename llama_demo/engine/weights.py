"""Weight files of a model folder, one tensor read at a time.

Only safetensors: a pickle file can run code when it is opened. Tensors are read directly into parameters:
mapping the files into memory, as the format's own library does, would count every byte twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader
from math import prod
from pathlib import Path, PurePath
from typing import Protocol

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import is_gguf, parts_of
from llama_demo.model_file import check_regular, read_json

INDEX, SINGLE = "model.safetensors.index.json", "model.safetensors"
_PICKLED = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
# Types of stored parameters; other integers belong to quantized checkpoints.
_PRECISIONS = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "I8": torch.int8,
}
_BLOCK = 2**18  # bytes that are compared, or numbers that are read, at a time


class StoredTensor(Protocol):
    """One tensor in an open file."""

    @property
    def name(self) -> str:
        """The one that the file has for it, or the one that stands for it in a folder."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows first."""

    @property
    def dtype(self) -> torch.dtype | None:
        """Of its numbers when they are read; ``None`` for a type that no parameter can have."""

    def read_into(self, place: Tensor) -> None:
        """Fill ``place``, of any device and precision.

        Raises:
            CheckpointError: it holds NaN or infinity, or a number beyond the range of float16.
        """

    def rows(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Some rows at a time of a matrix: their numbers, and the rows themselves; raises as above."""

    def equals(self, other: StoredTensor) -> bool:
        """Whether both hold the same bytes."""


@dataclass(frozen=True)
class SafetensorsTensor:
    """One tensor of a safetensors file.

    Attributes:
        offset: of its first byte in the file.
    """

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype | None
    file: BufferedReader
    offset: int

    def read_into(self, place: Tensor) -> None:
        direct = place.dtype == self.dtype and place.device.type == "cpu" and place.is_contiguous()
        tensor = place if direct else torch.empty(self.shape, dtype=self.dtype)
        tensor = self._read(tensor, self.offset)
        check_numbers(tensor, place.dtype, self.name)
        if not direct:
            # Converted first: not every device knows every precision.
            place.copy_(tensor.to(place.dtype))

    def rows(self) -> Iterator[tuple[Tensor, Tensor]]:
        assert self.dtype is not None
        count, width = self.shape
        step = max(1, _BLOCK // width)
        for start in range(0, count, step):
            place = torch.arange(start, min(start + step, count))
            block = torch.empty(len(place), width, dtype=self.dtype)
            block = self._read(block, self.offset + start * width * self.dtype.itemsize)
            check_numbers(block, block.dtype, self.name)
            yield place, block

    def _read(self, tensor: Tensor, offset: int) -> Tensor:
        """Fill ``tensor`` from a place in the file; numbers of 8 bits become float32."""
        self.file.seek(offset)
        self.file.readinto(tensor.view(-1).view(torch.uint8).numpy().data)
        eight = tensor.dtype.is_floating_point and tensor.dtype.itemsize == 1
        return tensor.float() if eight else tensor  # nothing is computed in 8 bits

    def equals(self, other: StoredTensor) -> bool:
        if not isinstance(other, SafetensorsTensor):
            return False
        if (self.shape, self.dtype) != (other.shape, other.dtype):
            return False
        return all(mine == theirs for mine, theirs in zip(self._blocks(), other._blocks(), strict=True))

    def _blocks(self) -> Iterator[bytes]:
        end = self.offset + prod(self.shape) * (self.dtype.itemsize if self.dtype else 0)
        for start in range(self.offset, end, _BLOCK):
            self.file.seek(start)
            yield self.file.read(min(_BLOCK, end - start))


def check_numbers(tensor: Tensor, dtype: torch.dtype, name: str) -> None:
    """Check that numbers of the weight ``name`` are finite and within the range of ``dtype``.

    Raises:
        CheckpointError: ``weights_not_finite`` or ``weights_overflow``.
    """
    low, high = (bound.item() for bound in tensor.aminmax())
    # Both are NaN if a single number is.
    if not float("-inf") < low <= high < float("inf"):
        raise CheckpointError("weights_not_finite", name=name)
    if max(-low, high) > torch.finfo(dtype).max:
        raise CheckpointError("weights_overflow", name=name, dtype=str(dtype).removeprefix("torch."))


def open_weights(folder: Path, files: ExitStack) -> dict[str, StoredTensor]:
    """Every tensor of a folder by name; the files stay open as long as ``files``.

    Raises:
        CheckpointError: a file is missing, cut off or damaged, or the weights are pickled.
    """
    stored: dict[str, StoredTensor] = {}
    for path in _weight_files(folder):
        check_regular(path)
        try:
            # The library checks that sizes and places are sound; what it maps is never touched.
            with safe_open(path, framework="pt"):
                pass
            file = files.enter_context(path.open("rb"))
            stored.update((tensor.name, tensor) for tensor in _tensors(file))
        except (SafetensorError, OSError) as exc:
            raise CheckpointError("file_broken", file=path.name, detail=str(exc)) from exc
    return stored


def stored_bytes(folder: Path) -> int:
    """The size of a GGUF file with all of its parts, or of the weight files of a folder that are there.

    Raises:
        CheckpointError: the index is broken.
    """
    if is_gguf(folder):
        return sum(part.stat().st_size for part in parts_of(folder) if part.exists())
    names = _indexed(folder / INDEX) if (folder / INDEX).exists() else [SINGLE]
    return sum((folder / name).stat().st_size for name in names if (folder / name).exists())


def _tensors(file: BufferedReader) -> Iterator[StoredTensor]:
    # Eight bytes of length, that much JSON, then the data that the JSON gives places in.
    length = int.from_bytes(file.read(8), "little")
    header = json.loads(file.read(length))
    for name, entry in header.items():
        if name != "__metadata__":
            offset = 8 + length + entry["data_offsets"][0]
            dtype = _PRECISIONS.get(entry["dtype"])
            yield SafetensorsTensor(name, tuple(entry["shape"]), dtype, file, offset)


def _weight_files(folder: Path) -> list[Path]:
    if (folder / INDEX).exists():
        return [folder / name for name in _indexed(folder / INDEX)]
    if (folder / SINGLE).exists():
        return [folder / SINGLE]
    if any(next(folder.glob(pattern), None) for pattern in _PICKLED):
        raise CheckpointError("weights_pickled", folder=str(folder))
    raise CheckpointError("file_missing", folder=str(folder), file=SINGLE)


def _indexed(path: Path) -> list[str]:
    index = read_json(path).get("weight_map")
    if not isinstance(index, dict):
        raise CheckpointError("file_broken", file=path.name, detail="no weight_map")
    for name in index.values():
        # The index is untrusted: it may name files of its own folder only.
        if not isinstance(name, str) or PurePath(name).name != name or not name.endswith(".safetensors"):
            raise CheckpointError("file_broken", file=path.name, detail=f"not a weight file: {name}")
    return sorted(set(index.values()))
