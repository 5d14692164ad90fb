"""What somebody wants translated, what of it is allowed, and which languages and models that comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from llama_demo.engine.request import in_range
from llama_demo.errors import InputError
from llama_demo.services.translation.routes import Route, Routes, choose
from llama_demo.tasks.glossary import Term
from llama_demo.text.languages import Guess, detect_language, has_script_of

AUTO = "auto"

LONGEST_TEXT = 100_000
"""Characters."""

MISTAKEN = 0.9
"""How sure a guess has to be, to be told against a language of the same script that was asked for."""

LONGEST_SENTENCE = 2_000
"""Characters of what is asked about word by word, or wanted in several versions."""

MOST_BEAMS = 8

MOST_TERMS, LONGEST_TERM = 500, 200
"""Of a glossary, and characters of a term."""


@dataclass(frozen=True)
class TranslationRequest:
    """What somebody wants translated.

    Attributes:
        source: ISO 639-1, or ``auto``.
        beams: 1 is greedy; to 8.
        model: a model's name; the best one for the direction if empty.
        glossary: terms that are to be kept to.
    """

    text: str
    source: str = AUTO
    target: str = "en"
    beams: int = 1
    model: str = ""
    glossary: tuple[Term, ...] = ()


@dataclass(frozen=True)
class TranslationPlan:
    """What is going to happen to a text, or to several: the same languages and models for all of them.

    Attributes:
        source: the language, asked for or detected; empty if there is nothing to tell it by.
        looks: the language that the texts look like, if another one was asked for; else empty.
    """

    asked: TranslationRequest
    source: str
    guess: Guess | None
    route: Route | None
    note: str = ""
    looks: str = ""

    @property
    def facts(self) -> dict[str, object]:
        """Of the programs' contract, what does not change while sentences come."""
        return {
            "source": self.source,
            "source_confidence": self.guess.confidence if self.guess else 1.0,
            "target": self.asked.target,
            "model": self.route.model if self.route else "",
            "via": self.route.via if self.route else "",
        }


def plan_of(routes: Routes, asked: TranslationRequest, texts: Sequence[str]) -> TranslationPlan:
    """Languages and models for all of these texts, or why nothing is to be done.

    Raises:
        InputError: what was asked cannot be done.
    """
    _check(asked)
    if not routes:
        raise InputError("model_missing")
    sample = "\n".join(texts)
    found = detect_language(sample, expected=list(routes))
    guess = found if asked.source == AUTO else None
    source = found.language if asked.source == AUTO else asked.source
    if source == asked.target:
        return TranslationPlan(asked, source, guess, None, "same_language")
    if not source:
        return TranslationPlan(asked, source, guess, None, "nothing_to_translate")
    route = choose(routes, source, asked.target, asked.model)
    return TranslationPlan(asked, source, guess, route, looks=_looks_like(sample, found, source))


def _looks_like(text: str, found: Guess, source: str) -> str:
    """The language that was found, if it speaks against the one that was asked for; else empty."""
    if found.language in ("", source) or found.mixed == source:
        return ""
    return found.language if found.confidence >= MISTAKEN or not has_script_of(text, source) else ""


def settings_of(asked: TranslationRequest) -> dict[str, object]:
    """What of a request is needed to open it again, besides its text."""
    settings = asdict(asked)
    del settings["text"]
    return settings


def asked_before(text: str, options: Mapping[str, Any]) -> TranslationRequest:
    """What was asked, from a row of the history, which may have been imported."""
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


def _check(asked: TranslationRequest) -> None:
    if len(asked.text) > LONGEST_TEXT:
        raise InputError("translate_too_long", characters=len(asked.text), limit=LONGEST_TEXT)
    in_range("beams", asked.beams, 1, MOST_BEAMS)
    longest = max((len(side) for term in asked.glossary for side in (term.source, term.target)), default=0)
    if len(asked.glossary) > MOST_TERMS or longest > LONGEST_TERM:
        raise InputError("glossary_too_large", terms=MOST_TERMS, characters=LONGEST_TERM)
