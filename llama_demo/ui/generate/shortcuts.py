"""What can be done by keyboard, listed under ``?``."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from llama_demo.ui import markup

KEYS: Sequence[tuple[tuple[str, ...], str]] = (
    (("Ctrl", "Enter"), "write"),
    (("Esc",), "stop"),
    (("R",), "again"),
    (("C",), "continue"),
    (("[", "]"), "versions"),
    (("P",), "colours"),
    (("←", "→"), "tokens"),
    (("Enter",), "others"),
    (("?",), "help"),
)
"""Keys with the last part of the text ``keys.…`` that says what they do."""


def shortcuts() -> gr.HTML:
    """The button, the list, and the listener for the whole page."""
    return gr.HTML(
        "",
        html_template=markup.render("shortcuts.html", keys=KEYS),
        js_on_load=markup.scripts("shortcuts"),
        elem_id="shortcuts",
        apply_default_css=False,
    )
