"""The list of the tab of models: what is here, what can be had, and the sets for machines of a size."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from llama_demo.catalogue import GUARD, ModelEntry, search_models
from llama_demo.errors import DemoError
from llama_demo.hub.endpoints import Endpoint
from llama_demo.hub.local import LocalCheckpoint, is_there
from llama_demo.services.checkpoints.catalogue import SIZES, Checkpoint, Size, checkpoints, of_set
from llama_demo.services.checkpoints.downloads import ACTIVE, DownloadState
from llama_demo.services.checkpoints.installed import InstalledCheckpoints
from llama_demo.services.checkpoints.loading import ModelLoading
from llama_demo.services.checkpoints.machine import Machine
from llama_demo.services.checkpoints.offers import (
    FitQuestion,
    ModelOffer,
    OfferState,
    in_order,
    of_checkpoint,
    of_entry,
)
from llama_demo.services.checkpoints.switching import ModelSwitch
from llama_demo.services.models import LOADERS, Models

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


def sets_for(machine: Machine, here: set[str]) -> dict[str, ModelSet]:
    """The sets of the catalogue, given the repositories that are on this machine."""
    return {size: _set(size, here, machine) for size in SIZES}


def recommended_for(machine: Machine) -> Size:
    """The largest set that is meant for so much memory."""
    return [size for size in SIZES if machine.size >= ROOMY[size]][-1]


@dataclass(frozen=True)
class ModelList:
    """Makes the offers of what is here and of what can be downloaded."""

    models: Models
    installed: InstalledCheckpoints
    loading: ModelLoading
    switch: ModelSwitch

    def offers(
        self,
        question: FitQuestion,
        coming: Mapping[str, DownloadState],
        checked: Mapping[str, Checkpoint],
        *,
        hides: bool,
    ) -> tuple[ModelOffer, ...]:
        """The models by task and size.

        Args:
            coming: the states of downloads by repository.
            checked: repositories beside those of the catalogue that can be downloaded.
            hides: whether names that are not of the catalogue are private, unless they serve.
        """
        shown = {entry.name for entry in [*self.models.entries(), *self.models.entries(GUARD)]}
        sources, offers = self.installed.sources(), []
        for entry in self.models.listed():
            source = sources.get(entry.name)
            if not hides or entry.name in shown or (source and source.repository in checkpoints()):
                with suppress(DemoError):  # it was deleted meanwhile, by the app or behind its back
                    offers.append(self._offer(entry, source, question))
        here = {offer.repository for offer in offers}
        for repository, one in {**checkpoints(), **({} if hides else checked)}.items():
            if repository not in here:
                offers.append(of_checkpoint(one, question, _state(coming.get(repository))))
        pair = search_models(self.models.entries("search"))
        offers = [replace(one, beside=one.name in pair and not one.active) for one in offers]
        return in_order(offers, [*LOADERS, GUARD])

    def _offer(self, entry: ModelEntry, source: LocalCheckpoint | None, question: FitQuestion) -> ModelOffer:
        """The offer of a model that is here; ``failed`` if its files are gone and it is not loaded."""
        switch, state = self.switch.status, STATES[self.models.state().get(entry.name, "failed")]
        if switch is not None and switch.state == "loading" and switch.name == entry.name:
            state = "loading"
        elif state == "installed" and not is_there(self.models.folder(entry.name)):
            state = "failed"
        return of_entry(
            entry,
            self.loading.shape(entry.name),
            question,
            known=checkpoints().get(source.repository) if source else None,
            repository=source.repository if source else "",
            downloaded=source.downloaded if source else False,
            state=state,
            tokens_per_second=self.models.tokens_per_second(entry.name),
        )


def _set(size: Size, here: set[str], machine: Machine) -> ModelSet:
    members = of_set(size)
    missing = sum(one.bytes for one in members if one.repository not in here)
    repositories = tuple(one.repository for one in members)
    return ModelSet(size, repositories, missing, disk_fits=missing < machine.disk_free)


def _state(download: DownloadState | None) -> OfferState:
    if download in ("paused", "failed"):
        return "paused"
    return "downloading" if download in ACTIVE else "available"
