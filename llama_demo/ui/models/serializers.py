"""Schemas of the Models tab, of what the checkpoint service returns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from llama_demo.catalogue import ModelEntry
from llama_demo.errors import DemoError
from llama_demo.page_languages import PAGE_LANGUAGES
from llama_demo.services.backend import BackendState
from llama_demo.services.checkpoints.downloads import DownloadStatus
from llama_demo.services.checkpoints.fit import Fit, MemoryEstimate
from llama_demo.services.checkpoints.inspection import CheckpointInspection
from llama_demo.services.checkpoints.machine import Machine
from llama_demo.services.checkpoints.offers import ModelOffer
from llama_demo.services.checkpoints.overview import Overview
from llama_demo.services.checkpoints.service import ModelProgress
from llama_demo.services.checkpoints.switching import SwitchStatus
from llama_demo.ui import markup
from llama_demo.ui.generate.serializers import pace
from llama_demo.ui.models.schemas import (
    ActiveModelItem,
    ActiveModelsResponse,
    BackendItem,
    DownloadItem,
    EndpointItem,
    FitItem,
    MachineItem,
    MemoryItem,
    ModelSourceResponse,
    ModelsResponse,
    OfferItem,
    SetItem,
    SwitchItem,
    WorkResponse,
)

MOST_DIRECTIONS = 20
"""Directions of a translator that are sent; one of many languages has thousands, which nobody reads."""


def serialize_overview(seen: Overview, elsewhere: Sequence[BackendItem] = ()) -> ModelsResponse:
    """All that the tab shows. Where another server serves a task, no model of this machine is in use."""
    idle = {one.task for one in elsewhere}
    return ModelsResponse(
        machine=serialize_machine(seen.machine),
        models=[
            serialize_offer(
                replace(
                    one,
                    active=one.active and one.task not in idle,
                    beside=one.beside and one.task not in idle,
                )
            )
            for one in seen.models
        ],
        recommended=_recommended(seen),
        endpoints=[
            EndpointItem(name=one.name, address=one.address, chosen=one.chosen) for one in seen.endpoints
        ],
        elsewhere=list(elsewhere),
        token=seen.has_token,
        changeable=seen.may_change,
        folders=seen.local_folders,
    )


def serialize_machine(machine: Machine) -> MachineItem:
    """The machine, with the memory that models are loaded into."""
    return MachineItem(
        cores=machine.cores,
        device=machine.device,
        device_name=machine.device_name,
        memory=machine.size,
        free=machine.free,
        disk=machine.disk_free,
    )


def serialize_offer(offer: ModelOffer) -> OfferItem:
    """A model of the list."""
    return OfferItem(
        repository=offer.repository,
        name=offer.name,
        task=offer.task,
        family=offer.family,
        parameters=offer.parameters,
        bytes=offer.bytes,
        context=offer.context,
        languages=list(offer.languages),
        directions=list(offer.directions) if len(offer.directions) <= MOST_DIRECTIONS else [],
        licence=offer.licence,
        gated=offer.gated,
        page=offer.page,
        summary=_by_tag(offer.summary),
        bundled=offer.bundled,
        downloaded=offer.downloaded,
        state=offer.state,
        active=offer.active,
        beside=offer.beside,
        fits=[_fit(one) for one in offer.fits],
        measured=round(offer.tokens_per_second, 1),
    )


def serialize_memory(memory: MemoryEstimate) -> MemoryItem:
    """Where the memory goes."""
    return MemoryItem(weights=memory.weights, cache=memory.cache, workspace=memory.workspace)


def serialize_backends(entries: Iterable[ModelEntry], state: BackendState | None) -> list[BackendItem]:
    """The models of other servers, that which writes with its address if it may be shown."""
    return [
        BackendItem(
            task=one.task,
            name=one.name,
            address=state.address if state and one.task == "generate" else "",
        )
        for one in entries
    ]


def serialize_progress(progress: ModelProgress, *, changes: int = 0) -> WorkResponse:
    """What is going on.

    Args:
        changes: how often another server was chosen or left.
    """
    return WorkResponse(
        downloads=[_download(one) for one in progress.downloads],
        switch=_switch(progress.switch) if progress.switch else None,
        busy=progress.busy,
        revision=progress.revision + changes,
    )


def serialize_inspection(inspection: CheckpointInspection) -> ModelSourceResponse:
    """A source: a model, or why it is not supported."""
    offer = serialize_offer(inspection.offer) if inspection.supported and inspection.offer else None
    return ModelSourceResponse(offer=offer, reason=_sentence(inspection.reason))


def serialize_active(entries: Mapping[str, ModelEntry]) -> ActiveModelsResponse:
    """The models that serve the tasks."""
    return ActiveModelsResponse(models=active_items(entries.values()))


def active_items(entries: Iterable[ModelEntry]) -> list[ActiveModelItem]:
    """Each entry for the head of the page."""
    return [
        ActiveModelItem(task=one.task, name=one.name, parameters=one.parameters, device=one.device)
        for one in entries
    ]


def _recommended(seen: Overview) -> SetItem | None:
    """The set for this machine, as long as something of it is missing."""
    wanted = seen.sets.get(seen.recommended)
    if wanted is None or not wanted.bytes:
        return None
    offers = {one.repository: one for one in seen.models}
    known = [offers[one] for one in wanted.repositories if one in offers]
    return SetItem(
        size=wanted.size,
        models=[(one.task, one.name) for one in known],
        repositories=list(wanted.repositories),
        bytes=wanted.bytes,
        disk_fits=wanted.disk_fits,
    )


def _fit(fit: Fit) -> FitItem:
    return FitItem(
        precision=fit.precision,
        memory=serialize_memory(fit.estimate),
        verdict=fit.verdict,
        speed=round(fit.tokens_per_second, 1),
        pace=pace(fit.tokens_per_second) if fit.tokens_per_second else "",
    )


def _download(one: DownloadStatus) -> DownloadItem:
    return DownloadItem(
        repository=one.repository,
        state=one.state,
        done=one.done,
        total=one.total,
        speed=one.bytes_per_second,
        seconds_left=one.seconds_left,
        problem=_sentence(one.error),
        offer_mirror=one.offer_mirror,
    )


def _switch(one: SwitchStatus) -> SwitchItem:
    return SwitchItem(
        task=one.task,
        name=one.name,
        former=one.former,
        state=one.state,
        done=one.done,
        total=one.total,
        problem=_sentence(one.error),
    )


def _sentence(error: DemoError | None) -> str:
    """The sentence, escaped, in every language; empty for no error."""
    return str(markup.problem(error)) if error else ""


def _by_tag(summary: Mapping[str, str]) -> dict[str, str]:
    """A text of the catalogue under the tags of the page's languages."""
    return {page.tag: summary[code] for code, page in PAGE_LANGUAGES.items() if code in summary}
