"""Saving, after all, what was written in temporary mode."""

from __future__ import annotations

from typing import Any

import gradio as gr

from llama_demo.services.history.runs import RunService
from llama_demo.ui.calls import Call
from llama_demo.ui.frame import Frame
from llama_demo.ui.generate import result
from llama_demo.ui.labels import Label

REMEMBER = "(await import('app/lib/visit.js')).remember()"
"""On a public host a visitor gets a secret only now: what is saved has to be found again."""


def offer(frame: Frame, status: gr.HTML, notice: gr.HTML) -> None:
    """A button that saves the page's latest runs; it is shown under a finished one that is not saved.

    Args:
        frame: of the tab.
        status: where the tab says how its run goes, and where this says that it is saved.
        notice: of the tab.
    """
    runs: RunService = frame.services.runs
    button = frame.labels.make(
        gr.Button, value=Label("keep.keep"), size="sm", elem_id="keep", elem_classes=["pill-button"]
    )

    def keep(call: Call) -> tuple[Any, ...]:
        runs.keep_shown(call.visit, "generate")
        return (result.said("status.kept"),)

    frame.handlers.on(button.click, keep, outputs=[status], notice=notice, first=REMEMBER)
