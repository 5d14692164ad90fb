"""Server functions that several tabs share, and those of the page as a whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from llama_demo.services.library.library import DEFAULT, Collection
from llama_demo.services.operators import require_operator
from llama_demo.ui.calls import Call
from llama_demo.ui.schemas import (
    AccountResponse,
    CollectionItem,
    CollectionsRequest,
    CollectionsResponse,
    DeepItem,
    FiguresResponse,
    MadeResponse,
    SampleProgress,
)
from llama_demo.ui.tab_context import Services

MOST_DOCUMENTS = 500
"""Most documents that the filter offers."""


class CollectionsServer:
    """The collections of the library, for tabs that offer a choice of them."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._library = services.library

    def about(self, call: Call, request: CollectionsRequest) -> CollectionsResponse:
        """The collections, the documents of the chosen one, and the indexing of the samples."""
        collections = self._library.collections(call.visit)
        chosen = request.collection if request.collection in {one.name for one in collections} else ""
        documents = [one for one in self._library.documents(call.visit, chosen) if one.state == "done"]
        samples = [one for one in collections if one.shared]
        states = [one.state for each in samples for one in self._library.documents(call.visit, each.name)]
        return CollectionsResponse(
            collections=[serialize_collection(one) for one in collections],
            documents=[(one.id, one.name) for one in documents[:MOST_DOCUMENTS]],
            languages=sorted({one.language for one in documents if one.language}),
            samples=SampleProgress(done=len(states) - states.count("waiting"), total=len(states)),
            understands=bool(self._models.entries("search")),
            deep=self.deepening(call, request),
        )

    def deepening(self, call: Call, request: CollectionsRequest) -> DeepItem:
        """How far the deep model has come with the chosen collection, or with all."""
        collections = self._library.collections(call.visit)
        chosen = [one for one in collections if one.name == request.collection]
        progress = self._library.deep_progress(chosen or ([] if request.collection else collections))
        return DeepItem(done=progress.done, total=progress.total, failed=progress.failed)


@dataclass(frozen=True)
class MadeComponent:
    """What a component is made with: its markup, and properties for its script."""

    markup: str
    props: dict[str, Any] = field(default_factory=dict)


class MadeServer:
    """A component that depends on models, as those of now have it."""

    def __init__(self, make: Callable[[], MadeComponent]) -> None:
        self._make = make

    def made(self, _: Call) -> MadeResponse:
        """The component, made now."""
        made = self._make()
        return MadeResponse(markup=made.markup, props=made.props)


class AccountServer:
    """The account that a visitor has signed in with."""

    def __init__(self, services: Services) -> None:
        self._expiry = services.expiry

    def account(self, call: Call) -> AccountResponse:
        """The account's name, and whether it is an operator's."""
        return AccountResponse(name=call.visit.name, operator=call.visit.operator)

    def figures(self, call: Call) -> FiguresResponse:
        """What only an operator is shown."""
        require_operator(call.visit)
        figures = self._expiry.figures()
        return FiguresResponse(visitors=figures.visitors, megabytes=figures.bytes / 2**20)


def serialize_collection(one: Collection) -> CollectionItem:
    """A collection for the scripts."""
    kind = "sample" if one.shared else "default" if one.name == DEFAULT else ""
    return CollectionItem(
        name=one.name,
        shared=one.shared,
        documents=one.documents,
        chunks=one.chunks,
        key=f"search.collection.{kind}" if kind else "",
    )
