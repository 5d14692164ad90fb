"""Switching to another model while the app runs: one at a time, remembered, and without harm if it fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BusyError, DemoError, DeviceError
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.models import Models
from llama_demo.store.model_choices import ModelChoiceStore

log = logging.getLogger(__name__)

SwitchState = Literal["loading", "done", "failed", "off"]
"""``off``: nothing serves the task any more."""


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
        loading: makes room for it and loads it.
        switched: called with the task after a switch.
    """

    def __init__(
        self,
        models: Models,
        choices: ModelChoiceStore,
        loading: ModelLoading,
        *,
        switched: Callable[[str], None] = lambda task: None,
    ) -> None:
        self._models = models
        self._choices = choices
        self._loading = loading
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
        free = self._loading.free()
        for task, name in self._choices.choices().items():
            entry = listed.get(name)
            if task in keep or entry is None or entry.task != task:
                continue
            needed = 0 if entry.bundled else self._loading.memory(entry).total
            if needed > free:
                log.warning(
                    "the chosen model %s needs %d bytes of memory and %d are free: it is left out",
                    *(name, needed, free),
                )
                continue
            free -= needed
            self._models.activate(name)

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
                self._loading.check([entry])
            self._status = SwitchStatus(entry.task, name, former)
            self._thread = threading.Thread(
                target=self._run, args=[entry, insist], name="switch", daemon=True
            )
            self._thread.start()

    def leave(self, task: str) -> None:
        """Let no model serve a task from the next request on, now and after the next start.

        Raises:
            BusyError: ``switch_busy``; a model is being loaded.
        """
        with self._lock:
            if self.running:
                assert self._status is not None
                raise BusyError("switch_busy", name=self._status.name)
            for entry in self._models.entries(task):
                self._models.deactivate(task)
                self._models.unload(entry.name)
                self._status = SwitchStatus(task, entry.name, entry.name, "off")
            self._choices.forget(task)
        self._switched(task)

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

    def _run(self, entry: ModelEntry, insist: bool) -> None:
        try:
            with self._loading.loaded(entry.name, insist=insist, progress=self._progress):
                self._models.activate(entry.name)
            self._choices.choose(entry.task, entry.name)
            self._switched(entry.task)
            self._end("done")
        except DemoError as error:
            self._end("failed", error)
        except Exception as error:
            log.exception("a model could not be loaded")
            self._end("failed", DeviceError("engine_failed", detail=type(error).__name__))

    def _progress(self, done: int, total: int) -> None:
        assert self._status is not None
        self._status = replace(self._status, done=done, total=total)

    def _end(self, state: SwitchState, error: DemoError | None = None) -> None:
        assert self._status is not None
        self._status = replace(self._status, state=state, error=error)
