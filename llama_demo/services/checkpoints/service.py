"""The models of this machine and those that can be downloaded: listed, checked, downloaded, switched to.

Every visitor may read the list; changes are for operators. On a public server, visitors who are no operators
are shown the catalogue and the models that serve, without private names, paths and addresses. Only
:meth:`CheckpointService.inspect` and the downloads open connections.
"""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.checkpoint import stored_bytes
from llama_demo.errors import BusyError, CheckpointError, DemoError, InputError
from llama_demo.hub.client import HubClient, stored_token
from llama_demo.hub.endpoints import Endpoint, endpoints, without_login
from llama_demo.hub.local import LocalCheckpoint, in_cache, in_folder, is_there
from llama_demo.hub.repository import repository_of
from llama_demo.model.families import family_of
from llama_demo.model_config import refuse_quantized
from llama_demo.services.checkpoints.catalogue import MAIN, SIZES, Checkpoint, Size, checkpoints, of_set
from llama_demo.services.checkpoints.downloads import (
    ACTIVE,
    DownloadService,
    DownloadState,
    DownloadStatus,
    Wish,
    read_config,
)
from llama_demo.services.checkpoints.fit import MemoryEstimate, MemoryRequest, estimate, shape_of
from llama_demo.services.checkpoints.loading import CONTEXT, ModelLoading
from llama_demo.services.checkpoints.machine import Machine, MachineService
from llama_demo.services.checkpoints.offers import (
    FitQuestion,
    ModelOffer,
    OfferState,
    in_order,
    of_checkpoint,
    of_entry,
)
from llama_demo.services.checkpoints.switching import ModelSwitch, SwitchStatus
from llama_demo.services.model_folders import SENTENCE_FILE, name_of, read_supported_config
from llama_demo.services.models import LOADERS, Models
from llama_demo.services.operators import require_operator
from llama_demo.services.visits import Visit
from llama_demo.store.model_choices import ModelChoiceStore

_TOKEN = re.compile(r"hf_[A-Za-z0-9]{10,200}")

ROOMY: Mapping[Size, int] = {"small": 0, "medium": 12 * 10**9, "large": 40 * 10**9}
"""Bytes of memory from which a set is recommended."""

STATES: Mapping[str, OfferState] = {"loaded": "loaded", "failed": "failed", "available": "installed"}


@dataclass(frozen=True)
class ModelSet:
    """A set of the catalogue.

    Attributes:
        bytes: that are still to be downloaded.
        disk_fits: whether the disk has room for them.
    """

    size: Size
    repositories: tuple[str, ...]
    bytes: int
    disk_fits: bool


