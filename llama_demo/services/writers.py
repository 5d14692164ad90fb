"""The decoders that a visitor can write with: those of the catalogue, and the one that they trained here."""

from __future__ import annotations

from llama_demo.services.live_training.service import LiveTrainingService
from llama_demo.services.models import Models
from llama_demo.services.visits import Visit
from llama_demo.tasks.language_model import LanguageModel

TRAINED = "trained:"
"""What stands before the id of a model that a visitor trained, in place of a model's name."""


class Writers:
    """Finds a visitor's decoder by name.

    Args:
        training: whose models can be written with by those who trained them.
    """

    def __init__(self, models: Models, training: LiveTrainingService | None = None) -> None:
        self._models, self._training = models, training

    def writer(self, visit: Visit, name: str) -> LanguageModel:
        """The decoder called ``name``, loaded if necessary; the active one if it is empty.

        Raises:
            InputError: there is none of this name; ``training_gone`` for a model that expired or is
                another visitor's.
            CheckpointError, DeviceError: it cannot be loaded.
        """
        if self._training is not None and name.startswith(TRAINED):
            return self._training.writer(visit, name.removeprefix(TRAINED))
        return self._models.writer(name)
