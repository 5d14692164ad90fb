"""The models of this machine and those that can be downloaded: listed, checked, downloaded, switched to.

Every visitor may read the list; changes are for operators. On a public server, visitors who are no operators
are shown the catalogue and the models that serve, without private names, paths and addresses. Only
:meth:`CheckpointService.inspect` and the downloads open connections.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from llama_demo.catalogue import GUARD, ModelEntry
from llama_demo.errors import BusyError, DemoError, InputError
from llama_demo.hub.local import LocalCheckpoint, in_cache, in_folder
from llama_demo.services.checkpoints.catalogue import MAIN, Checkpoint, Size, checkpoints, of_set
from llama_demo.services.checkpoints.downloads import DownloadService, DownloadStatus, Wish
from llama_demo.services.checkpoints.fit import MemoryEstimate, MemoryRequest, estimate
from llama_demo.services.checkpoints.hub_access import HubAccess
from llama_demo.services.checkpoints.inspection import CheckpointInspection, SourceInspector
from llama_demo.services.checkpoints.installed import InstalledCheckpoints
from llama_demo.services.checkpoints.loading import CONTEXT, ModelLoading
from llama_demo.services.checkpoints.machine import Machine, MachineService
from llama_demo.services.checkpoints.offers import FitQuestion
from llama_demo.services.checkpoints.overview import ModelList, Overview, recommended_for, sets_for
from llama_demo.services.checkpoints.switching import ModelSwitch, SwitchStatus
from llama_demo.services.models import LOADERS, Models
from llama_demo.services.operators import require_operator
from llama_demo.services.visits import Visit
from llama_demo.store.model_choices import ModelChoiceStore

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ModelProgress:
    """What is going on.

    Attributes:
        busy: whether it is worth to ask again in a second.
        revision: changes when the overview does.
    """

    downloads: tuple[DownloadStatus, ...]
    switch: SwitchStatus | None
    busy: bool
    revision: int


class CheckpointService:
    """The use cases of the tab of models.

    Args:
        root: the app's folder of models.
        public: whether visitors are strangers.
        switched: called with the task after a switch.
        cache: of the hub, unless it is the usual one.

    Attributes:
        loading: loads models where memory allows.
    """

    def __init__(
        self,
        models: Models,
        choices: ModelChoiceStore,
        machine: MachineService,
        root: Path,
        *,
        public: bool = False,
        switched: Callable[[str], None] = lambda task: None,
        cache: Path | None = None,
    ) -> None:
        self._models, self._choices, self._machine = models, choices, machine
        self._root, self._public, self._cache = root, public, cache
        self.loading = ModelLoading(models, free=lambda: machine.look().free, precision=machine.precision)
        self._switch = ModelSwitch(models, choices, self.loading, switched=self._after_switch(switched))
        self._hub = HubAccess()
        self._downloads = DownloadService(root, self._hub.client, self._downloaded)
        self._inspector = SourceInspector(self._hub.client, public=public)
        self._installed = InstalledCheckpoints(models, self.loading)
        self._list = ModelList(models, self._installed, self.loading, self._switch)
        self._revision = 0
        self._lock = threading.Lock()

    def open(self) -> None:
        """List what is on this machine, and let chosen models serve, where none was named at the start."""
        serving = [*self._models.entries(), *self._models.entries(GUARD)]
        named = frozenset(entry.task for entry in serving if not entry.bundled)
        for found in (*in_folder(self._root), *in_cache(self._cache)):
            self._installed.list(found)
        for folder in self._choices.folders():
            self._installed.list(LocalCheckpoint("", folder))
        self._switch.restore(keep=named)

    def warm_up(self) -> None:
        """Load the writer, so that the first visitor does not wait; the next one if a chosen one fails.

        The guard model that was chosen earlier is loaded too; if it fails, the rules alone decide.

        Raises:
            DemoError: it cannot be loaded, and it was named at the start or came with the program.
        """
        self._models.writer()
        for entry in self._models.entries(GUARD):
            try:
                self._models.guard()
            except DemoError as error:
                log.warning(
                    "the guard model %s cannot be loaded, the rules alone decide: %s", entry.name, error
                )
                self._models.deactivate(GUARD)
                self._switch.refuse(entry.name, error)

    def close(self) -> None:
        """Stop downloading."""
        self._downloads.close()

    def overview(self, visit: Visit) -> Overview:
        """Everything that the page lists."""
        machine = self._machine.look()
        if machine.throughput is None:
            self._machine.measure_in_background(self._changed)
        coming = {one.repository: one.state for one in self._downloads.statuses()}
        hides = self._hides(visit)
        return Overview(
            machine=machine,
            models=self._list.offers(self._question(machine), coming, self._inspector.checked(), hides=hides),
            sets=sets_for(machine, self._installed.repositories()),
            recommended=recommended_for(machine),
            endpoints=() if hides else self._hub.endpoints,
            has_token=not hides and self._hub.has_token,
            may_change=visit.operator,
            local_folders=visit.operator and not self._public,
        )

    def progress(self, visit: Visit) -> ModelProgress:
        """What is going on; cheap. Errors, which name folders and addresses, are for operators."""
        downloads, switch = self._downloads.statuses(), self._switch.status
        busy = self._switch.running or self._downloads.busy
        if self._hides(visit):
            known = checkpoints()
            downloads = tuple(replace(one, error=None) for one in downloads if one.repository in known)
            switch = None if switch is None or switch.state == "failed" else switch
        return ModelProgress(downloads, switch, busy, self._revision)

    def active(self, _: Visit) -> Mapping[str, ModelEntry]:
        """The active model of each task that has one."""
        return {task: entries[0] for task in LOADERS if (entries := self._models.entries(task))}

    def estimate(self, request: MemoryRequest) -> MemoryEstimate:
        """The memory of a decoder of any shape."""
        return estimate(request.shape, request.precision, context=request.context, people=request.people)

    def inspect(self, visit: Visit, source: str) -> CheckpointInspection:
        """Read the configuration of a repository, a folder or a GGUF file, and say whether it can be used.

        Raises:
            InputError: ``operator_only``, ``repository_invalid``, ``folder_private_only``.
            DemoError: the hub does not answer.
        """
        require_operator(visit)
        return self._inspector.inspect(source, self._question(self._machine.look()))

    def download(
        self, visit: Visit, repository: str, *, activate: bool = False, insist: bool = False
    ) -> None:
        """Download a checkpoint of the catalogue or one that was inspected, or resume its download.

        Args:
            activate: switch to it when it is there.
            insist: although it does not fit into the memory.

        Raises:
            InputError: ``operator_only``, ``repository_unknown``, ``model_installed``,
                ``model_needs_memory``.
        """
        require_operator(visit)
        self._installed.refuse(repository)
        found = self._inspector.known(repository)
        begun = {one.repository for one in self._downloads.statuses()}
        if found is None and repository not in begun:
            raise InputError("repository_unknown", repository=repository[:200])
        if found is not None and not insist and (problem := self._too_large(found)):
            raise problem
        wish = Wish(activate=activate, insist=insist)
        self._downloads.start(repository, found.revision if found else MAIN, wish)

    def download_set(self, visit: Visit, size: Size, *, activate: bool = True) -> None:
        """Download what is not here of a set, and switch to it. Raises ``operator_only``."""
        require_operator(visit)
        here = self._installed.repositories()
        for known in of_set(size):
            if known.repository not in here:
                self._downloads.start(known.repository, known.revision, Wish(activate=activate))

    def too_large(self, size: Size) -> Sequence[InputError]:
        """For each model of a set that this machine cannot hold, ``model_needs_memory`` with figures."""
        return [problem for known in of_set(size) if (problem := self._too_large(known))]

    def choose_set(self, visit: Visit, size: Size) -> None:
        """Let what is here of a set, and fits, serve from the next start on. Raises ``operator_only``."""
        require_operator(visit)
        names = {source.repository: name for name, source in self._installed.sources().items()}
        for known in of_set(size):
            if known.repository in names and not self._too_large(known):
                self._choices.choose(known.task, names[known.repository])

    def pause(self, visit: Visit, repository: str) -> None:
        """Pause a download. Raises ``operator_only``, ``download_unknown``."""
        require_operator(visit)
        self._downloads.pause(repository)

    def resume(self, visit: Visit, repository: str) -> None:
        """Resume a download. Raises ``operator_only``, ``download_unknown``, ``model_installed``."""
        require_operator(visit)
        self._installed.refuse(repository)
        if repository not in {one.repository for one in self._downloads.statuses()}:
            raise InputError("download_unknown", repository=repository[:200])
        known = self._inspector.known(repository)
        self._downloads.start(repository, known.revision if known else MAIN)

    def cancel(self, visit: Visit, repository: str) -> None:
        """Cancel a download and delete its files.

        Raises:
            InputError: ``operator_only``, ``download_unknown``; ``model_installed`` if they are in use.
        """
        require_operator(visit)
        self._installed.refuse(repository, downloaded=True)
        self._downloads.cancel(repository)
        self._changed()

    def activate(self, visit: Visit, name: str, *, insist: bool = False) -> None:
        """Switch to a model in the background. Raises ``operator_only``, and as :class:`ModelSwitch`."""
        require_operator(visit)
        self._switch.start(name, insist=insist)

    def switch_guard_off(self, visit: Visit) -> None:
        """Let the rules of the policy decide alone. Raises ``operator_only``, ``switch_busy``."""
        require_operator(visit)
        self._switch.leave(GUARD)

    def wait(self) -> None:
        """Return when nothing is downloaded or loaded."""
        self._downloads.wait(3_600.0)
        self._switch.wait()

    def add_folder(self, visit: Visit, folder: str) -> ModelEntry:
        """List a folder or a GGUF file of the machine, and remember it.

        Raises:
            InputError: ``operator_only``, ``folder_private_only``.
            CheckpointError: it cannot be used.
        """
        require_operator(visit)
        path = self._inspector.path(folder)
        if (name := self._installed.name_of(path)) is not None:
            return self._models.entry(name)
        entry = self._installed.add(path)
        self._choices.add_folder(path)
        self._changed()
        return entry

    def delete(self, visit: Visit, name: str) -> None:
        """Delete the files of a downloaded model, or forget a folder or file that was added.

        Raises:
            InputError: ``operator_only``, ``model_unknown``, ``model_active``, ``model_bundled``,
                ``model_not_downloaded``.
        """
        require_operator(visit)
        source = self._installed.remove(name)
        if source.downloaded:
            shutil.rmtree(self._downloads.folder(source.repository), ignore_errors=True)
        else:
            self._choices.remove_folder(source.folder)
        self._changed()

    def set_endpoint(self, visit: Visit, name: str) -> None:
        """Choose the source of the next downloads. Raises ``operator_only``, ``endpoint_unknown``."""
        require_operator(visit)
        self._hub.choose(name)
        self._changed()

    def set_token(self, visit: Visit, token: str) -> None:
        """Hold an access token in memory, or forget it. Raises ``operator_only``, ``token_invalid``."""
        require_operator(visit)
        self._hub.give_token(token)
        self._changed()

    def _hides(self, visit: Visit) -> bool:
        """Whether a visitor is shown nothing private."""
        return self._public and not visit.operator

    def _question(self, machine: Machine) -> FitQuestion:
        return FitQuestion(machine, self._machine.precision, CONTEXT, people=1)

    def _too_large(self, found: Checkpoint) -> InputError | None:
        """Why this machine cannot hold a model, even if nothing else is in its memory."""
        size, precision = self._machine.look().size, self._machine.precision(found.parameters)
        context = min(CONTEXT, found.context or CONTEXT)
        needed = estimate(found.shape, precision, context=context, stored=2).total
        if needed <= size:
            return None
        return InputError("model_needs_memory", name=found.name, needed=needed, free=size)

    def _downloaded(self, repository: str, folder: Path, wish: Wish) -> None:
        """List what was downloaded, and switch to it if that was asked for and memory suffices."""
        entry = self._installed.list(LocalCheckpoint(repository, folder, downloaded=True), strict=True)
        self._changed()
        while wish.activate and entry is not None:
            self._switch.wait()
            try:
                self._switch.start(entry.name, insist=wish.insist)
            except BusyError:  # another switch began first
                continue
            except InputError as error:
                self._switch.refuse(entry.name, error)
            self._switch.wait()
            return

    def _after_switch(self, switched: Callable[[str], None]) -> Callable[[str], None]:
        def after(task: str) -> None:
            self._changed()
            switched(task)

        return after

    def _changed(self) -> None:
        with self._lock:
            self._revision += 1
