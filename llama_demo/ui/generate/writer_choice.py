"""The choice between the active model and the one that the visitor has trained on the page."""

from __future__ import annotations

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.tab_context import TabContext


def writer_choice(context: TabContext) -> gr.HTML:
    """Make the choice, hidden until a model was trained; its value is the trained one's name, or empty."""
    model = context.services.writers.active.name
    return context.browser.component(
        "generate/writer", markup=markup.render("writer.html", model=model), value="", id="writer"
    )
