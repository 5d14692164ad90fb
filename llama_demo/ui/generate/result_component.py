"""The result: coloured tokens, alternatives, versions and actions.

The component's value is a stream (:mod:`llama_demo.ui.generate.stream`); the module
``assets/js/generate/result.js`` draws it.
"""

from __future__ import annotations

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.generate.certainty import LEVELS
from llama_demo.ui.tab_context import TabContext


def result_component(
    context: TabContext,
    id: str,
    *,
    title: str = "result.title",
    empty: str = "result.empty",
    main: bool = True,
    leads: bool = True,
) -> gr.HTML:
    """Make an empty result called ``id``; its texts ``title`` and ``empty`` are keys.

    Args:
        main: whether it has all actions; a compared text has only some.
        leads: whether the page scrolls to it when a text begins.
    """
    return context.browser.component(
        "generate/result",
        markup=markup.render(
            "result.html",
            id=id,
            title=markup.words(title),
            empty=markup.words(empty),
            levels=LEVELS,
            main=main,
        ),
        id=id,
        classes="result-sheet",
        levels=list(LEVELS.items()),
        main=main,
        leads=leads,
    )
