"""Keyboard shortcuts of the tab, listed under ``?``."""

from __future__ import annotations

from collections.abc import Sequence

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.frame import Frame

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


def shortcuts(frame: Frame) -> gr.HTML:
    """Make the button, the list, and the listener for the whole tab."""
    return frame.browser.component(
        "generate/shortcuts", markup=markup.render("shortcuts.html", keys=KEYS), id="shortcuts"
    )
