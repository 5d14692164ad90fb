"""The button that saves texts of temporary mode after all."""

from __future__ import annotations

from typing import Any

import gradio as gr

from llama_demo.services.history.runs import RunService
from llama_demo.ui.calls import Call
from llama_demo.ui.generate import result
from llama_demo.ui.labels import Label
from llama_demo.ui.tab_context import TabContext

REMEMBER = "(await import('app/lib/visit.js')).remember()"
"""In public mode a visitor's secret is stored only now, so that the saved runs can be found again."""


def save_button(context: TabContext, status: gr.HTML, notice: gr.HTML) -> None:
    """Make a button that saves the page's latest runs; it is shown under finished, unsaved ones.

    Args:
        context: of the tab.
        status: the tab's status line, which then says that the runs are saved.
        notice: the tab's notice.
    """
    runs: RunService = context.services.runs
    button = context.labels.make(
        gr.Button, value=Label("keep.keep"), size="sm", elem_id="keep", elem_classes=["pill-button"]
    )

    def keep(call: Call) -> tuple[Any, ...]:
        runs.keep_shown(call.visit, "generate")
        return (result.said("status.kept"),)

    context.handlers.on(button.click, keep, outputs=[status], notice=notice, first=REMEMBER)
