"""Server functions of the Translate tab: alternatives, alignment, dictionary, glossary."""

from __future__ import annotations

from llama_demo.errors import InputError
from llama_demo.services.bounded_queue import BoundedQueue
from llama_demo.ui.calls import Call
from llama_demo.ui.positions import code_points
from llama_demo.ui.tab_context import Services
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
"""Look-ups that run at the same time, and that wait; each occupies a server thread."""

TOO_LONG = ("sentence_too_long", "translate_too_long")
"""Keys of errors about a sentence that cannot be read at once."""

TIMEOUT = 10.0
"""Seconds a look-up waits at most."""


class TranslateServer:
    """Look-ups in the panes."""

    def __init__(self, services: Services) -> None:
        self._translation = services.translation
        self._dictionary = services.dictionary
        self._queue = BoundedQueue(at_once=AT_ONCE, waiting=WAITING, full="look_ups_busy")

    def stop(self, call: Call) -> StoppedResponse:
        """Stop the translation of this page."""
        return StoppedResponse(stopped=self._translation.stop(call.page))

    def alternatives(self, _: Call, request: SentenceRequest) -> AlternativesResponse:
        """Alternative translations of a sentence, best first."""
        with self._queue.turn(TIMEOUT):
            found = self._translation.alternatives(request.translation_request, count=ALTERNATIVES)
        return serialize_alternatives(found)

    def alignment(self, _: Call, request: SentenceRequest) -> AlignmentResponse:
        """Word alignment from cross-attention: source words and weights for each word of the translation."""
        try:
            with self._queue.turn(TIMEOUT):
                found = self._translation.alignment(request.translation_request, request.translation)
        except InputError as error:
            if error.key not in TOO_LONG:
                raise
            return AlignmentResponse(links=[], limit="sentence")
        return serialize_alignment(found, request.text, request.translation)

    def word(self, _: Call, request: WordRequest) -> WordResponse:
        """Dictionary entry of the word at a position."""
        matches = self._dictionary.words_at(request.text, code_points(request.text, request.unit))
        return serialize_word(matches, request.text)


class GlossaryServer:
    """The visitor's glossary."""

    def __init__(self, services: Services) -> None:
        self._glossary = services.glossary
        self._erasure = services.erasure

    def terms(self, call: Call, request: DirectionRequest) -> TermsResponse:
        """The glossary of a direction."""
        return serialize_terms(self._glossary.terms(call.visit, request.source, request.target))

    def add_term(self, call: Call, request: TermRequest) -> TermsResponse:
        """Add a term, or replace it."""
        term, translation = request.term.strip(), request.translation.strip()
        pairs = self._glossary.add(call.visit, request.source, request.target, term, translation)
        return serialize_terms(pairs)

    def remove_term(self, call: Call, request: TermRequest) -> TermsResponse:
        """Remove a term."""
        pairs = self._erasure.delete_term(call.visit, request.source, request.target, request.term)
        return serialize_terms(pairs)


class DocumentServer:
    """Running translations of documents."""

    def __init__(self, services: Services) -> None:
        self._documents = services.documents

    def stop_document(self, call: Call) -> StoppedResponse:
        """Stop the document of this page; its finished part can be downloaded."""
        return StoppedResponse(stopped=self._documents.stop(document_key(call)))


def document_key(call: Call) -> str:
    """The stop key of the document that a page translates."""
    return f"{call.page}:document"
