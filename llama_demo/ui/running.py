"""The running model in the head of the page: a button that opens the Models tab.

``assets/js/page/running.js`` shows the model of the tab that is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gradio as gr

from llama_demo.ui import markup
from llama_demo.ui.browser_files import BrowserFiles
from llama_demo.ui.handlers import Handlers
from llama_demo.ui.models.serializers import active_items
from llama_demo.ui.models.server import ActiveModelsServer
from llama_demo.ui.tab_context import Services


def running_model(services: Services, browser: BrowserFiles, handlers: Handlers) -> gr.HTML:
    """Make the component; its value is the speed of the last generation, see :func:`speed_of`."""
    active = [one for one in services.writers.all_entries() if one.active]
    return browser.component(
        "page/running",
        markup=markup.render("running.html"),
        value="",
        id="running",
        classes="head-running",
        functions=handlers.functions(ActiveModelsServer(services)),
        active=[one.model_dump() for one in active_items(active)],
    )


def speed_of(info: Mapping[str, Any]) -> str:
    """The tokens per second of a run, in whole numbers; empty if they are unknown."""
    measured = info.get("tokens_per_second")
    return f"{measured:,.0f}" if measured else ""
