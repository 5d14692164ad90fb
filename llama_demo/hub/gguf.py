"""GGUF files of a repository: which there are, and their headers before anything else of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from llama_demo.errors import CheckpointError
from llama_demo.gguf_file import MAGIC, holds_header, parts_of
from llama_demo.hub.client import HubClient, RemoteRepository
from llama_demo.hub.files import has_weights

# Projectors of pictures and importance matrices are no models by themselves.
_BESIDE = re.compile(r"mmproj|imatrix", re.IGNORECASE)
_UNPACKED = re.compile(r"(?:^|[-._])(?:b?f16|f32)(?:$|[-._])", re.IGNORECASE)

FIRST, LONGEST = 2**20, 128 * 2**20
"""Bytes of a file after which its header is first looked for, and at most read for it."""


def is_gguf_repository(found: RemoteRepository) -> bool:
    """Whether a repository has GGUF files and no weights in safetensors."""
    return not has_weights(found.names) and bool(gguf_models(found))


def gguf_models(found: RemoteRepository) -> Mapping[str, int]:
    """The models of a repository by their first file, and the bytes of all files of each."""
    sizes = {file.path: file.size for file in found.files}
    firsts = [name for name in sizes if name.endswith(".gguf") and not _BESIDE.search(name)]
    models = {name: parts for name in sorted(firsts) if (parts := gguf_parts(name))[0] == name}
    return {
        name: sum(sizes[part] for part in parts)
        for name, parts in models.items()
        if sizes.keys() >= set(parts)
    }


def gguf_parts(file: str) -> list[str]:
    """The files of a model by its first one."""
    return [part.as_posix() for part in parts_of(PurePosixPath(file))]


def choose_gguf(models: Mapping[str, int], room: int) -> str:
    """The finest packing that takes at most ``room`` bytes, else the coarsest; unpacked ones last.

    Args:
        models: as :func:`gguf_models` gives them; not empty.
    """
    packed = {name: size for name, size in models.items() if not _UNPACKED.search(name)} or models
    fitting = {name: size for name, size in packed.items() if size <= room}
    if fitting:
        return max(fitting, key=lambda name: (fitting[name], name))
    return min(packed, key=lambda name: (packed[name], name))


def fetch_headers(client: HubClient, found: RemoteRepository, file: str, folder: Path) -> Path:
    """Read the headers of a model's files into a folder, each in a file of its full size without the rest.

    Returns:
        The first of them.

    Raises:
        CheckpointError: ``hub_not_found`` if the repository lacks one; as :meth:`HubClient.stream`.
    """
    sizes = {one.path: one.size for one in found.files}
    for part in gguf_parts(file):
        if part not in sizes:
            raise CheckpointError("hub_not_found", repository=f"{found.repository}/{part}")
        place = folder / PurePosixPath(part).name
        _fetch_header(client, found, part, place)
        with place.open("r+b") as written:
            written.truncate(sizes[part])
    return folder / PurePosixPath(file).name


def _fetch_header(client: HubClient, found: RemoteRepository, path: str, place: Path) -> None:
    due = FIRST
    with client.stream(found, path, 0) as (_, chunks), place.open("wb") as written:
        for number, chunk in enumerate(chunks):
            written.write(chunk)
            if number == 0 and not chunk.startswith(MAGIC):
                return
            if written.tell() >= due:
                written.flush()
                if written.tell() >= LONGEST or holds_header(place):
                    return
                due *= 2
