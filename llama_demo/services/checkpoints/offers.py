"""The list of models on the page: the catalogue, and what is on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from llama_demo.catalogue import ModelEntry
from llama_demo.engine.throughput import WEIGHT_BYTES
from llama_demo.hub.endpoints import ADDRESSES, HUB
from llama_demo.hub.repository import split_source
from llama_demo.model.families import family_of
from llama_demo.services.checkpoints.catalogue import Checkpoint
from llama_demo.services.checkpoints.fit import Fit, ModelShape, fit
from llama_demo.services.checkpoints.machine import Machine

OfferState = Literal["available", "downloading", "paused", "installed", "loading", "loaded", "failed"]


@dataclass(frozen=True)
class ModelOffer:
    """A model that is here or can be had.

    Attributes:
        repository: on the hub; empty for one that came with the program or was put here by hand.
        name: by which the app calls it, once it is here.
        bytes: of its weight files.
        languages: BCP 47 tags; ``mul`` for many others; empty if unknown.
        summary: a sentence by language of the page; empty if it is not of the catalogue.
        sets: the sets of the catalogue that have it.
        downloaded: whether this app downloaded it, so that it can be deleted.
        active: whether it serves its task.
        beside: whether it does a part of the work beside the active one, as of two search models.
        fits: how it fits this machine, in each precision; that which ``auto`` takes first.
        tokens_per_second: measured while it wrote; 0 if it has not.
    """

    repository: str
    revision: str
    name: str
    task: str
    family: str
    parameters: int
    bytes: int
    context: int
    languages: tuple[str, ...]
    directions: tuple[str, ...]
    licence: str
    gated: bool
    summary: Mapping[str, str]
    sets: tuple[str, ...]
    bundled: bool
    downloaded: bool
    state: OfferState
    active: bool
    fits: tuple[Fit, ...]
    tokens_per_second: float = 0.0
    beside: bool = False

    @property
    def page(self) -> str:
        """Its address on the hub, where a gated model is asked for; empty without a repository."""
        return f"{ADDRESSES[HUB]}/{split_source(self.repository)[0]}" if self.repository else ""


@dataclass(frozen=True)
class FitQuestion:
    """What models are to fit into.

    Attributes:
        auto: tells the precision that ``auto`` takes for so many parameters.
        context, people: tokens of a request, and requests at once.
    """

    machine: Machine
    auto: Callable[[int], str]
    context: int
    people: int


def of_checkpoint(known: Checkpoint, question: FitQuestion, state: OfferState = "available") -> ModelOffer:
    """The offer of a checkpoint that is not here yet."""
    return ModelOffer(
        repository=known.repository,
        revision=known.revision,
        name=known.name,
        task=known.task,
        family=family_of(known.config).name,
        parameters=known.parameters,
        bytes=known.bytes,
        context=known.context,
        languages=known.languages,
        directions=known.directions,
        licence=known.licence,
        gated=known.gated,
        summary=known.summary,
        sets=known.sets,
        bundled=False,
        downloaded=False,
        state=state,
        active=False,
        fits=fits(known.shape, known.bytes, known.task, question),
    )


def of_entry(
    entry: ModelEntry,
    shape: ModelShape,
    question: FitQuestion,
    *,
    known: Checkpoint | None,
    repository: str = "",
    downloaded: bool = False,
    state: OfferState = "installed",
    tokens_per_second: float = 0.0,
) -> ModelOffer:
    """The offer of a model that is here, with what the catalogue knows of it."""
    return ModelOffer(
        repository=repository,
        revision=known.revision if known else "",
        name=entry.name,
        task=entry.task,
        family=entry.family,
        parameters=entry.parameters,
        bytes=entry.bytes,
        context=entry.context,
        languages=known.languages if known else (),
        directions=entry.directions,
        licence=entry.licence or (known.licence if known else ""),
        gated=known.gated if known else False,
        summary=known.summary if known else {},
        sets=known.sets if known else (),
        bundled=entry.bundled,
        downloaded=downloaded,
        state=state,
        active=entry.active,
        fits=fits(shape, entry.bytes, entry.task, question),
        tokens_per_second=tokens_per_second,
    )


def fits(shape: ModelShape, stored: int, task: str, question: FitQuestion) -> tuple[Fit, ...]:
    """How a model fits in each precision, that which ``auto`` takes first."""
    item = max(1, round(stored / max(1, shape.parameters)))
    found = [
        fit(
            shape,
            precision,
            free=question.machine.free,
            context=question.context,
            people=question.people,
            stored=item,
            throughput=question.machine.throughput,
            decodes=task == "generate",
        )
        for precision in WEIGHT_BYTES
    ]
    first = question.auto(shape.parameters)
    return tuple(sorted(found, key=lambda one: one.precision != first))


def in_order(offers: Sequence[ModelOffer], tasks: Sequence[str]) -> tuple[ModelOffer, ...]:
    """By task, then by size."""
    return tuple(sorted(offers, key=lambda one: (tasks.index(one.task), one.parameters, one.name)))
