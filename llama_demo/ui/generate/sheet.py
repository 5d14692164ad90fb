"""The result on the page: coloured tokens, what else could have come, versions, and what to do with it.

The component's value is a stream (:mod:`llama_demo.ui.generate.stream`); the module
``assets/js/generate/result.js`` draws it.
"""

from __future__ import annotations

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.frame import Frame
from llama_demo.ui.generate.certainty import LEVELS


def sheet(
    frame: Frame,
    id: str,
    *,
    title: str = "result.title",
    empty: str = "result.empty",
    main: bool = True,
    leads: bool = True,
) -> gr.HTML:
    """An empty result called ``id``; its texts ``title`` and ``empty`` are keys.

    Args:
        main: with the row of what can be done with it; a compared text has only some of it.
        leads: the page goes to it when a text begins there, if it is out of view.
    """
    return frame.browser.component(
        "generate/result",
        markup=markup.render(
            "sheet.html",
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
