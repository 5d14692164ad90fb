"""The catalogue of well-known checkpoints that the core can run, data in ``assets/checkpoints.json``.

The numbers of ``config`` are those of the published ``config.json``; of each entry the network is built in a
test and its parameters are counted. A revision is a commit where one was known for certain when the entry was
written; the others say ``main``, which is whatever the repository holds on the day of the download. Files are
then compared with the hashes that the hub names for the commit to which ``main`` points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from llama_demo.gguf_file import model_name
from llama_demo.services.checkpoints.fit import ModelShape, shape_of
from llama_demo.settings import ASSETS

Size = Literal["small", "medium", "large"]
SIZES: tuple[Size, ...] = get_args(Size)

MAIN = "main"
"""The revision that is whatever the repository holds today."""


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint of the Hugging Face Hub.

    Attributes:
        repository: its id, such as ``Qwen/Qwen3-0.6B``; a GGUF file that was inspected has its name behind.
        revision: a commit, or ``main``.
        task: what it serves: ``generate``, ``translate``, ``search``, ``ask``, or ``guard``.
        parameters: as published, those that are stored twice counted once.
        bytes: of its weight files.
        context: tokens that it reads at once.
        languages: BCP 47 tags; ``mul`` for many others.
        directions: of a translator between few languages, such as ``en-zh``.
        licence: of the weights, as its repository names it.
        gated: whether its owner wants conditions accepted before it can be downloaded.
        sets: the sets that it belongs to, for machines of several sizes.
        summary: what it is good at, in a sentence, by language of the page.
        config: the numbers of its ``config.json`` that fix the architecture.
    """

    repository: str
    revision: str
    task: str
    parameters: int
    bytes: int
    context: int
    languages: tuple[str, ...]
    licence: str
    gated: bool
    sets: tuple[Size, ...]
    summary: Mapping[str, str]
    config: Mapping[str, Any]
    directions: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The repository without its owner, or the name of its GGUF file."""
        return model_name(Path(self.repository.rpartition("/")[2]))

    @cached_property
    def shape(self) -> ModelShape:
        """The shape of its network."""
        return shape_of(self.config)


@cache
def checkpoints() -> Mapping[str, Checkpoint]:
    """Every checkpoint of the catalogue by repository, by task and then by size."""
    entries = json.loads((ASSETS / "checkpoints.json").read_text(encoding="utf-8"))
    return {entry["repository"]: Checkpoint(**_frozen(entry)) for entry in entries}


def of_set(size: Size) -> Sequence[Checkpoint]:
    """The checkpoints of a set, one or two for each task."""
    return [one for one in checkpoints().values() if size in one.sets]


def _frozen(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
