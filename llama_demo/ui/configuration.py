"""The configuration of the page: what Gradio tells the browser of every component and event.

Gradio writes the schema of a component's value up to four times: as ``api_info``, as the input and as the
output of endpoints, and, for the parameter of an endpoint, as a property. Those who read it, the description
of the API and programs, take ``api_info`` where the others are absent.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.data_classes import BlocksConfigDict

VARIANTS = ("api_info_as_input", "api_info_as_output")


class PageBlocks(gr.Blocks):
    """Blocks whose configuration states each schema once."""

    def get_config_file(self) -> BlocksConfigDict:
        """The configuration, as the page and programs get it."""
        config = super().get_config_file()
        for component in config["components"]:
            _shorten(component)
        return config


def _shorten(component: dict[str, Any]) -> None:
    schema = component.get("api_info")
    for variant in VARIANTS:
        if component.get(variant) == schema:
            component.pop(variant, None)
    component["props"].pop("_api_info", None)
    # Examples of the API's description are asked of the component itself.
    component.pop("example_inputs", None)
