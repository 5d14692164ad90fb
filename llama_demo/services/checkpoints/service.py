"""The models of this machine and those that can be had: listed, checked, downloaded, switched to.

Everybody may look; what changes something is for operators. Only :meth:`CheckpointService.inspect` and the
downloads open connections.
"""

from __future__ import annotations

import logging
import re
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import BusyError, CheckpointError, DemoError, InputError
from llama_demo.hub.client import HubClient, stored_token
from llama_demo.hub.endpoints import Endpoint, endpoints
from llama_demo.hub.local import LocalCheckpoint, in_cache, in_folder
from llama_demo.hub.repository import repository_of
from llama_demo.model.families import family_of
from llama_demo.model_file import read_json
from llama_demo.services.checkpoints.catalogue import MAIN, SIZES, Checkpoint, Size, checkpoints, of_set
from llama_demo.services.checkpoints.downloads import DownloadService, DownloadStatus, read_config
from llama_demo.services.checkpoints.fit import MemoryEstimate, MemoryRequest, estimate, shape_of
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
from llama_demo.services.models import LOADERS, Models
from llama_demo.services.operators import require_operator
from llama_demo.services.visits import Visit
from llama_demo.store.model_choices import ModelChoiceStore

log = logging.getLogger(__name__)

_TOKEN = re.compile(r"hf_[A-Za-z0-9]{10,200}")

