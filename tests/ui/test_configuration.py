"""The configuration of the page: shorter than Gradio's, and worth the same."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import gradio as gr
import pytest

from llama_demo.ui.configuration import PageBlocks


def offered(kind: type[gr.Blocks]) -> gr.Blocks:
    """A page with an event and an endpoint, which takes a file."""

    def shout(text: str, times: int = 1) -> str:
        return text.upper() * times

    with kind() as blocks:
        box, file = gr.Textbox(label="text"), gr.File(label="files", file_count="multiple")
        box.submit(lambda text, files: text, [box, file], [box], api_name="submitted")
        gr.api(shout)
    return blocks


def test_programs_are_told_the_same() -> None:
    """The description of the API rests on what the configuration says of each component."""
    ours, gradios = offered(PageBlocks), offered(gr.Blocks)
    assert set(ours.get_api_info()["named_endpoints"]) == {"/submitted", "/shout"}
    assert ours.get_api_info(all_endpoints=True) == gradios.get_api_info(all_endpoints=True)


def test_nothing_is_said_twice() -> None:
    """The schema of a file alone has 1.1 kB."""
    ours, gradios = offered(PageBlocks).config, offered(gr.Blocks).config
    for one, other in zip(ours["components"], gradios["components"], strict=True):
        assert one.get("api_info") == other.get("api_info") == other.get("api_info_as_input")
        assert one.keys().isdisjoint({"api_info_as_input", "api_info_as_output", "example_inputs"})
    assert len(json.dumps(ours["components"])) < 0.6 * len(json.dumps(gradios["components"]))


def test_a_schema_of_its_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """A component may take something else than it gives."""
    monkeypatch.setattr(gr.Textbox, "api_info_as_output", lambda _: {"type": "integer"}, raising=False)
    with PageBlocks() as blocks:
        gr.Textbox()
    component = next(one for one in blocks.config["components"] if "api_info" in one)
    assert component["api_info_as_output"] == {"type": "integer"}
    assert "api_info_as_input" not in component


def test_an_error_that_quotes_a_value_can_be_sent() -> None:
    """Half of a surrogate pair cannot, and the stream of a page would wait for it."""
    with PageBlocks() as blocks:
        choice = gr.Dropdown(["one"])
        choice.change(lambda value: None, choice)
    with ThreadPoolExecutor() as pool, pytest.raises(gr.Error) as refused:  # this thread may have a loop
        pool.submit(asyncio.run, blocks.preprocess_data(blocks.fns[0], ["\ud83d"], None)).result()
    assert "\ufffd" in str(refused.value)
    str(refused.value).encode()
