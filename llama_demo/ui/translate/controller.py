"""Event handlers of the panes: translate a text, or compare two translations of it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from llama_demo.services.history.runs import Run
from llama_demo.services.translation.service import Term, TranslationRequest
from llama_demo.ui.calls import Call
from llama_demo.ui.latest_streams import LatestStreams
from llama_demo.ui.schemas import parse
from llama_demo.ui.tab_context import Services
from llama_demo.ui.translate.schemas import Side, TranslateRequest
from llama_demo.ui.translate.stream import TranslationStream, stream_of_run

BEAMS = 5
"""Beams of the careful mode; the quick mode is greedy."""

SIDES: Sequence[tuple[Side, int]] = (("greedy", 1), ("beam", BEAMS))
"""Beams of each side of a comparison."""

Answers = Generator[tuple[str], None, None]
"""Growing values of the panes: each begins with the one before."""


class TranslateController:
    """The handlers of the panes."""

    def __init__(self, services: Services) -> None:
        self._translation = services.translation
        self._glossary = services.glossary
        self._streams = LatestStreams()

    def act(self, call: Call) -> Answers:
        """Stream a translation, or the two of a comparison, until the page sends another request."""
        request = parse(TranslateRequest, call.event)
        guess = self._translation.detect(request.text) if request.source == "auto" else None
        terms = self._terms(call, guess.language if guess else request.source, request.target)
        translation = replace(request.translation_request(terms), guess=guess)
        stream = self._compare if request.act == "compare" else self._translate
        return self._streams.follow(call.page, call.number, stream(call, translation, request), cleared=("",))

    def _translate(self, call: Call, translation: TranslationRequest, request: TranslateRequest) -> Answers:
        debounce_key = f"translate:{call.page}" if request.typed else ""
        stream = TranslationStream(translation, ask=request.ask)
        yield from self._run(call, translation, stream, debounce_key=debounce_key)

    def _compare(self, call: Call, translation: TranslationRequest, request: TranslateRequest) -> Answers:
        """Translate greedily, then by beam search; the second run is recorded as a version of the first."""
        sent, first = "", None
        for side, beams in SIDES:
            one = replace(translation, beams=beams)
            stream = TranslationStream(one, ask=request.ask, side=side)
            yield from self._run(call, one, stream, sent=sent, origin=first)
            sent += stream.text
            first = first or stream.run_id

    def _run(
        self,
        call: Call,
        translation: TranslationRequest,
        stream: TranslationStream,
        *,
        sent: str = "",
        **options: Any,
    ) -> Answers:
        """The earlier lines plus those of one run; a failed run ends with a line as well."""
        updates = self._translation.translate(call.visit, translation, key=call.page, **options)
        with closing(updates):  # type: ignore[type-var]
            try:
                for update in updates:
                    yield (sent + stream.add(update),)
            except Exception:
                yield (sent + stream.broken(),)
                raise

    def _terms(self, call: Call, source: str, target: str) -> tuple[Term, ...]:
        """The visitor's glossary of the direction; empty if the source language is unknown."""
        return self._glossary.for_translation(call.visit, source, target) if source else ()

    def shown_again(self, run: Run) -> Sequence[Any]:
        """The values of both panes for a run of the history."""
        return [stream_of_run(*self._translation.reopened(run), run.status)]
