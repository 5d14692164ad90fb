"""Temporary mode on the page: its switch in the head, and saving what is shown after all.

The page alone knows whether the mode is on, and says so with every call. On one's own machine a page starts
with it off, on a public host with it on; once the switch was pressed, the tab of the browser remembers that
one flag until it is closed.
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from llama_demo.services.history.runs import Runs
from llama_demo.ui import markup, result
from llama_demo.ui.frame import Frame
from llama_demo.ui.handler import Call
from llama_demo.ui.labels import Label

REMEMBER = "llamaDemo.remember()"
"""On a public host a visitor gets a secret only now: what is saved has to be found again."""


def switch() -> gr.HTML:
    """The switch; it acts in the browser alone."""
    return gr.HTML(
        markup.render("temporary.html"),
        elem_id="temporary",
        elem_classes=["head-temporary"],
        apply_default_css=False,
        js_on_load=markup.scripts("temporary"),
    )


def line() -> None:
    """One sentence below the head while the mode is on."""
    markup.piece("temporary_line.html", id="temporary-line")


def offer(frame: Frame, status: gr.HTML, notice: gr.HTML) -> None:
    """A button that saves the page's latest runs; the style sheet shows it under a finished temporary run.

    Args:
        frame: of the tab.
        status: where the tab says how its run goes, and where this says that it is saved.
        notice: of the tab.
    """
    runs: Runs = frame.services.runs
    button = frame.labels.make(
        gr.Button, value=Label("keep.keep"), size="sm", elem_id="keep", elem_classes=["pill-button"]
    )

    def keep(call: Call) -> tuple[Any, ...]:
        runs.keep_shown(call.visit)
        return (result.said("status.kept"),)

    frame.handlers.on(button.click, keep, outputs=[status], notice=notice, first=REMEMBER)
