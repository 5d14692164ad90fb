"""The collections of the library, for every tab that lets a visitor choose among them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from llama_demo.services.library.library import DEFAULT, SAMPLE, Collection
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Call
from llama_demo.ui.wishes import Name, Text, read

MOST_DOCUMENTS = 500
"""Documents that the filter offers."""


class Place(BaseModel):
    """Where somebody looks, and for what.

    Attributes:
        collection: its name; empty for all.
    """

    query: Text = ""
    collection: Name = SAMPLE


class Collections:
    """What a script looks up of them."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._library = services.library

    def about(self, call: Call) -> dict[str, Any]:
        """What can be searched: collections, the documents of one, whether the samples are there yet."""
        place = read(Place, call.event)
        collections = self._library.collections(call.visit)
        chosen = place.collection if place.collection in {one.name for one in collections} else ""
        documents = [one for one in self._library.documents(call.visit, chosen) if one.state == "done"]
        samples = [one for one in collections if one.shared]
        states = [one.state for each in samples for one in self._library.documents(call.visit, each.name)]
        return {
            "collections": [collection_told(one) for one in collections],
            "documents": [[one.id, one.name] for one in documents[:MOST_DOCUMENTS]],
            "languages": sorted({one.language for one in documents if one.language}),
            "samples": {"done": len(states) - states.count("waiting"), "total": len(states)},
            "understands": bool(self._models.entries("search")),
        }


def collection_told(one: Collection) -> dict[str, Any]:
    """A collection for a script; ``key`` names the text that stands for its name, if one does."""
    kind = "sample" if one.shared else "default" if one.name == DEFAULT else ""
    return {
        "name": one.name,
        "shared": one.shared,
        "documents": one.documents,
        "chunks": one.chunks,
        "key": f"search.collection.{kind}" if kind else "",
    }
