"""What a repository, a folder or a GGUF file holds, as its configuration tells before a download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from llama_demo.engine.checkpoint import stored_bytes
from llama_demo.errors import CheckpointError, DemoError, InputError
from llama_demo.hub.client import HubClient, RemoteRepository
from llama_demo.hub.gguf import choose_gguf, fetch_headers, gguf_models, is_gguf_repository
from llama_demo.hub.repository import source_of, split_source
from llama_demo.model.families import family_of
from llama_demo.model_config import refuse_quantized
from llama_demo.services.checkpoints.catalogue import MAIN, Checkpoint, checkpoints
from llama_demo.services.checkpoints.downloads import read_config
from llama_demo.services.checkpoints.fit import shape_of
from llama_demo.services.checkpoints.offers import FitQuestion, ModelOffer, of_checkpoint
from llama_demo.services.model_folders import SENTENCE_FILE, name_of, read_supported_config


@dataclass(frozen=True)
class CheckpointInspection:
    """What a repository, a folder or a GGUF file holds.

    Attributes:
        reason: why it cannot be used, if it cannot.
        offer: if it can.
    """

    source: str
    supported: bool
    reason: DemoError | None = None
    offer: ModelOffer | None = None


class SourceInspector:
    """Reads configurations, and remembers the repositories that can be downloaded since.

    Args:
        client: makes a client of the chosen source.
        public: refuse paths of this machine.
    """

    def __init__(self, client: Callable[[], HubClient], *, public: bool) -> None:
        self._client, self._public = client, public
        self._checked: dict[str, Checkpoint] = {}

    def known(self, repository: str) -> Checkpoint | None:
        """A checkpoint of the catalogue, or one that was inspected."""
        return checkpoints().get(repository) or self._checked.get(repository)

    def checked(self) -> dict[str, Checkpoint]:
        """The repositories that were inspected and are supported."""
        return dict(self._checked)

    def inspect(self, source: str, question: FitQuestion) -> CheckpointInspection:
        """Read the configuration of a repository, a folder or a GGUF file.

        Raises:
            InputError: ``repository_invalid``, ``folder_private_only``.
            DemoError: the hub does not answer.
        """
        source = source.strip()
        if _is_path(source):
            return self._inspect_path(source, question)
        repository, file = split_source(source_of(source))
        known = checkpoints().get(repository) if not file else None
        try:
            client = self._client()
            there = client.look(repository, known.revision if known else MAIN)
            if file or is_gguf_repository(there):
                found = _described_gguf(client, there, file or _finest(there, question))
            else:
                found = known or _described_folder(client, there)
        except DemoError as error:
            if error.key.startswith("hub_"):
                raise
            return CheckpointInspection(source, supported=False, reason=error)
        self._checked[found.repository] = found
        return CheckpointInspection(source, supported=True, offer=of_checkpoint(found, question))

    def path(self, folder: str) -> Path:
        """The path that a text names.

        Raises:
            InputError: ``folder_private_only`` on a public server.
            CheckpointError: ``folder_missing``.
        """
        if self._public:
            raise InputError("folder_private_only")
        try:
            return Path(folder.strip()).expanduser().absolute()
        except RuntimeError as exc:  # no such user
            raise CheckpointError("folder_missing", folder=folder[:200]) from exc

    def _inspect_path(self, source: str, question: FitQuestion) -> CheckpointInspection:
        path = self.path(source)
        try:
            config = read_supported_config(path)
            embeds = (path / SENTENCE_FILE).exists()
            found = described(name_of(path), config, embeds=embeds, size=stored_bytes(path))
        except CheckpointError as error:
            return CheckpointInspection(source, supported=False, reason=error)
        offer = replace(of_checkpoint(found, question), repository="")  # it is none of the hub's
        return CheckpointInspection(source, supported=True, offer=offer)


def _described_folder(client: HubClient, there: RemoteRepository) -> Checkpoint:
    read = read_config(client, there)
    refuse_quantized(read.content)
    return described(
        there.repository, read.content, size=read.bytes, revision=read.commit, embeds=read.embeds
    )


def _described_gguf(client: HubClient, there: RemoteRepository, file: str) -> Checkpoint:
    """What the header of a GGUF file says, which is all that is read of it."""
    with TemporaryDirectory() as folder:
        config = read_supported_config(fetch_headers(client, there, file, Path(folder)))
    size = gguf_models(there).get(file, 0)
    source = f"{there.repository}/{file}"
    return described(source, config, embeds=False, size=size, revision=there.commit)


def _finest(there: RemoteRepository, question: FitQuestion) -> str:
    """The GGUF file of a repository that suits this machine: half of its memory and of its free disk."""
    machine = question.machine
    return choose_gguf(gguf_models(there), min(machine.size, machine.disk_free) // 2)


def described(
    repository: str, config: Mapping[str, Any], *, embeds: bool, size: int = 0, revision: str = MAIN
) -> Checkpoint:
    """What the configuration of a repository that is not in the catalogue says."""
    shape = shape_of(config)
    return Checkpoint(
        repository=repository,
        revision=revision,
        task="search" if embeds else family_of(config).task,
        parameters=shape.parameters,
        bytes=size,
        context=int(config.get("max_position_embeddings") or 0),
        languages=(),
        licence="",
        gated=False,
        sets=(),
        summary={},
        config=config,
    )


def _is_path(source: str) -> bool:
    if source.lower().endswith(".gguf") and "://" not in source:
        # Three names may be those of a repository's file; there is none of two.
        return source.count("/") < 2 or source.startswith(("/", "~", ".")) or Path(source).exists()
    return source.startswith(("/", "~", ".", "\\")) or (len(source) > 2 and source[1:3] in (":\\", ":/"))
