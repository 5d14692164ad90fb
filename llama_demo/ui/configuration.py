"""The page as Gradio's blocks: what the browser is told of components and events, and what calls bring.

Gradio writes the schema of a component's value up to four times: as ``api_info``, as the input and as the
output of endpoints, and, for the parameter of an endpoint, as a property. Those who read it, the description
of the API and programs, take ``api_info`` where the others are absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import BlocksConfigDict
from gradio.state_holder import SessionState
from gradio.utils import get_upload_folder

from llama_demo.ui.call_values import check_values
from llama_demo.ui.schemas import repaired
from llama_demo.ui.upload_names import with_paths

VARIANTS = ("api_info_as_input", "api_info_as_output")


class PageBlocks(gr.Blocks):
    """Blocks whose configuration states each schema once, and whose calls name uploaded files."""

    def get_config_file(self) -> BlocksConfigDict:
        """The configuration, as the page and programs get it."""
        config = super().get_config_file()
        for component in config["components"]:
            _shorten(component)
        return config

    async def preprocess_data(
        self,
        block_fn: Any,
        inputs: list[Any],
        state: SessionState | None,
        explicit_call: bool = False,
    ) -> list[Any]:
        """The values of a call as handlers get them.

        Raises:
            TypeError: a value is of another type than its component's.
        """
        check_values(block_fn.inputs, inputs)
        # Gradio's errors quote a value; one that cannot be sent would leave the page's stream without an end.
        sendable = [repaired(value) for value in inputs]
        found = with_paths(sendable, Path(get_upload_folder()))
        values: list[Any] = await super().preprocess_data(block_fn, found, state, explicit_call)
        return values


def _shorten(component: dict[str, Any]) -> None:
    schema = component.get("api_info")
    for variant in VARIANTS:
        if component.get(variant) == schema:
            component.pop(variant, None)
    component["props"].pop("_api_info", None)
    # Examples of the API's description are asked of the component itself.
    component.pop("example_inputs", None)