ROOMY: Mapping[Size, int] = {"small": 0, "medium": 12 * 10**9, "large": 40 * 10**9}
"""Bytes of memory from which a set is recommended."""


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
    """What a repository or a folder holds.

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
        self._switch = ModelSwitch(
            models,
            choices,
            free=lambda: machine.look().free,
            precision=machine.precision,
            switched=self._after_switch(switched),
        )
        self._downloads = DownloadService(root, self._client, self._downloaded)
        self._endpoint, self._token = "", ""
        self._checked: dict[str, Checkpoint | None] = {}
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
        """Load the writer, so that the first visitor does not wait.

        Raises:
            DemoError: it cannot be loaded, and it was named at the start or came with the program.
        """
        try:
            self._models.writer()
        except DemoError as error:
            chosen = self._models.active
            if chosen.name not in self._sources:
                raise
            log.warning("the chosen model %s cannot be loaded: %s", chosen.name, error)
            self._models.deactivate("generate")
            self._models.writer()

    def close(self) -> None:
        """Stop downloading."""
        self._downloads.close()

    def overview(self, visit: Visit, *, context: int = 4_096, people: int = 1) -> Overview:
        """Everything that the page lists, for requests of ``context`` tokens and ``people`` at once."""
        machine = self._machine.look()
        if machine.throughput is None:
            self._machine.measure_in_background(self._changed)
        question = FitQuestion(machine, self._machine.precision, context, people)
        offers = in_order(self._offers(question), list(LOADERS))
        here = {one.repository for one in offers if one.state not in ("available", "downloading", "paused")}
        return Overview(
            machine=machine,
            models=offers,
            sets={size: self._set(size, here, machine) for size in SIZES},
            recommended=[size for size in SIZES if machine.size >= ROOMY[size]][-1],
            endpoints=endpoints(self._endpoint),
            has_token=bool(self._token or stored_token()),
            may_change=visit.operator,
            local_folders=visit.operator and not self._public,
        )

    def progress(self, _: Visit) -> ModelProgress:
        """What is going on; cheap."""
        downloads, switch = self._downloads.statuses(), self._switch.status
        loading = switch is not None and switch.state == "loading"
        busy = loading or any(one.state not in ENDED for one in downloads)
        return ModelProgress(downloads, switch, busy, self._revision)

    def active(self, _: Visit) -> Mapping[str, ModelEntry]:
        """The active model of each task that has one."""
        return {task: entries[0] for task in LOADERS if (entries := self._models.entries(task))}

    def estimate(self, request: MemoryRequest) -> MemoryEstimate:
        """The memory of a decoder of any shape."""
        return estimate(request.shape, request.precision, context=request.context, people=request.people)

    def measure(self, visit: Visit) -> Machine:
        """Measure the machine again. Raises ``operator_only``."""
        require_operator(visit)
        self._machine.measure()
        self._changed()
        return self._machine.look()

    def inspect(self, visit: Visit, source: str) -> CheckpointInspection:
        """Read the configuration of a repository, or of a folder, and say whether it can be used.

        Raises:
            InputError: ``operator_only``, ``repository_invalid``, ``folder_private_only``.
            DemoError: the hub does not answer.
        """
        require_operator(visit)
        question = FitQuestion(self._machine.look(), self._machine.precision, 4_096, 1)
        if _is_path(source):
            return self._inspect_folder(source, question)
        repository = repository_of(source)
        known = checkpoints().get(repository)
        revision = known.revision if known else MAIN
        try:
            config, size = read_config(self._client(), repository, revision)
            _refuse_quantized(config)
            found = known or _described(repository, config, size)
        except DemoError as error:
            if error.key.startswith("hub_"):
                raise
            return CheckpointInspection(source, supported=False, reason=error)
        self._checked[repository] = found
        return CheckpointInspection(source, supported=True, offer=of_checkpoint(found, question))

    def download(
        self, visit: Visit, repository: str, *, activate: bool = False, insist: bool = False
    ) -> None:
        """Download a checkpoint of the catalogue or one that was inspected, or go on with it.

        Args:
            activate: switch to it when it is there.
            insist: although it does not fit into the memory.

        Raises:
            InputError: ``operator_only``, ``repository_unknown``, ``model_needs_memory``.
        """
        require_operator(visit)
        found = checkpoints().get(repository) or self._checked.get(repository)
        begun = {one.repository for one in self._downloads.statuses()}
        if found is None and repository not in begun:
            raise InputError("repository_unknown", repository=repository[:200])
        if found is not None and not insist:
            self._check_memory(found)
        self._downloads.start(repository, found.revision if found else MAIN, activate=activate)

    def download_set(self, visit: Visit, size: Size, *, activate: bool = True) -> None:
        """Download what is not here of a set, and switch to it. Raises ``operator_only``."""
        require_operator(visit)
        here = {one.repository for one in self._sources.values()}
        for known in of_set(size):
            if known.repository not in here:
                self._downloads.start(known.repository, known.revision, activate=activate)

    def choose_set(self, visit: Visit, size: Size) -> None:
        """Let what is here of a set serve from the next start on. Raises ``operator_only``."""
        require_operator(visit)
        names = {source.repository: name for name, source in self._sources.items()}
        for known in of_set(size):
            if known.repository in names:
                self._choices.choose(known.task, names[known.repository])

    def pause(self, visit: Visit, repository: str) -> None:
        """Pause a download. Raises ``operator_only``, ``download_unknown``."""
        require_operator(visit)
        self._downloads.pause(repository)

    def resume(self, visit: Visit, repository: str) -> None:
        """Go on with a download. Raises ``operator_only``, ``download_unknown``."""
        require_operator(visit)
        if repository not in {one.repository for one in self._downloads.statuses()}:
            raise InputError("download_unknown", repository=repository[:200])
        known = checkpoints().get(repository) or self._checked.get(repository)
        self._downloads.start(repository, known.revision if known else MAIN)

    def cancel(self, visit: Visit, repository: str) -> None:
        """Cancel a download and delete its files. Raises ``operator_only``, ``download_unknown``."""
        require_operator(visit)
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
        """List a folder of the machine, and remember it.

        Raises:
            InputError: ``operator_only``, ``folder_private_only``.
            CheckpointError: it cannot be used.
        """
        require_operator(visit)
        path = self._path(folder)
        entry = self._models.add(path)
        self._sources[entry.name] = LocalCheckpoint("", path)
        self._choices.add_folder(path)
        self._changed()
        return entry

    def delete(self, visit: Visit, name: str) -> None:
        """Delete the files of a downloaded model, or forget a folder that was added.

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
        self._models.remove(name)
        del self._sources[name]
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

    def _offers(self, question: FitQuestion) -> list[ModelOffer]:
        offers, states = [], self._models.state()
        switch = self._switch.status
        loading = switch.name if switch is not None and switch.state == "loading" else ""
        for entry in self._models.entries():
            source = self._sources.get(entry.name)
            state: OfferState = "loading" if entry.name == loading else STATES[states[entry.name]]
            offers.append(
                of_entry(
                    entry,
                    read_json(self._models.folder(entry.name) / "config.json"),
                    question,
                    known=checkpoints().get(source.repository) if source else None,
                    repository=source.repository if source else "",
                    downloaded=source.downloaded if source else False,
                    state=state,
                )
            )
        here = {offer.repository for offer in offers}
        coming = {one.repository: one.state for one in self._downloads.statuses()}
        known = {**checkpoints(), **{name: one for name, one in self._checked.items() if one is not None}}
        for repository, one in known.items():
            if repository not in here:
                offers.append(of_checkpoint(one, question, _state(coming.get(repository, ""))))
        return offers

    def _set(self, size: Size, here: set[str], machine: Machine) -> ModelSet:
        members = of_set(size)
        missing = sum(one.bytes for one in members if one.repository not in here)
        repositories = tuple(one.repository for one in members)
        return ModelSet(size, repositories, missing, disk_fits=missing < machine.disk_free)

    def _inspect_folder(self, source: str, question: FitQuestion) -> CheckpointInspection:
        path = self._path(source)
        try:
            config = read_json(path / "config.json")
            _refuse_quantized(config)
            found = _described(path.name, config, 0)
        except CheckpointError as error:
            return CheckpointInspection(source, supported=False, reason=error)
        return CheckpointInspection(source, supported=True, offer=of_checkpoint(found, question))

    def _path(self, folder: str) -> Path:
        if self._public:
            raise InputError("folder_private_only")
        return Path(folder).expanduser().absolute()

    def _check_memory(self, found: Checkpoint) -> None:
        machine, shape = self._machine.look(), shape_of(found.config)
        precision = self._machine.precision(found.parameters)
        needed = estimate(shape, precision, context=min(4_096, found.context), stored=2).total
        if needed > machine.size:
            raise InputError("model_needs_memory", name=found.name, needed=needed, free=machine.size)

    def _downloaded(self, repository: str, folder: Path, activate: bool) -> None:
        entry = self._list(LocalCheckpoint(repository, folder, downloaded=True), strict=True)
        self._changed()
        while activate and entry is not None:
            self._switch.wait()
            with suppress(BusyError):  # somebody else was faster
                self._switch.start(entry.name, insist=True)
                self._switch.wait()
                return

    def _list(self, found: LocalCheckpoint, *, strict: bool = False) -> ModelEntry | None:
        """List a checkpoint once; one that is not supported is left out, unless ``strict``."""
        if found.repository and found.repository in {one.repository for one in self._sources.values()}:
            return None
        try:
            entry = self._models.add(found.folder, name=found.name)
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


ENDED = ("paused", "done", "failed", "cancelled")
"""States of a download in which nothing happens."""

STATES: Mapping[str, OfferState] = {"loaded": "loaded", "failed": "failed", "available": "installed"}


def _state(download: str) -> OfferState:
    if download in ("paused", "failed"):
        return "paused"
    return "downloading" if download and download not in ENDED else "available"


def _is_path(source: str) -> bool:
    return source.startswith(("/", "~", ".", "\\")) or (len(source) > 2 and source[1:3] in (":\\", ":/"))


def _refuse_quantized(config: Mapping[str, Any]) -> None:
    quantized = config.get("quantization_config")
    if isinstance(quantized, dict):
        raise CheckpointError("quantized_unsupported", method=str(quantized.get("quant_method", "?"))[:40])


def _described(repository: str, config: Mapping[str, Any], size: int) -> Checkpoint:
    """What the configuration of a repository that is not in the catalogue says."""
    shape = shape_of(config)
    return Checkpoint(
        repository=repository,
        revision=MAIN,
        task=family_of(config).task,
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
