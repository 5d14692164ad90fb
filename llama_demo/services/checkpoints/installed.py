"""The checkpoints of this machine: which model is listed from where."""

from __future__ import annotations

from pathlib import Path

from llama_demo.catalogue import GUARD, ModelEntry
from llama_demo.errors import DemoError, InputError
from llama_demo.hub.local import LocalCheckpoint
from llama_demo.services.checkpoints.catalogue import checkpoints
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.models import Models


class InstalledCheckpoints:
    """Lists checkpoints among the models, each once, and knows the sources of those that it listed."""

    def __init__(self, models: Models, loading: ModelLoading) -> None:
        self._models, self._loading = models, loading
        self._sources: dict[str, LocalCheckpoint] = {}

    def sources(self) -> dict[str, LocalCheckpoint]:
        """The sources by the names of their models."""
        return dict(self._sources)

    def repositories(self) -> set[str]:
        """The repositories that are here."""
        return {one.repository for one in self.sources().values() if one.repository}

    def refuse(self, repository: str, *, downloaded: bool = False) -> None:
        """Refuse a repository that is here; with ``downloaded`` only one that the app downloaded.

        Raises:
            InputError: ``model_installed``.
        """
        here = self.sources().values()
        if any(one.repository == repository and (one.downloaded or not downloaded) for one in here):
            raise InputError("model_installed", repository=repository[:200])

    def name_of(self, folder: Path) -> str | None:
        """The name under which a folder is listed."""
        names = [entry.name for entry in self._models.listed()]
        wanted = folder.resolve()
        return next((name for name in names if self._models.folder(name).resolve() == wanted), None)

    def list(self, found: LocalCheckpoint, *, strict: bool = False) -> ModelEntry | None:
        """List a checkpoint once; one that is not supported is left out, unless ``strict``."""
        listed = self.name_of(found.folder) is not None if not found.repository else False
        if listed or found.repository in self.repositories():
            return None
        try:
            known = checkpoints().get(found.repository)
            entry = self._models.add(
                found.folder, name=found.name, task=GUARD if known and known.task == GUARD else ""
            )
            self._loading.shape(entry.name)
        except DemoError:
            if strict:
                raise
            return None
        self._sources[entry.name] = found
        return entry

    def add(self, path: Path) -> ModelEntry:
        """List a folder or a GGUF file that was named. Raises :class:`CheckpointError`; it cannot be used."""
        entry = self._models.add(path)
        self._sources[entry.name] = LocalCheckpoint("", path)
        return entry

    def remove(self, name: str) -> LocalCheckpoint:
        """List a model no more, and unload it; returns where it came from.

        Raises:
            InputError: ``model_unknown``, ``model_active``, ``model_bundled``, ``model_not_downloaded``.
        """
        entry, source = self._models.entry(name), self._sources.get(name)
        if entry.bundled:
            raise InputError("model_bundled", name=name)
        if entry.active:
            raise InputError("model_active", name=name)
        if source is None or (source.repository and not source.downloaded):
            raise InputError("model_not_downloaded", name=name)
        self._loading.forget(name)
        self._models.remove(name)
        self._sources.pop(name, None)
        return source