@dataclass(frozen=True)
class Overview:
    """What there is and what can be had.

    Attributes:
        recommended: the set for this machine.
        has_token: whether there is an access token.
        may_change: whether the visitor is an operator.
        local_folders: whether folders of the machine may be added.
    """

    machine: Machine
    models: tuple[ModelOffer, ...]
    sets: Mapping[str, ModelSet]
    recommended: str
    endpoints: tuple[Endpoint, ...]
    has_token: bool
    may_change: bool
    local_folders: bool


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
        self._downloads = DownloadService(root, self._client, self._downloaded)
        self._endpoint, self._token = "", ""
        self._checked: dict[str, Checkpoint] = {}
        self._sources: dict[str, LocalCheckpoint] = {}
        self._revision = 0
        self._lock = threading.Lock()

    def open(self) -> None:
        """List what is on this machine, and let chosen models serve, where none was named at the start."""
        named = frozenset(entry.task for entry in self._models.entries() if not entry.bundled)
        for found in (*in_folder(self._root), *in_cache(self._cache)):
            self._list(found)
        for folder in self._choices.folders():
            self._list(LocalCheckpoint("", folder))
        self._switch.restore(keep=named)

    def warm_up(self) -> None:
        """Load the writer, so that the first visitor does not wait; the next one if a chosen one fails.

        Raises:
            DemoError: it cannot be loaded, and it was named at the start or came with the program.
        """
        self._models.writer()

    def close(self) -> None:
        """Stop downloading."""
        self._downloads.close()

    def overview(self, visit: Visit) -> Overview:
        """Everything that the page lists."""
        machine = self._machine.look()
        if machine.throughput is None:
            self._machine.measure_in_background(self._changed)
        offers = in_order(self._offers(self._question(machine), visit), list(LOADERS))
        here = self._repositories()
        return Overview(
            machine=machine,
            models=offers,
            sets={size: self._set(size, here, machine) for size in SIZES},
            recommended=[size for size in SIZES if machine.size >= ROOMY[size]][-1],
            endpoints=() if self._hides(visit) else self._shown_endpoints(),
            has_token=not self._hides(visit) and bool(self._token or stored_token()),
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
        question, source = self._question(self._machine.look()), source.strip()
        if _is_path(source):
            return self._inspect_folder(source, question)
        repository = repository_of(source)
        known = checkpoints().get(repository)
        revision = known.revision if known else MAIN
        try:
            read = read_config(self._client(), repository, revision)
            refuse_quantized(read.content)
            found = known or _described(
                repository, read.content, size=read.bytes, revision=read.commit, embeds=read.embeds
            )
        except DemoError as error:
            if error.key.startswith("hub_"):
                raise
            return CheckpointInspection(source, supported=False, reason=error)
        self._checked[repository] = found
        return CheckpointInspection(source, supported=True, offer=of_checkpoint(found, question))

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
        self._refuse_installed(repository)
        found = self._known(repository)
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
        here = self._repositories()
        for known in of_set(size):
            if known.repository not in here:
                self._downloads.start(known.repository, known.revision, Wish(activate=activate))

    def too_large(self, size: Size) -> Sequence[InputError]:
        """For each model of a set that this machine cannot hold, ``model_needs_memory`` with figures."""
        return [problem for known in of_set(size) if (problem := self._too_large(known))]

    def choose_set(self, visit: Visit, size: Size) -> None:
        """Let what is here of a set, and fits, serve from the next start on. Raises ``operator_only``."""
        require_operator(visit)
        names = {source.repository: name for name, source in list(self._sources.items())}
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
        self._refuse_installed(repository)
        if repository not in {one.repository for one in self._downloads.statuses()}:
            raise InputError("download_unknown", repository=repository[:200])
        known = self._known(repository)
        self._downloads.start(repository, known.revision if known else MAIN)

    def cancel(self, visit: Visit, repository: str) -> None:
        """Cancel a download and delete its files.

        Raises:
            InputError: ``operator_only``, ``download_unknown``; ``model_installed`` if they are in use.
        """
        require_operator(visit)
        if any(one.downloaded and one.repository == repository for one in list(self._sources.values())):
            raise InputError("model_installed", repository=repository[:200])
        self._downloads.cancel(repository)
        self._changed()

    def activate(self, visit: Visit, name: str, *, insist: bool = False) -> None:
        """Switch to a model in the background. Raises ``operator_only``, and as :class:`ModelSwitch`."""
        require_operator(visit)
        self._switch.start(name, insist=insist)

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
        path = self._path(folder)
        if (name := self._name_of(path)) is not None:
            return self._models.entry(name)
        entry = self._models.add(path)
        self._sources[entry.name] = LocalCheckpoint("", path)
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
        entry, source = self._models.entry(name), self._sources.get(name)
        if entry.bundled:
            raise InputError("model_bundled", name=name)
        if entry.active:
            raise InputError("model_active", name=name)
        if source is None or (source.repository and not source.downloaded):
            raise InputError("model_not_downloaded", name=name)
        self.loading.forget(name)
        self._models.remove(name)
        self._sources.pop(name, None)
        if source.downloaded:
            shutil.rmtree(source.folder, ignore_errors=True)
        else:
            self._choices.remove_folder(source.folder)
        self._changed()

    def set_endpoint(self, visit: Visit, name: str) -> None:
        """Choose the source of the next downloads. Raises ``operator_only``, ``endpoint_unknown``."""
        require_operator(visit)
        if name not in {one.name for one in endpoints()}:
            raise InputError("endpoint_unknown", name=name[:80])
        self._endpoint = name
        self._changed()

    def set_token(self, visit: Visit, token: str) -> None:
        """Hold an access token in memory, or forget it. Raises ``operator_only``, ``token_invalid``."""
        require_operator(visit)
        token = token.strip()
        if token and not _TOKEN.fullmatch(token):
            raise InputError("token_invalid")
        self._token = token
        self._changed()

    def _client(self) -> HubClient:
        chosen = next(one for one in endpoints(self._endpoint) if one.chosen)
        token = (self._token or stored_token()) if chosen.trusted else ""
        return HubClient(chosen.address, token)

    def _offers(self, question: FitQuestion, visit: Visit) -> list[ModelOffer]:
        """What is here and what can be downloaded; on a public server only operators see private names."""
        hides = self._hides(visit)
        shown = {entry.name for entry in self._models.entries()}
        offers = []
        for entry in self._models.listed():
            source = self._sources.get(entry.name)
            if not hides or entry.name in shown or (source and source.repository in checkpoints()):
                with suppress(DemoError):  # it was deleted meanwhile, by the app or behind its back
                    offers.append(self._offer(entry, source, question))
        here = {offer.repository for offer in offers}
        coming = {one.repository: one.state for one in self._downloads.statuses()}
        checked = {} if hides else dict(self._checked)
        for repository, one in {**checkpoints(), **checked}.items():
            if repository not in here:
                offers.append(of_checkpoint(one, question, _state(coming.get(repository))))
        return offers

    def _offer(self, entry: ModelEntry, source: LocalCheckpoint | None, question: FitQuestion) -> ModelOffer:
        """The offer of a model that is here; ``failed`` if its files are gone and it is not loaded."""
        switch, state = self._switch.status, STATES[self._models.state().get(entry.name, "failed")]
        if switch is not None and switch.state == "loading" and switch.name == entry.name:
            state = "loading"
        elif state == "installed" and not is_there(self._models.folder(entry.name)):
            state = "failed"
        return of_entry(
            entry,
            self.loading.shape(entry.name),
            question,
            known=checkpoints().get(source.repository) if source else None,
            repository=source.repository if source else "",
            downloaded=source.downloaded if source else False,
            state=state,
        )

    def _hides(self, visit: Visit) -> bool:
        """Whether a visitor is shown nothing private."""
        return self._public and not visit.operator

    def _shown_endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(replace(one, address=without_login(one.address)) for one in endpoints(self._endpoint))

    def _question(self, machine: Machine) -> FitQuestion:
        return FitQuestion(machine, self._machine.precision, CONTEXT, people=1)

    def _known(self, repository: str) -> Checkpoint | None:
        """A checkpoint of the catalogue, or one that was inspected."""
        return checkpoints().get(repository) or self._checked.get(repository)

    def _repositories(self) -> set[str]:
        """The repositories that are here."""
        return {one.repository for one in list(self._sources.values()) if one.repository}

    def _refuse_installed(self, repository: str) -> None:
        if repository in self._repositories():
            raise InputError("model_installed", repository=repository[:200])

    def _name_of(self, folder: Path) -> str | None:
        """The name under which a folder is listed."""
        names = [entry.name for entry in self._models.listed()]
        wanted = folder.resolve()
        return next((name for name in names if self._models.folder(name).resolve() == wanted), None)

    def _set(self, size: Size, here: set[str], machine: Machine) -> ModelSet:
        members = of_set(size)
        missing = sum(one.bytes for one in members if one.repository not in here)
        repositories = tuple(one.repository for one in members)
        return ModelSet(size, repositories, missing, disk_fits=missing < machine.disk_free)

    def _inspect_folder(self, source: str, question: FitQuestion) -> CheckpointInspection:
        path = self._path(source)
        try:
            config = read_supported_config(path)
            embeds = (path / SENTENCE_FILE).exists()
            found = _described(name_of(path), config, embeds=embeds, size=stored_bytes(path))
        except CheckpointError as error:
            return CheckpointInspection(source, supported=False, reason=error)
        offer = replace(of_checkpoint(found, question), repository="")  # it is none of the hub's
        return CheckpointInspection(source, supported=True, offer=offer)

    def _path(self, folder: str) -> Path:
        if self._public:
            raise InputError("folder_private_only")
        try:
            return Path(folder.strip()).expanduser().absolute()
        except RuntimeError as exc:  # no such user
            raise CheckpointError("folder_missing", folder=folder[:200]) from exc

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
        entry = self._list(LocalCheckpoint(repository, folder, downloaded=True), strict=True)
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

    def _list(self, found: LocalCheckpoint, *, strict: bool = False) -> ModelEntry | None:
        """List a checkpoint once; one that is not supported is left out, unless ``strict``."""
        known = self._name_of(found.folder) is not None if not found.repository else False
        if known or found.repository in self._repositories():
            return None
        try:
            entry = self._models.add(found.folder, name=found.name)
            self.loading.shape(entry.name)
        except DemoError:
            if strict:
                raise
            return None
        self._sources[entry.name] = found
        return entry

    def _after_switch(self, switched: Callable[[str], None]) -> Callable[[str], None]:
        def after(task: str) -> None:
            self._changed()
            switched(task)

        return after

    def _changed(self) -> None:
        with self._lock:
            self._revision += 1


def _state(download: DownloadState | None) -> OfferState:
    if download in ("paused", "failed"):
        return "paused"
    return "downloading" if download in ACTIVE else "available"


def _is_path(source: str) -> bool:
    if source.lower().endswith(".gguf"):
        return True
    return source.startswith(("/", "~", ".", "\\")) or (len(source) > 2 and source[1:3] in (":\\", ":/"))


def _described(
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
