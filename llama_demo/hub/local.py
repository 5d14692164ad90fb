"""Checkpoints that are on this machine already: in the hub's cache, and in the app's folder of models.

A checkpoint is a folder, or a GGUF file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from huggingface_hub import constants

from llama_demo.gguf_file import model_name, parts_of
from llama_demo.hub.files import INDEX, SINGLE

GGUF = ".gguf"
"""The ending of a file that is a checkpoint by itself."""

MANIFEST = "download.json"
"""In a folder of the app: what was downloaded, and whether all of it is there."""


@dataclass(frozen=True)
class LocalCheckpoint:
    """A complete checkpoint on this machine.

    Attributes:
        repository: that it came from, with the file behind it for a GGUF file that was downloaded; empty for
            what was put there by hand, and for other GGUF files.
        folder: of the checkpoint, or its GGUF file.
        downloaded: whether this app downloaded it, and may delete it.
    """

    repository: str
    folder: Path
    downloaded: bool = False

    @property
    def name(self) -> str:
        """The repository without its owner, or the name of the folder or file."""
        return model_name(Path(self.repository.rpartition("/")[2] or self.folder.name))


def in_cache(cache: Path | None = None) -> Iterator[LocalCheckpoint]:
    """The complete checkpoints in the hub's cache: of each repository ``main``, or the newest one."""
    root = cache or Path(constants.HF_HUB_CACHE)
    for folder in sorted(root.glob("models--*--*")) if root.is_dir() else ():
        owner, _, name = folder.name.removeprefix("models--").partition("--")
        everything = list((folder / "snapshots").glob("*"))
        snapshots = [one for one in everything if is_complete(one)]
        if snapshots:
            main = _text(folder / "refs" / "main")
            newest = max(snapshots, key=lambda one: (one.name == main, one.stat().st_mtime))
            yield LocalCheckpoint(f"{owner}/{name}", newest)
        if everything:
            yield from _gguf_files(max(everything, key=lambda one: one.stat().st_mtime))


def in_folder(root: Path) -> Iterator[LocalCheckpoint]:
    """The complete checkpoints in the app's folder of models."""
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        manifest = read_manifest(folder)
        if is_complete(folder) and manifest.get("complete", True):
            yield LocalCheckpoint(str(manifest.get("repository", "")), folder, downloaded=bool(manifest))
        elif manifest:
            yield from _downloaded_file(folder, manifest)
        elif folder.is_dir():
            yield from _gguf_files(folder)
    yield from _gguf_files(root)


def _downloaded_file(folder: Path, manifest: Mapping[str, object]) -> Iterator[LocalCheckpoint]:
    """The GGUF file of a download that is complete."""
    source = str(manifest.get("repository", ""))
    file = folder / "/".join(source.split("/")[2:])
    if manifest.get("complete") and file.name.endswith(GGUF) and file.is_file():
        yield LocalCheckpoint(source, file, downloaded=True)


def begun(root: Path) -> Iterator[str]:
    """The repositories whose download was begun and not ended."""
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        manifest = read_manifest(folder)
        if manifest and not manifest.get("complete", False):
            yield str(manifest.get("repository", ""))


def read_manifest(folder: Path) -> dict[str, object]:
    """What is known of a download in a folder; empty if there was none."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def is_complete(folder: Path) -> bool:
    """Whether a folder has a configuration and every weight file that it names."""
    if not (folder / "config.json").is_file():
        return False
    if not (folder / INDEX).is_file():
        return (folder / SINGLE).is_file()
    try:
        named = json.loads((folder / INDEX).read_text(encoding="utf-8"))["weight_map"].values()
        return all((folder / Path(name).name).is_file() for name in set(named))
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return False


def is_there(path: Path) -> bool:
    """Whether a checkpoint that was listed still lies where it did."""
    return path.is_file() or (path / "config.json").is_file()


def _gguf_files(folder: Path) -> Iterator[LocalCheckpoint]:
    for file in sorted(folder.glob(f"*{GGUF}")) if folder.is_dir() else ():
        if file.is_file() and parts_of(file)[0] == file:
            yield LocalCheckpoint("", file)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
