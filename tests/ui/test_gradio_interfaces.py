"""Importing the page writes nothing into the folders of installed code."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import gradio as gr

import llama_demo.ui


def test_a_component_gets_no_interface_file(tmp_path: Path) -> None:
    """Gradio would write one beside the module of each class of components."""
    assert llama_demo.ui.__doc__
    source = tmp_path / "component.py"
    source.write_text("import gradio as gr\n\n\nclass Part(gr.HTML):\n    pass\n", encoding="utf-8")
    spec = spec_from_file_location("component", source)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    assert issubclass(module.Part, gr.HTML)
    assert list(tmp_path.glob("*.pyi")) == []
