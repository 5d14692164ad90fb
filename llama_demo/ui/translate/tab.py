"""The Translate tab: two panes, look-ups in them, documents and the glossary.

The panes are drawn by the modules of ``assets/js/translate``, which put every text into the page as text.
Their value is what :mod:`llama_demo.ui.translate.stream` makes of a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import gradio as gr

from llama_demo.language import language_of
from llama_demo.page_languages import name_for_readers
from llama_demo.services.translation.dictionary import ATTRIBUTION, SOURCE
from llama_demo.services.translation.documents import LARGEST_FILE, REWRITABLE
from llama_demo.services.translation.routes import Routes
from llama_demo.services.translation.service import LONGEST_TEXT, language_names
from llama_demo.ui import markup
from llama_demo.ui.labels import Label
from llama_demo.ui.server import MadeComponent, MadeServer
from llama_demo.ui.tab_context import Reopening, Services, TabContext, TabParts
from llama_demo.ui.translate import uploads
from llama_demo.ui.translate.controller import TranslateController
from llama_demo.ui.translate.server import DocumentServer, GlossaryServer, TranslateServer

TASK = "translate"

MEGABYTE = 2**20

PILLS = 6
"""Languages shown as pills; further ones are in a list."""

EXAMPLES: Sequence[tuple[str, str]] = (
    ("zh", "今天天气很好，我们去公园走走吧。"),
    ("en", "Could you tell me where the library is?"),
    ("fr", "Mon frère travaille dans un hôpital."),
    ("de", "Können Sie mir bitte helfen? Ich suche den Bahnhof."),
    ("es", "¿Cuánto cuesta este libro? Me gustaría comprarlo."),
)
"""Example sentences with their languages."""


def build(context: TabContext) -> TabParts:
    """Make the components of the tab and bind their events."""
    markup.piece("translate_title.html")
    panes = _panes(context)
    notice = context.browser.component("translate/notice", id="translate-notice")
    context.browser.component(
        "translate/examples",
        markup=markup.render("translate_examples.html", examples=EXAMPLES),
        id="translate-examples",
    )
    _glossary(context)
    _documents(context)
    controller = TranslateController(context.services)
    context.handlers.on(panes.select, controller.act, outputs=[panes], notice=notice, trigger_mode="multiple")
    routes = uploads.routes(context.services, context.handlers)
    return TabParts(Reopening(TASK, [panes], controller.shown_again), routes=routes)


def _panes(context: TabContext) -> gr.HTML:
    services = context.services
    made = _made(services)
    return context.browser.component(
        "translate/panes",
        markup=made.markup,
        functions=context.handlers.functions(TranslateServer(services), MadeServer(partial(_made, services))),
        id="translate",
        depends=["translate", "generate"],
        longest=LONGEST_TEXT,
        **made.props,
    )


def _made(services: Services) -> MadeComponent:
    """The panes as the models of now have them."""
    offered = services.translation.routes()
    sources = list(offered)
    targets = [name for name in sources if any(name in into for into in offered.values())]
    targets += sorted({name for into in offered.values() for name in into} - set(targets))
    names = language_names({*sources, *targets})
    filled = markup.render(
        "translate.html",
        sources=sources,
        targets=targets,
        pills=PILLS,
        names=names,
        meanings={code: name_for_readers(language) for code in targets if (language := language_of(code))},
        longest=LONGEST_TEXT,
        attribution=ATTRIBUTION,
        dictionary=SOURCE,
    )
    return MadeComponent(filled, {"routes": packed_routes(offered), "names": names})


def _glossary(context: TabContext) -> None:
    accordion = context.labels.make(
        gr.Accordion, label=Label("translate.glossary"), open=False, elem_id="translate-glossary"
    )
    with accordion:
        context.browser.component(
            "translate/glossary",
            markup=markup.render("translate_glossary.html"),
            functions=context.handlers.functions(GlossaryServer(context.services)),
        )


def _documents(context: TabContext) -> None:
    accordion = context.labels.make(
        gr.Accordion, label=Label("translate.documents"), open=False, elem_id="translate-documents"
    )
    with accordion:
        context.browser.component(
            "translate/documents",
            markup=markup.render(
                "translate_documents.html", suffixes=REWRITABLE, megabytes=LARGEST_FILE // MEGABYTE
            ),
            functions=context.handlers.functions(DocumentServer(context.services)),
            largest=LARGEST_FILE,
            suffixes=list(REWRITABLE),
        )


def packed_routes(routes: Routes) -> dict[str, Any]:
    """The routes as the page gets them, which ``assets/js/translate/routes.js`` unpacks.

    A model of two hundred languages has forty thousand directions: of each source, targets with the same
    routes stand together.

    Returns:
        ``ways``, and for each source pairs of targets, in one text, and numbers of ways, the default first.
    """
    ways: dict[tuple[str, str, bool], int] = {}
    packed: dict[str, list[tuple[str, list[int]]]] = {}
    for source, offers in routes.items():
        alike: dict[tuple[int, ...], list[str]] = {}
        for target, found in offers.items():
            keys = [(route.models[0], route.via, route.prompted) for route in found]
            alike.setdefault(tuple(ways.setdefault(key, len(ways)) for key in keys), []).append(target)
        packed[source] = [(" ".join(targets), list(numbers)) for numbers, targets in alike.items()]
    listed = [{"model": model, "via": via, "prompted": prompted} for model, via, prompted in ways]
    return {"ways": listed, "sources": packed}
