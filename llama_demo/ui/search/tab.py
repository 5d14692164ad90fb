"""The Search tab: passages of documents by their meaning, by their words, or both; and the documents.

The results are drawn by the scripts in ``assets/js/search``, which put every text into the page as text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import gradio as gr

from llama_demo.services.history.runs import Run
from llama_demo.services.library.result_files import FORMS
from llama_demo.services.library.search import MODES
from llama_demo.services.translation.service import LANGUAGE_NAMES
from llama_demo.ui import markup
from llama_demo.ui.collections import Collections
from llama_demo.ui.frame import Frame, Reopening, TabParts
from llama_demo.ui.labels import Label
from llama_demo.ui.search import files, library
from llama_demo.ui.search.looking import COMPARED, Looking
from llama_demo.ui.search.samples import questions
from llama_demo.ui.texts import spoken

TASK = "search"

SCRIPTS = (
    "sheet/words",
    "sheet/passage",
    "sheet/reading",
    "search/hits",
    "search/context",
    "search/map",
    "search/tongues",
    "search/asking",
)
"""The scripts of the search, in the order in which they build on each other."""


def build(frame: Frame) -> TabParts:
    """Make the components of the tab."""
    looking = Looking(frame.services)
    gr.HTML(
        markup.render("search_title.html"),
        elem_id="search-title",
        apply_default_css=False,
        js_on_load=markup.scripts("search/views"),
    )
    search = gr.HTML(
        "",
        html_template=markup.render(
            "search.html", modes=MODES, forms=tuple(FORMS), questions=questions(), names=LANGUAGE_NAMES
        ),
        js_on_load=markup.scripts(*SCRIPTS),
        server_functions=frame.handlers.scripts(
            Collections(frame.services).about,
            looking.find,
            looking.surroundings,
            looking.points,
            looking.save,
        ),
        elem_id="search",
        apply_default_css=False,
        texts=spoken(("search.",)),
        status="#search-status",
        names=dict(LANGUAGE_NAMES),
        among=COMPARED,
    )
    _alike(frame, looking)
    library.build(frame)
    routes = files.routes(frame.services.library, frame.handlers)
    return TabParts(Reopening(TASK, [search], _shown_again), routes=routes)


def _alike(frame: Frame, looking: Looking) -> None:
    """The playground: sentences in, their similarities out."""
    accordion = frame.labels.make(
        gr.Accordion, label=Label("search.alike"), open=False, elem_id="search-alike"
    )
    with accordion:
        gr.HTML(
            markup.render("search_alike.html"),
            js_on_load=markup.scripts("sheet/words", "search/alike"),
            server_functions=frame.handlers.scripts(looking.similarities),
            apply_default_css=False,
            texts=spoken(("search.",)),
            status="#search-status",
        )


def _shown_again(run: Run) -> Sequence[Any]:
    """What a run of the history looked for; the page looks for it anew, in what is there now."""
    collection = run.options.get("collection", "")
    told = {
        "run": run.id,
        "query": run.input,
        "mode": run.options.get("mode", MODES[0]),
        "collection": collection if isinstance(collection, str) else "",
    }
    return [json.dumps(told, ensure_ascii=False)]
