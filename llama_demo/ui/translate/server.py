"""Server functions of the Translate tab: words, other ways to say it, entries, terms."""

from __future__ import annotations

from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.ui.calls import Call
from llama_demo.ui.frame import Services
from llama_demo.ui.positions import code_points
from llama_demo.ui.translate.schemas import (
    AlignmentResponse,
    AlternativesResponse,
    DirectionRequest,
    SentenceRequest,
    StoppedResponse,
    TermRequest,
    TermsResponse,
    WordRequest,
    WordResponse,
)
from llama_demo.ui.translate.serializers import (
    serialize_alignment,
    serialize_alternatives,
    serialize_terms,
    serialize_word,
)

ALTERNATIVES = 5

AT_ONCE, WAITING = 2, 6
"""Look-ups at the model at the same time, and those that wait: each holds a thread of the server."""

TIMEOUT = 10.0
"""Seconds that a look-up waits for its turn."""


class TranslateServer:
    """What is looked up in both panes."""

    def __init__(self, services: Services) -> None:
        self._translating = services.translating
        self._dictionary = services.dictionary
        self._queue = BoundedQueue(at_once=AT_ONCE, waiting=WAITING, full="look_ups_busy")

    def stop(self, call: Call) -> StoppedResponse:
        """End what this page translates."""
        return StoppedResponse(stopped=self._translating.stop(call.page))

    def alternatives(self, _: Call, request: SentenceRequest) -> AlternativesResponse:
        """Other ways to say a sentence, best first."""
        with self._queue.turn(TIMEOUT):
            found = self._translating.alternatives(request.asked, count=ALTERNATIVES)
        return serialize_alternatives(found)

    def alignment(self, _: Call, request: SentenceRequest) -> AlignmentResponse:
        """Where the model looked: for each word of the translation words of the source, and how much."""
        with self._queue.turn(TIMEOUT):
            links = self._translating.alignment(request.asked, request.translation)
        return serialize_alignment(links, request.text, request.translation)

    def word(self, _: Call, request: WordRequest) -> WordResponse:
        """What the dictionary says of the word at a place."""
        matches = self._dictionary.words_at(request.text, code_points(request.text, request.unit))
        return serialize_word(matches, request.text)


class GlossaryServer:
    """The visitor's own terms."""

    def __init__(self, services: Services) -> None:
        self._glossary = services.glossary

    def terms(self, call: Call, request: DirectionRequest) -> TermsResponse:
        """The glossary of a direction."""
        return serialize_terms(self._glossary.terms(call.visit, request.source, request.target))

    def add_term(self, call: Call, request: TermRequest) -> TermsResponse:
        """Put a term into the glossary, or replace it."""
        term, translation = request.term.strip(), request.translation.strip()
        pairs = self._glossary.add(call.visit, request.source, request.target, term, translation)
        return serialize_terms(pairs)

    def remove_term(self, call: Call, request: TermRequest) -> TermsResponse:
        """Take a term out of the glossary."""
        pairs = self._glossary.remove(call.visit, request.source, request.target, request.term)
        return serialize_terms(pairs)


class DocumentServer:
    """Documents that are being translated."""

    def __init__(self, services: Services) -> None:
        self._documents = services.documents

    def stop_document(self, call: Call) -> StoppedResponse:
        """End the document that this page translates; what is done can be fetched."""
        return StoppedResponse(stopped=self._documents.stop(document_key(call)))


def document_key(call: Call) -> str:
    """Names the document that a page translates, so that it can be stopped."""
    return f"{call.page}:document"
