"""The Ask tab: questions about documents or a text, and open chat.

It is one component, drawn by the modules in ``assets/js/ask``, which insert every text as text. Its value is
the stream of :mod:`llama_demo.ui.ask.stream`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

import gradio as gr

from llama_demo.catalogue import ModelEntry
from llama_demo.services.answering.sources import LARGEST_FILE, NAMED, SUFFIXES
from llama_demo.services.history.runs import Run
from llama_demo.ui import markup
from llama_demo.ui.ask import uploads
from llama_demo.ui.ask.controller import AskController
from llama_demo.ui.ask.examples import examples, openings
from llama_demo.ui.ask.schemas import DARING, LONGEST_SYSTEM
from llama_demo.ui.ask.server import AskServer
from llama_demo.ui.ask.stream import stream_of_run
from llama_demo.ui.server import CollectionsServer, MadeComponent, MadeServer
from llama_demo.ui.tab_context import Reopening, Services, TabContext, TabParts

TASK = "ask"

WAYS = ("library", "text", "chat")
"""Kinds of subject; the first one is chosen when the page opens."""

PRESETS = ("short", "child", "teacher", "poet")
"""Presets of the system message, for a model that follows instructions."""

KEYS: Sequence[tuple[tuple[str, ...], str]] = (
    (("Enter",), "send"),
    (("Shift", "Enter"), "line"),
    (("Esc",), "stop"),
    (("/",), "question"),
    (("N",), "new"),
    (("S",), "side"),
    (("E",), "edit"),
    (("R",), "again"),
    (("[", "]"), "versions"),
    (("?",), "help"),
)
"""Keyboard shortcuts: keys, and the last part of their text's key ``ask.keys.…``."""


def build(context: TabContext) -> TabParts:
    """Make the components of the tab and bind their events."""
    markup.piece("ask_title.html")
    page = _page(context)
    notice = markup.piece("nothing.html", id="ask-notice", classes="notice")
    controller = AskController(context.services)
    context.handlers.on(page.select, controller.act, outputs=[page], notice=notice, trigger_mode="multiple")
    routes = uploads.routes(context.services, context.handlers)
    return TabParts(Reopening(TASK, [page], _shown_again), routes=routes)


def _page(context: TabContext) -> gr.HTML:
    services = context.services
    made = _made(services)
    return context.browser.component(
        "ask/page",
        markup=made.markup,
        id="ask",
        functions=context.handlers.functions(
            CollectionsServer(services), AskServer(services), MadeServer(partial(_made, services))
        ),
        depends=["generate", "ask"],
        **made.props,
    )


def _made(services: Services) -> MadeComponent:
    """The page as the models of now have it."""
    readers, writer = services.models.entries("ask"), services.writers.active
    instructed = writer.follows_instructions
    return MadeComponent(
        markup.render("ask.html", **_filling(readers, writer)),
        {
            "readers": [one.name for one in readers],
            "instructed": instructed,
            "writes_freely": writer.writes_freely,
            "examples": [asdict(one) for one in examples()],
            "openings": openings() if instructed else {},
        },
    )


def _filling(readers: Sequence[ModelEntry], writer: ModelEntry) -> dict[str, Any]:
    """Values of the template."""
    return {
        "ways": [way for way in WAYS if way != "chat" or writer.writes_freely],
        "examples": examples(),
        "presets": PRESETS,
        "daring": tuple(DARING),
        "keys": KEYS,
        "marks": bool(readers),
        "instructed": writer.follows_instructions,
        "writer": writer.name,
        "suffixes": SUFFIXES,
        "kinds": NAMED,
        "megabytes": LARGEST_FILE // 2**20,
        "longest_system": LONGEST_SYSTEM,
    }


def _shown_again(run: Run) -> Sequence[Any]:
    """Values of the tab's components for a run of the history."""
    return [stream_of_run(run, WAYS[0])]
