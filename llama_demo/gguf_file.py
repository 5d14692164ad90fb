"""The header of a GGUF file: metadata, and where each tensor stands (ggml-org/ggml, ``docs/gguf.md``).

Such a file may come from anybody, so every count, length and place is checked against the file before it is
used. The reader of the ``gguf`` package takes them on trust, and makes several arrays of every string of a
vocabulary. Only files of version 2 and 3 in little-endian order are read, as all released ones are.

A large model may be split, as llama.cpp does it: ``NAME-00001-of-00003.gguf`` has the metadata, it and the
files beside it have the tensors. The first part stands for all of them.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from pathlib import Path, PurePath
from typing import BinaryIO, TypeVar

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

from llama_demo.errors import CheckpointError
from llama_demo.model_file import check_regular

MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 10, 11, 12), "BbHhIifQqd", strict=True))  # struct's codes by type
_BOOL, _STRING, _ARRAY = 7, 8, 9
_MOST_ENTRIES = 10_000
_MOST_TENSORS = 100_000
_MOST_ITEMS = 16_000_000  # of all arrays
_LONGEST_TEXT = 16 * 2**20  # bytes
_LARGEST_ARRAY = 256 * 2**20  # bytes

_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})\.gguf")
_MOST_PARTS = 1_000

PathType = TypeVar("PathType", bound=PurePath)

Scalar = str | int | float | bool


@dataclass(frozen=True)
class GgufTensor:
    """A tensor as it is stored.

    Attributes:
        shape: rows first, as in PyTorch; the file has it the other way round.
        kind: how numbers are packed.
        offset: of its first byte in the file.
        bytes: that it takes.
        path: of the file, which is one of several for a split model.
    """

    name: str
    shape: tuple[int, ...]
    kind: GGMLQuantizationType
    offset: int
    bytes: int
    path: Path

    @property
    def count(self) -> int:
        """Numbers in it."""
        return prod(self.shape)


@dataclass(frozen=True)
class GgufArray:
    """Where an array of the metadata stands; vocabularies have long ones."""

    kind: int
    count: int
    offset: int


@dataclass(frozen=True)
class GgufFile:
    """What the header says.

    Attributes:
        metadata: by key, such as ``general.architecture``.
        tensors: by name, such as ``blk.0.attn_q.weight``.
    """

    path: Path
    metadata: Mapping[str, Scalar | GgufArray]
    tensors: Mapping[str, GgufTensor]

    @property
    def architecture(self) -> str:
        """The family in GGUF's words, such as ``llama``."""
        return self.text("general.architecture")

    def text(self, key: str, default: str = "") -> str:
        """A text of the metadata; raises ``file_broken`` for another value."""
        value = self.metadata.get(key, default)
        if not isinstance(value, str):
            raise _broken(self.path, f"{key} is no text")
        return value

    def array(self, key: str) -> list[Scalar]:
        """An array of the metadata, empty if there is none; raises ``file_broken`` for another value."""
        found = self.metadata.get(key)
        if found is None:
            return []
        if not isinstance(found, GgufArray):
            raise _broken(self.path, f"{key} is no list")
        with self.path.open("rb") as file:
            cursor = _Cursor(self.path, file)
            cursor.skip(found.offset)
            return list(cursor.items(found.kind, found.count))


def model_name(path: Path) -> str:
    """The name of a file's model: without its ending, and without the number of its part."""
    found = _PART.fullmatch(path.name)
    return found[1] if found else path.name.removesuffix(".gguf")


def parts_of(path: PathType) -> list[PathType]:
    """The files of a split model by the name of one of them, the first one first; else the file alone."""
    found = _PART.fullmatch(path.name)
    if found is None or not 1 <= int(found[3]) <= _MOST_PARTS:
        return [path]
    return [
        path.with_name(f"{found[1]}-{part:05}-of-{found[3]}.gguf") for part in range(1, int(found[3]) + 1)
    ]


