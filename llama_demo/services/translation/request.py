"""A translation request: its options, its limits, and the languages and models that it resolves to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from llama_demo.engine.request import in_range
from llama_demo.errors import InputError
from llama_demo.services.translation.routes import Route, Routes, choose
from llama_demo.tasks.glossary import Term
from llama_demo.text.languages import Guess, has_script_of

AUTO = "auto"
"""Source language of a request whose language is to be detected."""

LONGEST_TEXT = 100_000
"""Characters."""

MISTAKEN = 0.9
"""Confidence from which the detected language is reported against a requested one of the same script."""

LONGEST_SENTENCE = 2_000
"""Characters of a sentence that is aligned word by word or translated in several ways."""

MOST_BEAMS = 8

MOST_TERMS, LONGEST_TERM = 500, 200
"""Terms of a glossary, and characters of a term."""


@dataclass(frozen=True)
class TranslationRequest:
    """A text to translate, with its options.

    Attributes:
        source: ISO 639-1, or ``auto``.
        beams: 1 (greedy) to 8.
        model: name of a model; empty for the best one of the direction.
        glossary: terms whose translation is fixed.
        guess: the detected language of the text, if the caller has detected it already.
    """

    text: str
    source: str = AUTO
    target: str = "en"
    beams: int = 1
    model: str = ""
    glossary: tuple[Term, ...] = ()
    guess: Guess | None = field(default=None, compare=False)


@dataclass(frozen=True)
class TranslationPlan:
    """The languages and models for one request; one plan serves all texts of a document.

    Attributes:
        source: ISO 639-1, requested or detected; empty if the text has no language (digits, emoji).
        guess: the detected language; None if the language was requested.
        route: None if nothing is to be translated.
        note: why nothing is translated: ``same_language`` or ``nothing_to_translate``; else empty.
        looks: the detected language, if another one was requested and the text contradicts it; else empty.
    """

    request: TranslationRequest
    source: str
    guess: Guess | None
    route: Route | None
    note: str = ""
    looks: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """The part of the API response that is known before any sentence is translated."""
        return {
            "source": self.source,
            "source_confidence": self.guess.confidence if self.guess else 1.0,
            "target": self.request.target,
            "model": self.route.model if self.route else "",
            "via": self.route.via if self.route else "",
        }


def plan_of(routes: Routes, request: TranslationRequest, detected: Guess, sample: str) -> TranslationPlan:
    """Choose languages and models for a request that :func:`check` has accepted.

    Args:
        detected: the language of ``sample``; the caller detects it, once.
        sample: the text, or all texts of a document.

    Raises:
        InputError: ``direction_not_offered``, ``language_not_offered``, ``model_unknown``.
    """
    guess = detected if request.source == AUTO else None
    source = detected.language if request.source == AUTO else request.source
    if source == request.target:
        return TranslationPlan(request, source, guess, None, "same_language")
    if not source:
        return TranslationPlan(request, source, guess, None, "nothing_to_translate")
    route = choose(routes, source, request.target, request.model)
    return TranslationPlan(request, source, guess, route, looks=_contradiction(sample, detected, source))


def check(routes: Routes, request: TranslationRequest) -> None:
    """Check the limits, before anything is detected.

    Raises:
        InputError: ``translate_too_long``, ``out_of_range``, ``glossary_too_large``, ``model_missing``.
    """
    if len(request.text) > LONGEST_TEXT:
        raise InputError("translate_too_long", characters=len(request.text), limit=LONGEST_TEXT)
    in_range("beams", request.beams, 1, MOST_BEAMS)
    longest = max((len(side) for term in request.glossary for side in (term.source, term.target)), default=0)
    if len(request.glossary) > MOST_TERMS or longest > LONGEST_TERM:
        raise InputError("glossary_too_large", terms=MOST_TERMS, characters=LONGEST_TERM)
    if not routes:
        raise InputError("model_missing")


def _contradiction(text: str, detected: Guess, source: str) -> str:
    """The detected language if it contradicts the requested one, else an empty string."""
    if detected.language in ("", source) or detected.mixed == source:
        return ""
    return detected.language if detected.confidence >= MISTAKEN or not has_script_of(text, source) else ""


def options_of(request: TranslationRequest) -> dict[str, object]:
    """The options of a request, as its row in the history keeps them."""
    options = asdict(request)
    del options["text"], options["guess"]
    return options


def request_from_row(text: str, options: Mapping[str, Any]) -> TranslationRequest:
    """The request of a row of the history, which may have been imported: unfit options get their defaults."""
    return TranslationRequest(
        text,
        source=str(options.get("source", AUTO)),
        target=str(options.get("target", "en")),
        beams=beams if type(beams := options.get("beams")) is int else 1,
        model=str(options.get("model", "")),
        glossary=tuple(_terms(options.get("glossary"))),
    )


def _terms(values: object) -> Iterator[Term]:
    for value in values if isinstance(values, list) else ():
        if isinstance(value, Mapping):
            yield Term(str(value.get("source", "")), str(value.get("target", "")))
