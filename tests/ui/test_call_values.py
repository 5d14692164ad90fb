"""A call brings values of the types of its components, or is refused."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from gradio.blocks import Block

from llama_demo.ui.call_values import check_values

COMPONENTS: list[Block] = [gr.Textbox(), gr.HTML(), gr.Slider(), gr.Checkbox(), gr.JSON()]
FILE = {"path": "a.txt", "meta": {"_type": "gradio.FileData"}}


@pytest.mark.parametrize("values", [["a", "b", 0.5, True, {"x": [FILE]}], [None, None, 1, None, "anything"]])
def test_what_a_page_sends_passes(values: list[Any]) -> None:
    """Also what is absent, and the values of components that check them themselves."""
    check_values(COMPONENTS, values)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, {"a": 1}),
        (0, 7),
        (1, ["free"]),
        (1, 3.5),
        (2, "0.5"),
        (2, []),
        (3, "yes"),
        (4, {"deep": [{"path": "a", "meta": "junk"}]}),
    ],
)
def test_what_no_page_sends_is_refused(place: int, value: object) -> None:
    """Before a handler of the page, or Gradio's search for files, meets it."""
    values: list[object] = ["a", "b", 0.5, True, None]
    values[place] = value
    with pytest.raises(TypeError):
        check_values(COMPONENTS, values)