def holds_header(path: Path) -> bool:
    """Whether the beginning of a file has come so far that its header is whole."""
    try:
        with path.open("rb") as file:
            _read_header(_Cursor(path, file), whole=False)
    except CheckpointError:
        return False
    return True


def is_gguf(path: Path) -> bool:
    """Whether a path is that of a file, as GGUF is, and not that of a folder."""
    return path.is_file()


def read_gguf(path: Path) -> GgufFile:
    """Read the header of a file, or of all parts of a split model by its first; the same file is read once.

    Raises:
        CheckpointError: ``file_missing``, for a part of a split model too; ``file_broken`` if it is no GGUF
            file, is cut off, or what it says about itself cannot be; ``gguf_split`` for a later part, or one
            that is not named like one.
    """
    file = _looked(path)
    count, number = (file.metadata.get(f"split.{name}", 0) for name in ("count", "no"))
    if count in (0, 1):
        return file
    if not isinstance(count, int) or not 1 <= count <= _MOST_PARTS:
        raise _broken(path, f"{count} parts")
    parts = parts_of(path)
    if len(parts) != count or number != 0 or parts[0] != path:
        first = f"{model_name(path)}-00001-of-{count:05}.gguf"
        raise CheckpointError("gguf_split", file=path.name, parts=count, first=first)
    tensors = dict(file.tensors)
    for place, part in enumerate(parts[1:], 1):
        own = _looked(part)
        if (own.metadata.get("split.no"), own.metadata.get("split.count")) != (place, count):
            raise _broken(part, f"no part {place + 1} of {count}")
        if doubled := own.tensors.keys() & tensors.keys():
            raise _broken(part, f"{min(doubled)}: in two parts")
        tensors |= own.tensors
    return replace(file, tensors=tensors)


