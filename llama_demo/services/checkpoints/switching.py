"""Switching to another model while the app runs: one at a time, remembered, and without harm if it fails."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BusyError, DemoError, DeviceError, InputError
from llama_demo.model_config import read_config
from llama_demo.services.checkpoints.fit import ModelShape, estimate, shape_of
from llama_demo.services.models import Models
from llama_demo.store.model_choices import ModelChoiceStore

log = logging.getLogger(__name__)

CONTEXT = 4_096
"""Tokens of a request, for the memory that has to be free for a model."""

NOTABLE = 100_000_000
"""Bytes that are noticed in the memory of a machine that does other work, too."""

PATIENCE = 30.0
"""Seconds that requests of models which are freed are waited for."""

SwitchState = Literal["loading", "done", "failed"]


@dataclass(frozen=True)
class SwitchStatus:
    """How far a switch has come.

    Attributes:
        name: of the model that is loaded.
        former: that served the task before, and still does if the switch fails.
        done, total: parameters read, and all of them.
        error: why it failed.
    """

    task: str
    name: str
    former: str
    state: SwitchState = "loading"
    done: int = 0
    total: int = 0
    error: DemoError | None = None


class ModelSwitch:
    """Loads a model in the background, and lets it serve its task when it is there.

    Args:
        choices: where the choice is kept.
        free: tells the bytes that are free where models are loaded.
        precision: tells the precision in which a model of so many parameters is loaded.
        switched: called with the task after a switch.
    """

    def __init__(
        self,
        models: Models,
        choices: ModelChoiceStore,
        *,
        free: Callable[[], int],
        precision: Callable[[int], str],
        switched: Callable[[str], None] = lambda task: None,
    ) -> None:
        self._models = models
        self._shapes: dict[Path, ModelShape] = {}
        self._choices = choices
        self._free = free
        self._precision = precision
        self._switched = switched
        self._lock = threading.Lock()
        self._status: SwitchStatus | None = None
        self._thread: threading.Thread | None = None

    @property
    def status(self) -> SwitchStatus | None:
        """The switch that runs, or the last one."""
        return self._status

    @property
    def running(self) -> bool:
        """Whether a model is being loaded."""
        status = self._status
        return status is not None and status.state == "loading"

    def restore(self, *, keep: frozenset[str] = frozenset()) -> None:
        """Let the models that were chosen earlier serve their tasks, as far as they are there and fit.

        Args:
            keep: tasks that are left as they are.
        """
        listed = {entry.name: entry for entry in self._models.listed()}
        free = self._free()
        for task, name in self._choices.choices().items():
            entry = listed.get(name)
            if task in keep or entry is None or entry.task != task:
                continue
            needed = 0 if entry.bundled else self._needed(entry)
            if needed > free:
                log.warning(
                    "the chosen model %s needs %d bytes of memory and %d are free: another one serves",
                    *(name, needed, free),
                )
                continue
            free -= needed
            self._models.activate(name)

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

    def start(self, name: str, *, insist: bool = False) -> None:
        """Begin to switch the model's task to it; the same switch that already runs goes on.

        Args:
            insist: load it although memory does not suffice.

        Raises:
            InputError: ``model_unknown``, or ``model_needs_memory`` with figures.
            BusyError: ``switch_busy``; another model is being loaded.
        """
        entry = self._models.entry(name)
        former = next((one.name for one in self._models.entries(entry.task)), "")
        with self._lock:
            if self.running:
                assert self._status is not None
                if self._status.name == name:
                    return
                raise BusyError("switch_busy", name=self._status.name)
            if not insist:
                self._check(entry)
            self._status = SwitchStatus(entry.task, name, former)
            self._thread = threading.Thread(
                target=self._run, args=[entry, insist], name="switch", daemon=True
            )
            self._thread.start()

    def refuse(self, name: str, error: DemoError) -> None:
        """Tell of a switch that was not begun. Raises ``model_unknown``."""
        entry = self._models.entry(name)
        with self._lock:
            if not self.running:
                former = next((one.name for one in self._models.entries(entry.task)), "")
                self._status = SwitchStatus(entry.task, name, former, "failed", error=error)

    def wait(self) -> None:
        """Return when no switch runs."""
        if (thread := self._thread) is not None:
            thread.join()

    def _check(self, entry: ModelEntry) -> None:
        if self._models.state()[entry.name] == "loaded":
            return
        needed = self._needed(entry)
        held = sum(self._needed(self._models.entry(one)) for one in self._models.least_recently_used())
        if needed > self._free() + held:
            raise InputError("model_needs_memory", name=entry.name, needed=needed, free=self._free() + held)

    def _needed(self, entry: ModelEntry) -> int:
        shape = self.shape(entry.name)
        stored = max(1, round(entry.bytes / max(1, entry.parameters)))
        precision = entry.dtype or self._precision(entry.parameters)
        context = min(CONTEXT, entry.context or CONTEXT)
        return estimate(shape, precision, context=context, stored=stored).total

    def _run(self, entry: ModelEntry, insist: bool) -> None:
        try:
            with ExitStack() as held:
                self._make_room(entry, held, insist=insist)
                self._models.load(entry.name, progress=self._progress)
                self._models.activate(entry.name)
            self._choices.choose(entry.task, entry.name)
            self._switched(entry.task)
            self._end("done")
        except DemoError as error:
            self._end("failed", error)
        except Exception as error:
            log.exception("a model could not be loaded")
            self._end("failed", DeviceError("engine_failed", detail=type(error).__name__))

    def _make_room(self, entry: ModelEntry, held: ExitStack, *, insist: bool) -> None:
        """Free the models that were not used for longest, until the new one fits or none is left.

        Raises:
            InputError: ``model_needs_memory`` if what was freed does not suffice, unless ``insist``.
        """
        needed, until = self._needed(entry), time.monotonic() + PATIENCE
        for name in self._models.least_recently_used():
            free = self._free()
            # A request may have loaded it since the switch was asked for.
            if free >= needed or self._models.state()[entry.name] == "loaded":
                return
            if name == entry.name:
                continue
            released = self._models.entry(name).parameters  # a byte or more for each
            held.enter_context(self._models.unloaded([name]))
            if released > NOTABLE:
                self._wait_for(min(needed, free + released), until)
        free = self._free()
        if free < needed and not insist and self._models.state()[entry.name] != "loaded":
            raise InputError("model_needs_memory", name=entry.name, needed=needed, free=free)

    def _wait_for(self, wanted: int, until: float) -> None:
        """Wait until so many bytes are free: the running requests of what was let go end first."""
        while self._free() < wanted and time.monotonic() < until:
            time.sleep(0.1)
            self._models.collect()

    def _progress(self, done: int, total: int) -> None:
        assert self._status is not None
        self._status = replace(self._status, done=done, total=total)

    def _end(self, state: SwitchState, error: DemoError | None = None) -> None:
        assert self._status is not None
        self._status = replace(self._status, state=state, error=error)
