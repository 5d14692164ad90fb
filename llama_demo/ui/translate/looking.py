"""What the scripts of the Translate tab look up: words, other ways to say it, entries, terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.services.translation.dictionary import DictionaryEntry
from llama_demo.services.translation.glossary import TermPair
from llama_demo.ui.frame import Services
from llama_demo.ui.handlers import Call
from llama_demo.ui.positions import code_points, units
from llama_demo.ui.translate.wishes import Direction, Entry, Place, Sentence
from llama_demo.ui.wishes import read

ALTERNATIVES = 5
ENTRIES = 4
"""Readings of a word that are shown."""
GLOSSES = 6

AT_ONCE, WAITING = 2, 6
"""Look-ups at the model at the same time, and those that wait: each holds a thread of the server."""

TIMEOUT = 10.0
"""Seconds that a look-up waits for its turn."""


class Looking:
    """The look-ups; each is called by a script with what :mod:`~llama_demo.ui.translate.wishes` describes."""

    def __init__(self, services: Services) -> None:
        self._translating = services.translating
        self._dictionary = services.dictionary
        self._glossary = services.glossary
        self._documents = services.documents
        self._queue = BoundedQueue(at_once=AT_ONCE, waiting=WAITING, full="look_ups_busy")

    def stop(self, call: Call) -> dict[str, Any]:
        """End what this page translates."""
        return {"stopped": self._translating.stop(call.page)}

    def stop_document(self, call: Call) -> dict[str, Any]:
        """End the document that this page translates; what is done can be fetched."""
        return {"stopped": self._documents.stop(f"{call.page}:document")}

    def alternatives(self, call: Call) -> dict[str, Any]:
        """Other ways to say a sentence, best first; ``share`` is the usual probability of a token, 0 to 1."""
        sentence = read(Sentence, call.event)
        with self._queue.turn(TIMEOUT):
            found = self._translating.alternatives(sentence.asked, count=ALTERNATIVES)
        return {"found": [{"text": one.text, "share": math.exp(min(0.0, one.score))} for one in found]}

    def alignment(self, call: Call) -> dict[str, Any]:
        """Where the model looked: for each word of the translation words of the source, and how much."""
        sentence = read(Sentence, call.event)
        with self._queue.turn(TIMEOUT):
            links = self._translating.alignment(sentence.asked, sentence.translation)
        text, translation = sentence.text, sentence.translation
        return {
            "links": [
                [
                    *(units(text[:place]) for place in link.source),
                    *(units(translation[:place]) for place in link.target),
                    round(link.weight, 3),
                ]
                for link in links
            ]
        }

    def word(self, call: Call) -> dict[str, Any]:
        """What the dictionary says of the word at a place; ``start`` and ``end`` are None if it is silent."""
        place = read(Place, call.event)
        matches = self._dictionary.words_at(place.text, code_points(place.text, place.unit))
        if not matches:
            return {"start": None, "end": None, "entries": []}
        first = matches[0]
        start, end = (units(place.text[:edge]) for edge in (first.start, first.end))
        return {"start": start, "end": end, "entries": _entries(first.entries)}

    def terms(self, call: Call) -> dict[str, Any]:
        """The glossary of a direction."""
        direction = read(Direction, call.event)
        return _listed(self._glossary.terms(call.visit, direction.source, direction.target))

    def add_term(self, call: Call) -> dict[str, Any]:
        """Put a term into the glossary, or replace it."""
        entry = read(Entry, call.event)
        pairs = self._glossary.add(
            call.visit, entry.source, entry.target, entry.term.strip(), entry.translation.strip()
        )
        return _listed(pairs)

    def remove_term(self, call: Call) -> dict[str, Any]:
        """Take a term out of the glossary."""
        entry = read(Entry, call.event)
        return _listed(self._glossary.remove(call.visit, entry.source, entry.target, entry.term))


def _entries(entries: Sequence[DictionaryEntry]) -> list[dict[str, Any]]:
    return [
        {
            "word": entry.simplified,
            "traditional": entry.traditional if entry.traditional != entry.simplified else "",
            "pinyin": entry.pinyin,
            "glosses": list(entry.glosses[:GLOSSES]),
            "measure_words": list(entry.measure_words),
        }
        for entry in entries[:ENTRIES]
    ]


def _listed(pairs: Sequence[TermPair]) -> dict[str, Any]:
    return {"terms": [[pair.term, pair.translation] for pair in pairs]}
