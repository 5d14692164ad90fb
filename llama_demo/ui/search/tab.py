"""The Search tab: passages of documents by their meaning, by their words, or both; and the documents.

The modules in ``assets/js/search`` draw it; they put every text into the page as text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from llama_demo.services.history.runs import Run
from llama_demo.services.library.library import ACCEPTED, DEFAULT, KINDS, LONGEST_TEXT
from llama_demo.services.library.result_files import FORMS
from llama_demo.services.library.search import MODES
from llama_demo.services.translation.service import language_names
from llama_demo.ui import markup
from llama_demo.ui.labels import Label
from llama_demo.ui.search import uploads
from llama_demo.ui.search.samples import questions
from llama_demo.ui.search.server import COMPARED, LibraryServer, SearchServer
from llama_demo.ui.server import CollectionsServer
from llama_demo.ui.tab_context import Reopening, TabContext, TabParts
from llama_demo.ui.texts import LANGUAGES

TASK = "search"


def build(context: TabContext) -> TabParts:
    """Make the components of the tab."""
    server = SearchServer(context.services)
    context.browser.component("search/views", markup=markup.render("search_title.html"), id="search-title")
    search = context.browser.component(
        "search/search",
        markup=markup.render(
            "search.html",
            modes=MODES,
            forms=tuple(FORMS),
            questions=questions(),
            names=language_names(LANGUAGES),
        ),
        id="search",
        functions=context.handlers.functions(CollectionsServer(context.services), server),
        names=language_names(LANGUAGES),
        among=COMPARED,
    )
    _similarity(context, server)
    _library(context)
    routes = uploads.routes(context.services.library, context.handlers)
    return TabParts(Reopening(TASK, [search], _shown_again), routes=routes)


def _similarity(context: TabContext, server: SearchServer) -> None:
    """The playground: sentences in, their similarities out."""
    accordion = context.labels.make(
        gr.Accordion, label=Label("search.alike"), open=False, elem_id="search-alike"
    )
    with accordion:
        context.browser.component(
            "search/similarity",
            markup=markup.render("search_alike.html"),
            functions=context.handlers.functions(server),
        )


def _library(context: TabContext) -> None:
    """The document list and the ways to add to it."""
    limits = context.services.library.limits
    context.browser.component(
        "search/library",
        markup=markup.render(
            "library.html",
            suffixes=ACCEPTED,
            kinds=KINDS,
            files=limits.files,
            megabytes=limits.file_bytes // 2**20,
            documents=limits.documents,
            total=limits.bytes // 2**20,
            longest=LONGEST_TEXT,
        ),
        id="library",
        functions=context.handlers.functions(LibraryServer(context.services)),
        names=language_names(LANGUAGES),
        own=DEFAULT,
        largest=limits.file_bytes,
        most=limits.files,
    )


def _shown_again(run: Run) -> Sequence[Any]:
    """The query of a run of the history; the page searches again in the current documents."""
    collection = run.options.get("collection", "")
    reopened = {
        "run": run.id,
        "query": run.input,
        "mode": run.options.get("mode", MODES[0]),
        "collection": collection if isinstance(collection, str) else "",
    }
    return [json.dumps(reopened, ensure_ascii=False)]
