"""The models that a visitor can write with: decoders, the one that they trained, another server's."""

from __future__ import annotations

from dataclasses import replace

from llama_demo.catalogue import ModelEntry
from llama_demo.services.backend import BackendService
from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import LOADERS, Models
from llama_demo.services.visits import Visit
from llama_demo.services.writer import LocalWriter, Writer

TRAINED = "trained:"
"""What stands before the id of a model that a visitor trained, in place of a model's name."""


class Writers:
    """Finds what writes by name. Another server, if there is one, is the default.

    Args:
        training: whose models can be written with by those who trained them.
        backend: names the other server.
    """

    def __init__(
        self,
        models: Models,
        training: LiveTrainingService | None = None,
        backend: BackendService | None = None,
    ) -> None:
        self._models, self._training, self._backend = models, training, backend or BackendService()

    @property
    def active(self) -> ModelEntry:
        """The one that writes when no model is named."""
        return self._backend.entry or self._models.active

    def entries(self) -> list[ModelEntry]:
        """Those that requests can name, the default one first."""
        return [one for one in self.all_entries() if one.task == "generate"]

    def all_entries(self) -> list[ModelEntry]:
        """The models of all tasks that requests can name, the default of each before the others."""
        remote = self._backend.entries
        taken = {one.task for one in remote}
        own = (replace(one, active=one.active and one.task not in taken) for one in self._models.entries())
        return sorted([*remote, *own], key=lambda one: list(LOADERS).index(one.task))

    def writer(self, name: str = "", visit: Visit | None = None) -> Writer:
        """What writes under ``name``, loaded if necessary; the active one if it is empty.

        Args:
            visit: whose trained models can be named.

        Raises:
            InputError: there is none of this name; ``training_gone`` for a model that expired or is
                another visitor's.
            CheckpointError, DeviceError: it cannot be loaded.
        """
        if self._training is not None and visit is not None and name.startswith(TRAINED):
            return LocalWriter(self._training.writer(visit, name.removeprefix(TRAINED)))
        remote = self._backend.writer
        if remote is not None and name in ("", remote.name):
            return remote
        return LocalWriter(self._models.writer(name))
