"""The Translate tab: two panes, and what can be asked about what stands in them.

The panes are one ``gr.HTML`` whose scripts, in ``assets/js/translate``, put every text into the page as
text. Its value is what :mod:`llama_demo.ui.translate.lines` makes of a run.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import gradio as gr

from llama_demo.errors import DemoError
from llama_demo.services.history.runs import Run
from llama_demo.services.translation.dictionary import ATTRIBUTION, SOURCE
from llama_demo.services.translation.documents import LARGEST_FILE, SUFFIXES
from llama_demo.services.translation.service import (
    LANGUAGE_NAMES,
    LONGEST_TEXT,
    Term,
    TranslationRequest,
    TranslationService,
)
from llama_demo.ui import markup
from llama_demo.ui.frame import Frame, Reopening, TabParts
from llama_demo.ui.handlers import Call
from llama_demo.ui.labels import Label
from llama_demo.ui.texts import spoken
from llama_demo.ui.translate import files
from llama_demo.ui.translate.lines import Lines, stored
from llama_demo.ui.translate.looking import Looking
from llama_demo.ui.translate.wishes import Wish
from llama_demo.ui.turns import Turns
from llama_demo.ui.wishes import read

TASK = "translate"

Answers = Generator[tuple[str], None, None]

BEAMS = 5
"""Of the careful way; the quick one is greedy."""

PILLS = 6
"""Languages that are pills; further ones are in a list."""

EXAMPLES: Sequence[tuple[str, str]] = (
    ("zh", "今天天气很好，我们去公园走走吧。"),
    ("en", "Could you tell me where the library is? I would like to borrow two books."),
    ("fr", "Le train pour Paris part à huit heures du matin."),
    ("de", "Meine Großmutter erzählt uns jeden Abend eine Geschichte."),
    ("es", "¿Cuánto cuesta este libro? Me gustaría comprarlo."),
)
"""Languages and sentences to try."""

SCRIPTS = (
    "sheet/words",
    "sheet/voices",
    "translate/direction",
    "translate/panes",
    "translate/painting",
    "translate/pointing",
    "translate/dictionary",
    "translate/sentence",
    "translate/compare",
    "translate/reading",
    "translate/following",
    "translate/asking",
)
"""The scripts of the panes, in the order in which they build on each other."""


def build(frame: Frame) -> TabParts:
    """Make the components of the tab and bind their events."""
    looking = Looking(frame.services)
    markup.piece("translate_title.html")
    panes = _panes(frame, looking)
    notice = gr.HTML(
        "", elem_id="translate-notice", apply_default_css=False, js_on_load=markup.scripts("translate/notice")
    )
    gr.HTML(
        markup.render("translate_examples.html", examples=EXAMPLES),
        elem_id="translate-examples",
        apply_default_css=False,
        js_on_load=markup.scripts("translate/examples"),
    )
    _glossary(frame, looking)
    _documents(frame, looking)
    desk = Desk(frame)
    frame.handlers.on(panes.select, desk.act, outputs=[panes], notice=notice, trigger_mode="multiple")
    routes = files.routes(frame.services, frame.handlers)
    return TabParts(Reopening(TASK, [panes], desk.shown_again), routes=routes)


def _panes(frame: Frame, looking: Looking) -> gr.HTML:
    offered = _offered(frame.services.translating)
    sources = list(offered)
    targets = [name for name in sources if any(name in into for into in offered.values())]
    targets += sorted({name for into in offered.values() for name in into} - set(targets))
    return gr.HTML(
        "",
        html_template=markup.render(
            "translate.html",
            sources=sources,
            targets=targets,
            pills=PILLS,
            names=LANGUAGE_NAMES,
            longest=LONGEST_TEXT,
            attribution=ATTRIBUTION,
            dictionary=SOURCE,
        ),
        js_on_load=markup.scripts(*SCRIPTS),
        server_functions=frame.handlers.scripts(
            looking.stop, looking.alternatives, looking.alignment, looking.word
        ),
        elem_id="translate",
        apply_default_css=False,
        texts=spoken(("translate.", "status.reopened.")),
        status="#translate-status",
        routes=offered,
        names=dict(LANGUAGE_NAMES),
        longest=LONGEST_TEXT,
        beams=BEAMS,
    )


def _glossary(frame: Frame, looking: Looking) -> None:
    accordion = frame.labels.make(
        gr.Accordion, label=Label("translate.glossary"), open=False, elem_id="translate-glossary"
    )
    with accordion:
        gr.HTML(
            markup.render("translate_glossary.html"),
            js_on_load=markup.scripts("sheet/words", "translate/glossary"),
            server_functions=frame.handlers.scripts(looking.terms, looking.add_term, looking.remove_term),
            apply_default_css=False,
            texts=spoken(("translate.",)),
            status="#translate-status",
        )


def _documents(frame: Frame, looking: Looking) -> None:
    accordion = frame.labels.make(
        gr.Accordion, label=Label("translate.documents"), open=False, elem_id="translate-documents"
    )
    with accordion:
        gr.HTML(
            markup.render("translate_documents.html", suffixes=SUFFIXES, megabytes=LARGEST_FILE // 2**20),
            js_on_load=markup.scripts("sheet/words", "sheet/dropping", "translate/documents"),
            server_functions=frame.handlers.scripts(looking.stop_document),
            apply_default_css=False,
            texts=spoken(("translate.",)),
            status="#translate-status",
            largest=LARGEST_FILE,
            suffixes=list(SUFFIXES),
        )


def _offered(translating: TranslationService) -> Mapping[str, Mapping[str, list[dict[str, Any]]]]:
    """Every way of every direction, the usual one first."""
    return {
        source: {
            target: [
                {"model": route.models[0], "via": route.via, "prompted": route.prompted}
                for route in translating.models_for(source, target)
            ]
            for target in targets
        }
        for source, targets in translating.directions().items()
    }


class Desk:
    """The handlers of the panes."""

    def __init__(self, frame: Frame) -> None:
        self._translating = frame.services.translating
        self._glossary = frame.services.glossary
        self._turns = Turns()

    def act(self, call: Call) -> Answers:
        """Stream a translation, or two to be compared, until something else is asked for."""
        wish = read(Wish, call.event)
        guess = self._translating.detect(wish.text) if wish.source == "auto" else None
        terms = self._terms(call, guess.language if guess else wish.source, wish.target)
        asked = replace(wish.asked(terms), guess=guess)
        stream = self._compare if wish.act == "compare" else self._one
        return self._turns.follow(call.page, call.turn, stream(call, asked, wish), cleared=("",))

    def _one(self, call: Call, asked: TranslationRequest, wish: Wish) -> Answers:
        debounce_key = f"translate:{call.page}" if wish.typed else ""
        stream = self._translating.translate(call.visit, asked, key=call.page, debounce_key=debounce_key)
        lines = Lines(asked, ask=wish.ask)
        with closing(stream):  # type: ignore[type-var]
            try:
                for update in stream:
                    yield (lines.add(update),)
            except DemoError:
                yield (lines.broken(),)
                raise

    def _compare(self, call: Call, asked: TranslationRequest, wish: Wish) -> Answers:
        """Greedy first, then by beam search; the second is another version of the first."""
        told, first = "", None
        for side, beams in (("greedy", 1), ("beam", BEAMS)):
            one = replace(asked, beams=beams)
            lines = Lines(one, ask=wish.ask, side=side)
            stream = self._translating.translate(call.visit, one, key=call.page, origin=first)
            with closing(stream):  # type: ignore[type-var]
                for update in stream:
                    first = first or update.run_id
                    yield (told + lines.add(update),)
            told += lines.text

    def _terms(self, call: Call, source: str, target: str) -> tuple[Term, ...]:
        """The visitor's glossary of the direction; empty if the source language is unknown."""
        return self._glossary.for_translation(call.visit, source, target) if source else ()

    def shown_again(self, run: Run) -> Sequence[Any]:
        """Both panes of a run of the history."""
        return [stored(*self._translating.reopened(run), run.status)]
