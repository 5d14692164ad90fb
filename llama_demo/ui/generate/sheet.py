"""The result on the page: coloured tokens, what else could have come, versions, and what to do with it.

The component's value is a transcript (:mod:`llama_demo.ui.generate.transcript`); the scripts in
``assets/js/sheet`` draw it, putting every text into the page as text.
"""

from __future__ import annotations

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.generate.certainty import LEVELS
from llama_demo.ui.texts import spoken

SCRIPTS = tuple(
    f"sheet/{name}" for name in ("words", "figures", "written", "others", "versions", "taking", "sheet")
)
"""The scripts of a result, in the order in which they build on each other."""

SPOKEN = (
    "certainty.",
    "others.",
    "token.",
    "version.",
    "result.",
    "figure.",
    "unit.",
    "pace.",
    "status.",
    "preset.",
    "generate.request",
)
"""What the keys of those texts begin with that the scripts need."""


def sheet(
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
    return gr.HTML(
        "",
        html_template=markup.render(
            "sheet.html",
            id=id,
            title=markup.words(title),
            empty=markup.words(empty),
            levels=LEVELS,
            main=main,
        ),
        js_on_load=markup.scripts(*SCRIPTS),
        elem_id=id,
        elem_classes=["result-sheet"],
        apply_default_css=False,
        texts=spoken(SPOKEN),
        levels=list(LEVELS.items()),
        leads=leads,
    )
