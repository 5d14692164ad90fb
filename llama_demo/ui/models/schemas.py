"""What crosses between the Models tab and the server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from llama_demo.services.checkpoints.catalogue import Size
from llama_demo.services.checkpoints.downloads import DownloadState
from llama_demo.services.checkpoints.fit import Precision, Verdict
from llama_demo.services.checkpoints.offers import OfferState
from llama_demo.services.checkpoints.switching import SwitchState
from llama_demo.ui.schemas import Name, Schema, Text


class RepositoryRequest(Schema):
    """A repository.

    Attributes:
        insist: get it although the machine cannot hold it.
    """

    repository: Name
    insist: bool = False


class ModelRequest(Schema):
    """A model of this machine, by name.

    Attributes:
        insist: load it although memory is short.
    """

    name: Name
    insist: bool = False


class ModelSourceRequest(Schema):
    """A repository id, an address of the hub, or a folder of this machine."""

    source: Annotated[Text, Field(max_length=1_000)] = ""


class SetRequest(Schema):
    """A set of models."""

    size: Size


class EndpointRequest(Schema):
    """Where models are downloaded from, by name."""

    name: Name


class TokenRequest(Schema):
    """A token for gated models; an empty one forgets it."""

    token: Annotated[Text, Field(max_length=1_000)] = ""


class BackendRequest(Schema):
    """A server in OpenAI's form that is to write.

    Attributes:
        address: base URL.
        model: as the server calls it; empty for its only one.
        key: empty for none.
    """

    address: Name
    model: Name = ""
    key: Annotated[Text, Field(max_length=1_000)] = ""


class CalculatorRequest(Schema):
    """The shape of a decoder and how it is used.

    Attributes:
        parameters: their number.
        heads: of keys and values.
        people: who write at once, each with a context of their own.
    """

    parameters: int = Field(ge=1, le=2_000_000_000_000)
    layers: int = Field(ge=1, le=1_000)
    heads: int = Field(ge=1, le=1_000)
    head_size: int = Field(ge=1, le=4_096)
    width: int = Field(ge=1, le=100_000)
    vocabulary: int = Field(ge=1, le=10_000_000)
    precision: Precision
    context: int = Field(ge=1, le=10_000_000)
    people: int = Field(ge=1, le=10_000)


class MemoryItem(Schema):
    """Where the memory goes, in bytes."""

    weights: int
    cache: int
    workspace: int


class FitItem(Schema):
    """How a model fits this machine in a precision.

    Attributes:
        speed: estimated tokens per second; 0 if unknown.
        pace: the speed in words: the last part of a key ``pace.…``; empty if it is unknown.
    """

    precision: str
    memory: MemoryItem
    verdict: Verdict
    speed: float
    pace: str


class OfferItem(Schema):
    """A model of the catalogue or of this machine.

    Attributes:
        repository: empty for a model that is on this machine alone.
        page: its address on the hub, where a gated model is asked for; empty without a repository.
        summary: what it is good at, by language tag; empty if that is unknown.
        fits: for each precision, first that in which it would be loaded.
        measured: tokens per second while it wrote; 0 if it has not.
        beside: whether it does a part of the work beside the active one.
    """

    repository: str
    page: str
    name: str
    task: str
    family: str
    parameters: int
    bytes: int
    context: int
    languages: list[str]
    directions: list[str]
    licence: str
    gated: bool
    summary: dict[str, str]
    bundled: bool
    downloaded: bool
    state: OfferState
    active: bool
    beside: bool
    fits: list[FitItem]
    measured: float


class MachineItem(Schema):
    """This machine; sizes in bytes, and of the device where models are computed."""

    cores: int
    device: str
    device_name: str
    memory: int
    free: int
    disk: int


class SetItem(Schema):
    """The set of models that is recommended; ``bytes`` are those still to be downloaded."""

    size: Size
    models: list[tuple[str, str]]
    repositories: list[str]
    bytes: int
    disk_fits: bool


class EndpointItem(Schema):
    """A place where models are downloaded from."""

    name: str
    address: str
    chosen: bool


class BackendItem(Schema):
    """A model of another server, which serves a task; ``address`` for operators alone, else empty."""

    task: str
    name: str
    address: str


class ModelsResponse(Schema):
    """All that the tab shows.

    Attributes:
        elsewhere: models of other servers that serve a task, at most one of each.
        changeable: whether the visitor may get, use and remove models.
        folders: whether folders of the machine can be added.
        recommended: None if all of it is here.
    """

    machine: MachineItem
    models: list[OfferItem]
    recommended: SetItem | None
    endpoints: list[EndpointItem]
    elsewhere: list[BackendItem]
    token: bool
    changeable: bool
    folders: bool


class DownloadItem(Schema):
    """How far a download has come; ``problem`` as HTML, empty if there is none."""

    repository: str
    state: DownloadState
    done: int
    total: int
    speed: float
    seconds_left: float | None
    problem: str
    offer_mirror: bool


class SwitchItem(Schema):
    """How far the loading of a model has come; ``problem`` as HTML, empty if there is none."""

    task: str
    name: str
    former: str
    state: SwitchState
    done: int
    total: int
    problem: str


class WorkResponse(Schema):
    """What is going on.

    Attributes:
        busy: whether it is worth asking again soon.
        revision: changes when the list would differ.
    """

    downloads: list[DownloadItem]
    switch: SwitchItem | None
    busy: bool
    revision: int


class ModelSourceResponse(Schema):
    """What the configuration of a source says; one of the two is there, ``reason`` as HTML.

    Attributes:
        reason: why it is not supported. A ``problem`` would be that of a request that failed.
    """

    offer: OfferItem | None
    reason: str


class AddedResponse(Schema):
    """A folder that was added, by the name of its model."""

    name: str


class EstimateResponse(Schema):
    """The memory that a calculation finds."""

    memory: MemoryItem


class ActiveModelItem(Schema):
    """The model that serves a task."""

    task: str
    name: str
    parameters: int
    device: str


class ActiveModelsResponse(Schema):
    """The models that serve the tasks."""

    models: list[ActiveModelItem]
