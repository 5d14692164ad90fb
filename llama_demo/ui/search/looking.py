"""What the scripts of the Search tab look up: passages, their surroundings, a map, similarities, files."""

from __future__ import annotations

from typing import Any

from llama_demo.services.library.result_files import written
from llama_demo.services.library.search import Hit, SearchResults
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Call
from llama_demo.ui.marks import pieces
from llama_demo.ui.search import map as topics
from llama_demo.ui.search.wishes import Mapped, Passage, Sentences, Wish
from llama_demo.ui.wishes import read

HITS, COMPARED = 10, 20
"""Passages that are shown, and that each side of a comparison looks through."""


class Looking:
    """The look-ups; each is called by a script with what :mod:`~llama_demo.ui.search.wishes` describes."""

    def __init__(self, services: Services) -> None:
        self._models = services.models
        self._searching = services.searching

    def find(self, call: Call) -> dict[str, Any]:
        """Passages, or two lists of them to be compared."""
        wish = read(Wish, call.event)
        if not wish.compare or wish.chunk is not None:
            return _told(self._found(call, wish, wish.mode, limit=HITS))
        by_words = self._found(call, wish, "words", limit=COMPARED)
        if not self._models.entries("search"):
            return {"words": _told(by_words)}
        by_meaning = self._found(call, wish, "meaning", limit=COMPARED, second=True)
        return {"words": _told(by_words), "meaning": _told(by_meaning)}

    def surroundings(self, call: Call) -> dict[str, Any]:
        """A passage in the text that it stands in."""
        passage = read(Passage, call.event)
        found = self._searching.context(call.visit, passage.chunk, passage.query)
        return {
            "document": found.document.name,
            "page": found.page,
            "heading": found.heading,
            "language": found.document.language,
            "pieces": pieces(found.text, found.word_spans, found.sentence, found.span),
            "whole": found.whole,
        }

    def points(self, call: Call) -> dict[str, Any]:
        """The map of a collection, or only where a query lies on it."""
        wish = read(Mapped, call.event)
        found = self._searching.map(call.visit, wish.collection, wish.query)
        return topics.told(found) if wish.points else {"query": found.query}

    def similarities(self, call: Call) -> dict[str, Any]:
        """How alike some sentences are: a cosine for each pair."""
        wish = read(Sentences, call.event)
        cosines = self._searching.similarities(wish.sentences)
        return {"cosines": [[round(float(one), 3) for one in row] for row in cosines]}

    def save(self, call: Call) -> dict[str, Any]:
        """What was found, as a file."""
        wish = read(Wish, call.event)
        file = written(self._found(call, wish, wish.mode, limit=HITS, second=True), wish.form)
        return {"name": file.name, "type": file.media_type, "text": file.data.decode("utf-8")}

    def _found(self, call: Call, wish: Wish, mode: str, *, limit: int, second: bool = False) -> SearchResults:
        """``second`` is what one search asks for beside the first."""
        if wish.chunk is not None:
            return self._searching.more_like(call.visit, wish.chunk, wish.collection, limit=limit)
        return self._searching.search(
            call.visit,
            wish.query,
            wish.collection,
            mode=mode,
            chunk_filter=wish.narrowing(call.zone),
            limit=limit,
            debounce_key=f"search:{call.page}" if wish.typed else "",
            record=not (second or wish.again),
        )


def _told(found: SearchResults) -> dict[str, Any]:
    return {
        "mode": found.mode,
        "language": found.language,
        "understood": bool(found.model),
        "searched": found.searched,
        "milliseconds": found.milliseconds,
        "hits": [_hit(hit) for hit in found.hits],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "chunk": hit.chunk,
        "document": hit.document,
        "page": hit.page,
        "heading": hit.heading,
        "language": hit.language,
        "foreign": hit.foreign,
        "meaning": round(hit.meaning, 3),
        "words": round(hit.words, 3),
        "pieces": pieces(hit.text, hit.word_spans, hit.sentence),
    }