def _looked(path: Path) -> GgufFile:
    """The header of one file."""
    check_regular(path)
    state = os.stat(path)
    return _read(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read(path: Path, _changed: int, _size: int) -> GgufFile:
    try:
        with path.open("rb") as file:
            return _read_header(_Cursor(path, file))
    except OSError as exc:
        raise _broken(path, str(exc.strerror)) from exc


def _read_header(cursor: _Cursor, *, whole: bool = True) -> GgufFile:
    """The header, and whether its tensors lie within the file, unless that is not ``whole``."""
    if cursor.read(4) != MAGIC:
        raise _broken(cursor.path, "not a GGUF file")
    version = cursor.number("I")
    if version not in _VERSIONS:
        raise _broken(cursor.path, f"version {version} of GGUF")
    tensors, entries = cursor.number("Q"), cursor.number("Q")
    if tensors > _MOST_TENSORS or entries > _MOST_ENTRIES:
        raise _broken(cursor.path, f"{tensors} tensors and {entries} entries")
    metadata: dict[str, Scalar | GgufArray] = {}
    for _ in range(entries):
        key = cursor.text()
        if key in metadata:
            raise _broken(cursor.path, f"{key} twice")
        metadata[key] = cursor.value()
    alignment = metadata.get("general.alignment", 32)
    end = cursor.size if whole else 2**63
    return GgufFile(cursor.path, metadata, _tensors(cursor, tensors, alignment, end))


def _tensors(cursor: _Cursor, count: int, alignment: Scalar | GgufArray, limit: int) -> dict[str, GgufTensor]:
    """The tensors that the header lists, each of which lies within ``limit`` bytes and over no other."""
    if isinstance(alignment, bool) or not isinstance(alignment, int) or not 1 <= alignment <= 2**20:
        raise _broken(cursor.path, f"alignment {alignment}")
    listed = [_entry(cursor) for _ in range(count)]
    start = -(-cursor.position // alignment) * alignment
    tensors: dict[str, GgufTensor] = {}
    for name, shape, kind, offset in listed:
        block, size = GGML_QUANT_SIZES[kind]
        if name in tensors or shape[-1] % block:
            raise _broken(cursor.path, f"{name}: twice, or no whole blocks of {block}")
        tensors[name] = GgufTensor(
            name, shape, kind, start + offset, prod(shape) // block * size, cursor.path
        )
    end = start
    for tensor in sorted(tensors.values(), key=lambda one: one.offset):
        if tensor.offset < end or tensor.offset + tensor.bytes > limit:
            raise _broken(cursor.path, f"{tensor.name} lies over another tensor or behind the end")
        end = tensor.offset + tensor.bytes
    return tensors


def _entry(cursor: _Cursor) -> tuple[str, tuple[int, ...], GGMLQuantizationType, int]:
    name, dimensions = cursor.text(), cursor.number("I")
    if not 1 <= dimensions <= 4:
        raise _broken(cursor.path, f"{name}: {dimensions} dimensions")
    shape = tuple(reversed([cursor.number("Q") for _ in range(dimensions)]))
    kind, offset = cursor.number("I"), cursor.number("Q")
    if not all(1 <= size <= 2**40 for size in shape) or prod(shape) > 2**45:
        raise _broken(cursor.path, f"{name}: shape {list(shape)}")
    try:
        return name, shape, GGMLQuantizationType(kind), offset
    except ValueError:
        raise _broken(cursor.path, f"{name}: kind {kind} of numbers") from None


class _Cursor:
    """Reads the values of a file one behind the other, none of them beyond its end."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self._file = path, file
        self.size = os.fstat(file.fileno()).st_size
        self.position = 0
        self._items = 0

    def read(self, count: int) -> bytes:
        self._check(count)
        content = self._file.read(count)
        if len(content) != count:
            raise _broken(self.path, "it ends too early")
        return content

    def skip(self, count: int) -> None:
        self._check(count)
        self._file.seek(count, os.SEEK_CUR)

    def _check(self, count: int) -> None:
        self.position += count
        if self.position > self.size:
            raise _broken(self.path, "it ends too early")

    def number(self, code: str) -> int:
        (value,) = struct.unpack(f"<{code}", self.read(struct.calcsize(code)))
        return value  # type: ignore[no-any-return]

    def text(self) -> str:
        length = self.number("Q")
        if length > _LONGEST_TEXT:
            raise _broken(self.path, f"a text of {length} bytes")
        try:
            return self.read(length).decode("utf-8")
        except UnicodeDecodeError as exc:
            raise _broken(self.path, str(exc)) from exc

    def value(self) -> Scalar | GgufArray:
        kind = self.number("I")
        return self._array() if kind == _ARRAY else self._scalar(kind)

    def _scalar(self, kind: int) -> Scalar:
        if kind == _STRING:
            return self.text()
        if kind == _BOOL:
            return bool(self.number("B"))
        if kind not in _NUMBERS:
            raise _broken(self.path, f"kind {kind} of value")
        return self.number(_NUMBERS[kind])

    def _array(self) -> GgufArray:
        kind, count = self.number("I"), self.number("Q")
        self._items += count
        if self._items > _MOST_ITEMS:
            raise _broken(self.path, f"a list of {count}")
        array = GgufArray(kind, count, self.position)
        if kind == _STRING:
            for _ in range(count):
                self.skip(self.number("Q"))
        elif kind in _NUMBERS or kind == _BOOL:
            self.skip(count * struct.calcsize(_NUMBERS.get(kind, "B")))
        else:
            raise _broken(self.path, f"a list of values of kind {kind}")
        if self.position - array.offset > _LARGEST_ARRAY:
            raise _broken(self.path, f"a list of {self.position - array.offset} bytes")
        return array

    def items(self, kind: int, count: int) -> Iterator[Scalar]:
        if kind == _STRING:
            return (self.text() for _ in range(count))
        code = _NUMBERS.get(kind, "?")
        return iter(struct.unpack(f"<{count}{code}", self.read(count * struct.calcsize(code))))


def _broken(path: Path, detail: str) -> CheckpointError:
    return CheckpointError("file_broken", file=path.name, detail=detail)
