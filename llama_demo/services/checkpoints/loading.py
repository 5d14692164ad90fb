"""Loading of models one after the other, each after room was made for it in the memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.checkpoint import Progress, no_progress
from llama_demo.errors import InputError
from llama_demo.model_config import read_config
from llama_demo.services.checkpoints.fit import MemoryEstimate, ModelShape, estimate, shape_of
from llama_demo.services.models import Models

CONTEXT = 4_096
"""Tokens of a request, for the memory that has to be free for a model."""

NOTABLE = 100_000_000
"""Bytes that are noticed in the memory of a machine that does other work, too."""

PATIENCE = 30.0
"""Seconds that requests of models which are freed are waited for."""


class ModelLoading:
    """Loads models. Where memory is short, those that were not used for longest are freed first.

    Args:
        free: tells the bytes that are free where models are loaded; also an attribute.
        precision: tells the precision in which a model of so many parameters is loaded.
    """

    def __init__(self, models: Models, *, free: Callable[[], int], precision: Callable[[int], str]) -> None:
        self._models = models
        self.free = free
        self._precision = precision
        self._shapes: dict[Path, ModelShape] = {}
        self._turn = threading.Lock()

    def shape(self, name: str) -> ModelShape:
        """The shape of a listed model, read once: its folder may vanish while the app runs.

        Raises:
            InputError: ``model_unknown``.
            CheckpointError: its folder has vanished already.
        """
        folder = self._models.folder(name)
        if folder not in self._shapes:
            self._shapes[folder] = shape_of(read_config(folder))
        return self._shapes[folder]

    def forget(self, name: str) -> None:
        """Forget the shape of a model whose files are deleted. Raises ``model_unknown``."""
        self._shapes.pop(self._models.folder(name), None)

    def memory(self, entry: ModelEntry) -> MemoryEstimate:
        """The memory that a model takes, or would take; raises as :meth:`shape`."""
        stored = max(1, round(entry.bytes / max(1, entry.parameters)))
        precision = entry.dtype or self._precision(entry.parameters)
        context = min(CONTEXT, entry.context or CONTEXT)
        return estimate(self.shape(entry.name), precision, context=context, stored=stored)

    def check(self, entries: Sequence[ModelEntry], *, frees: bool = True) -> None:
        """Check that these models can be in memory together.

        Args:
            frees: whether the others may be freed for them.

        Raises:
            InputError: ``model_needs_memory`` with figures, of the first for which there is no room.
        """
        names = {entry.name for entry in entries}
        others = [one for one in self._models.least_recently_used() if one not in names] if frees else []
        left = self.free() + sum(self.memory(self._models.entry(one)).total for one in others)
        for entry in entries:
            if not self._is_loaded(entry.name):
                needed = self.memory(entry).total
                if needed > left:
                    raise InputError("model_needs_memory", name=entry.name, needed=needed, free=left)
                left -= needed

    @contextmanager
    def loaded(
        self,
        name: str,
        *,
        keep: Collection[str] = (),
        insist: bool = False,
        progress: Progress = no_progress,
    ) -> Iterator[None]:
        """Load a model, unless it is; requests for those that were freed wait until the end of the block.

        Args:
            keep: names of models that are not freed.
            insist: load it although memory does not suffice.

        Raises:
            InputError: ``model_unknown``, or ``model_needs_memory`` if what was freed does not suffice.
            CheckpointError, DeviceError: it cannot be loaded.
        """
        entry = self._models.entry(name)
        with self._turn, ExitStack() as held:
            self._make_room(entry, held, keep={*keep, name}, insist=insist)
            self._models.load(name, progress=progress)
            yield

    def _is_loaded(self, name: str) -> bool:
        return self._models.state().get(name) == "loaded"

    def _make_room(self, entry: ModelEntry, held: ExitStack, *, keep: Collection[str], insist: bool) -> None:
        """Free the models that were not used for longest, until the new one fits or none is left."""
        needed, until = self.memory(entry).total, time.monotonic() + PATIENCE
        for name in self._models.least_recently_used():
            free = self.free()
            # A request may have loaded it since it was asked for.
            if free >= needed or self._is_loaded(entry.name):
                return
            if name in keep:
                continue
            released = self._models.entry(name).parameters  # a byte or more for each
            held.enter_context(self._models.unloaded([name]))
            if released > NOTABLE:
                self._wait_for(min(needed, free + released), until)
        free = self.free()
        if free < needed and not insist and not self._is_loaded(entry.name):
            raise InputError("model_needs_memory", name=entry.name, needed=needed, free=free)

    def _wait_for(self, wanted: int, until: float) -> None:
        """Wait until so many bytes are free: the running requests of what was let go end first."""
        while self.free() < wanted and time.monotonic() < until:
            time.sleep(0.1)
            self._models.collect()
