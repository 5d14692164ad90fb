"""Keyboard shortcuts of the tab, listed under ``?``."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.tab_context import TabContext

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
"""Keyboard shortcuts: keys, and the last part of their text's key ``keys.…``."""


def shortcuts(context: TabContext) -> gr.HTML:
    """Make the button, the list, and the listener for the whole tab."""
    return context.browser.component(
        "generate/shortcuts", markup=markup.render("shortcuts.html", keys=KEYS), id="shortcuts"
    )
